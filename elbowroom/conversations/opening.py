"""A ticket that an agent opens: what a customer said, by mail or telephone, or the first mail to her."""

from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select

from elbowroom.conversations import attachments, incoming, messages
from elbowroom.conversations.replying import replies
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.shapes import Recipients
from elbowroom.conversations.tables import messages as table
from elbowroom.kit.db import Tx
from elbowroom.kit.problems import Refused, bad_request
from elbowroom.people import customers
from elbowroom.people.rights import Viewer
from elbowroom.tickets import holding, opening
from elbowroom.tickets.access import access_inbox
from elbowroom.tickets.addresses import require_usable
from elbowroom.together import locks

Kind = Literal["customer", "mail", "phone"]


@dataclass(frozen=True)
class Opening:
    """`mail`: the text goes to the customer; else it is what she said, on the `phone` or otherwise.

    `inbox` None: the first of the viewer's. `email` may be "" on the phone, where a number is enough.
    """

    kind: Kind
    subject: str
    body: str
    email: str = ""
    name: str = ""
    phone: str = ""
    inbox: int | None = None
    files: list[int] = field(default_factory=list)
    cc: list[str] = field(default_factory=list)
    bcc: list[str] = field(default_factory=list)


def open_ticket(tx: Tx, viewer: Viewer, asked: Opening) -> int:
    """Returns the ticket's id. Raises Refused: 404, 422."""
    inbox = opening.first_inbox(tx, viewer) if asked.inbox is None else asked.inbox
    access_inbox(tx, viewer, inbox)
    if not opening.clean_subject(asked.subject) or not asked.body.strip():
        raise bad_request("subject", "Write a subject and what it is about.")
    customer = _customer(tx, asked)
    channel = opening.channel_of(tx, inbox)
    if asked.kind == "mail":
        return _write(tx, viewer, asked, inbox, customer, channel)
    ticket = incoming.open_ticket(tx, inbox, asked.subject, customer, asked.body, channel=channel, by=viewer.by)
    first: int = tx.value(select(table.c.id).where(table.c.ticket == ticket))
    attachments.claim(tx, viewer, first, asked.files)
    return ticket


def _write(tx: Tx, viewer: Viewer, asked: Opening, inbox: int, customer: int, channel: int | None) -> int:
    """Its first message is a reply that comes through the one door, with the undo time of the mailbox."""
    if channel is None:
        raise bad_request("inbox", "This inbox has no mailbox to write from. Choose another one.")
    require_usable(tx, asked.email, "requester.email")
    ticket = opening.create(tx, inbox, asked.subject, customer, channel=channel, by=viewer.by)
    messages.open_conversation(tx, ticket)
    place = f"ticket/{ticket}"
    holding.take(tx, viewer, ticket)
    try:
        answer = replies.reply(tx, viewer, _sending(asked, ticket, locks.fence_of(tx, place)))
    finally:
        locks.free(tx, place, viewer.id)
    if answer.status != 201:  # nobody else can know of the ticket yet
        raise Refused(answer.status, "not-opened", "The mail could not be sent", str(answer.body.get("detail", "")))
    return ticket


def _sending(asked: Opening, ticket: int, fence: int) -> Sending:
    chosen: Recipients | None = None
    if asked.cc or asked.bcc:
        chosen = {"to": [asked.email], "cc": asked.cc, "bcc": asked.bcc}
    return Sending(ticket, asked.body, 0, fence, files=asked.files, recipients=chosen)


def _customer(tx: Tx, asked: Opening) -> int:
    if asked.phone.strip():
        try:
            customers.dialled(asked.phone)
        except ValueError as wrong:
            raise bad_request("requester.phone", str(wrong)) from wrong
    if asked.email:
        customer = customers.find_or_make(tx, asked.email, asked.name)
        if asked.phone.strip():
            customers.note_phone(tx, customer, asked.phone)
        return customer
    if asked.kind == "phone" and asked.phone.strip():
        return customers.find_or_make_by_phone(tx, asked.phone, asked.name)
    raise bad_request("requester.email", "Write the customer's address, or, of a call, her number.")
