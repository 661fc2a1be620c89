"""To which ticket a mail belongs.

A signed Message-ID or plus-address of ours binds it, whoever writes. A Message-ID that came from outside binds it only
where its sender is a participant of that ticket. A number in the subject never does, and CC gives nobody access.

The bin: a participant's answer brings the ticket back (an answer that nobody sees would be lost); of anyone else it
opens a new one, and what a machine wrote is kept where it belongs without bringing anything back.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import RowMapping, select

from elbowroom.channels.email import ours
from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Read
from elbowroom.kit.mail.parsed import ParsedMail
from elbowroom.kit.vault import Vault
from elbowroom.people import customers
from elbowroom.tickets.access import stored_ticket
from elbowroom.tickets.followers import is_participant

DELIVERED = ("delivered-to", "x-original-to", "envelope-to")


@dataclass(frozen=True)
class Bound:
    """`is_known`: the sender is the requester or an accepted follower."""

    ticket: RowMapping
    is_known: bool


def bound(read: Read, vault: Vault, mail: ParsedMail, recipients: Iterable[str]) -> Bound | None:
    """None where the mail opens a ticket of its own. `recipients`: of the envelope."""
    known = customers.find(read, mail.sender.email)
    sender = known["id"] if known else None
    signed = named_message(read, vault, mail, recipients)
    if signed is None:
        return _by_incoming(read, mail, sender)
    ticket = stored_ticket(read, signed["ticket"])
    if ticket["erased_at"] is not None:
        return None
    found = Bound(ticket, is_participant(read, ticket, sender))
    return None if ticket["deleted_at"] is not None and not found.is_known else found


def named_message(read: Read, vault: Vault, mail: ParsedMail, recipients: Iterable[str]) -> RowMapping | None:
    """The message of ours that the mail answers or reports on, by signature."""
    reported = [mail.bounce.original_id] if mail.bounce and mail.bounce.original_id else []
    rows = ours.signed(vault, [*reported, *answered(mail)])
    rows += ours.signed_plus(vault, addressed(mail, recipients))
    return ours.message_of(read, rows)


def _by_incoming(read: Read, mail: ParsedMail, sender: int | None) -> Bound | None:
    for mail_id in answered(mail) if sender is not None else ():
        asked = select(messages.c.ticket).where(messages.c.mail_id == mail_id).order_by(messages.c.id.desc()).limit(20)
        for number in dict.fromkeys(read.run(asked).scalars()):
            ticket = stored_ticket(read, number)
            if ticket["erased_at"] is None and is_participant(read, ticket, sender):
                return Bound(ticket, is_known=True)
    return None


def answered(mail: ParsedMail) -> list[str]:
    """The Message-IDs that it names, nearest first."""
    return list(dict.fromkeys([*mail.in_reply_to, *reversed(mail.references)]))


def addressed(mail: ParsedMail, recipients: Iterable[str]) -> list[str]:
    """Wherever it was sent to, by envelope and headers."""
    delivered = [one for name in DELIVERED for one in mail.headers.get(name, [])]
    return [*recipients, *(one.email for one in (*mail.to, *mail.cc)), *delivered]
