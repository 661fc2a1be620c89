"""The first hour: what is still to be done before the desk works by itself."""

from sqlalchemy import func, select

from elbowroom.channels.email.mailboxes import live
from elbowroom.channels.email.shapes import Checklist, Task
from elbowroom.kit import journal
from elbowroom.kit.db import Read, Tx
from elbowroom.people.tables import departments, people
from elbowroom.tickets.tables import inboxes, tickets

DISMISSED = "checklist_dismissed"


def shape(read: Read) -> Checklist:
    agents = select(func.count()).select_from(people).where(people.c.kind == "agent", people.c.disabled_at.is_(None))
    items: list[Task] = [
        {"key": "department", "done": read.first(select(departments.c.id).limit(1)) is not None},
        {"key": "inbox", "done": read.first(select(inboxes.c.id).limit(1)) is not None},
        {"key": "mailbox", "done": read.first(live.limit(1)) is not None},
        {"key": "agents", "done": read.value(agents) > 1},
        {"key": "first_ticket", "done": read.first(select(tickets.c.id).limit(1)) is not None},
    ]
    return {"items": items, "dismissed": journal.keep_value(read, DISMISSED) is not None}


def dismiss(tx: Tx) -> None:
    journal.keep(tx, DISMISSED, "yes")
