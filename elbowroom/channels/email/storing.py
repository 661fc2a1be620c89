"""A mail becomes a message of a ticket, once."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from elbowroom.channels.email.tables import received
from elbowroom.channels.email.threading import Bound
from elbowroom.conversations import attachments, incoming
from elbowroom.conversations.attachments import File
from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.mail.parsed import ParsedMail
from elbowroom.people import customers
from elbowroom.tickets import followers, moving
from elbowroom.tickets.tables import channels

Key = tuple[str, str]  # Message-ID or "", and the hash of the content


@dataclass(frozen=True)
class Came:
    """By which mailbox and when; `is_older` and `is_closed` as in Arrival."""

    mailbox: int
    at: float | None
    is_older: bool
    is_closed: bool


def address_of(read: Read, mailbox: int) -> str:
    address: str = read.value(select(channels.c.address).where(channels.c.id == mailbox))
    return address


def is_known(read: Read, mailbox: int, key: Key) -> bool:
    mine = (received.c.mailbox == mailbox) & (received.c.mail_id == key[0]) & (received.c.content == key[1])
    return read.first(select(received.c.id).where(mine)) is not None


def note(tx: Tx, mailbox: int, key: Key, became: str, message: int | None) -> None:
    values = {"mail_id": key[0], "content": key[1], "became": became, "message": message, "at": tx.now}
    tx.run(insert(received).values(mailbox=mailbox, **values))


def store(tx: Tx, came: Came, mail: ParsedMail, bound: Bound | None, files: list[File]) -> tuple[int, bool]:
    """The message's id, and False where another mailbox brought this very mail to the ticket before."""
    if bound is not None and (copy := _copy(tx, bound.ticket["id"], mail)) is not None:
        return copy, False
    customer = customers.find_or_make(tx, mail.sender.email, mail.sender.name)
    if bound is None:
        ticket, number = _opened(tx, came, mail, customer), 1
    else:
        ticket, number = bound.ticket["id"], _added(tx, came, mail, customer, bound)
    numbered = (messages.c.ticket == ticket) & (messages.c.number == number)
    message: int = tx.value(select(messages.c.id).where(numbered))
    for file in files:
        attachments.attach(tx, message, file)
    return message, True


def _opened(tx: Tx, came: Came, mail: ParsedMail, customer: int) -> int:
    inbox: int = tx.value(select(channels.c.inbox).where(channels.c.id == came.mailbox))
    status, queue = ("closed", "resolved") if came.is_closed else ("open", "new")
    return incoming.open_ticket(
        tx, inbox, mail.subject, customer, mail.visible.text, channel=came.mailbox, status=status, queue=queue,
        extra=_extra(came, mail), is_auto=_by_machine(mail),
    )  # fmt: skip


def _added(tx: Tx, came: Came, mail: ParsedMail, customer: int, bound: Bound) -> int:
    """As a customer's message always: whoever "From" names, it is no agent who signed in."""
    is_auto = _by_machine(mail)
    if not is_auto and not came.is_older:
        moving.bring_back(tx, bound.ticket, None)
    if not bound.is_known and not is_auto:
        followers.propose(tx, bound.ticket, customer)
    extra = {**_extra(came, mail), "verified": bound.is_known}
    return incoming.answer(
        tx, bound.ticket["id"], customer, mail.visible.text, extra=extra, is_auto=is_auto, is_older=came.is_older
    )


def _by_machine(mail: ParsedMail) -> bool:
    """A mail that came through a list was written by a person all the same: she wants her ticket reopened."""
    return mail.auto in ("auto-replied", "auto-generated", "report")


def _extra(came: Came, mail: ParsedMail) -> dict[str, Any]:
    whole = mail.text if mail.text.strip() != mail.visible.text.strip() else None
    extra = {"mail_id": mail.message_id, "html": mail.visible.html, "full_text": whole}
    return extra if came.at is None else {**extra, "at": came.at}


def _copy(read: Read, ticket: int, mail: ParsedMail) -> int | None:
    """Who writes to two mailboxes of the desk in one thread has said it once."""
    if mail.message_id is None:
        return None
    asked = select(messages.c.id).join_from(received, messages, received.c.message == messages.c.id)
    same = (received.c.mail_id == mail.message_id) & (received.c.content == mail.content_hash)
    message: int | None = read.value(asked.where(same, messages.c.ticket == ticket).limit(1))
    return message
