"""A ticket comes into being. Its first message is the floor above's."""

from sqlalchemy import insert, select

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By
from elbowroom.kit.problems import bad_request
from elbowroom.people.rights import Viewer
from elbowroom.tickets.facts import say
from elbowroom.tickets.tables import channels, inboxes, tickets

SUBJECT_LENGTH = 300


def first_inbox(read: Read, viewer: Viewer) -> int:
    """The first inbox of the viewer's departments; where a ticket lands that names none."""
    asked = select(inboxes.c.id).where(inboxes.c.department.in_(list(viewer.departments)))
    inbox: int | None = read.value(asked.order_by(inboxes.c.department, inboxes.c.id).limit(1))
    if inbox is None:
        raise bad_request("inbox", "None of your departments has an inbox yet. Ask an administrator to make one.")
    return inbox


def channel_of(read: Read, inbox: int) -> int | None:
    """The channel by which replies of a ticket leave that came by none."""
    asked = select(channels.c.id).where(channels.c.inbox == inbox, channels.c.removed_at.is_(None))
    channel: int | None = read.value(asked.order_by(channels.c.id).limit(1))
    return channel


def create(
    tx: Tx, inbox: int, subject: str, requester: int, *, channel: int | None, by: By | None, status: str = "open",
    queue: str = "new", at: float | None = None,
) -> int:  # fmt: skip
    """Makes the ticket and says so; returns its id."""
    department: int = tx.value(select(inboxes.c.department).where(inboxes.c.id == inbox))
    made_at = tx.now if at is None else at
    values = {
        "inbox": inbox, "department": department, "channel": channel, "requester": requester,
        "subject": clean_subject(subject), "status": status, "queue": queue,
        "made_at": made_at, "changed_at": made_at, "last_message_at": made_at,
    }  # fmt: skip
    ticket: int = tx.value(insert(tickets).values(**values).returning(tickets.c.id))
    say(tx, ticket, department, "ticket_opened", by, data={"set": {"inbox": inbox}})
    return ticket


def clean_subject(subject: str) -> str:
    """One line, no control characters, at most 300 characters."""
    plain = "".join(" " if char.isspace() else char for char in subject if char.isspace() or char.isprintable())
    return " ".join(plain.split())[:SUBJECT_LENGTH]
