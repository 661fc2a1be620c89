"""Messages go from one ticket to another: under new numbers there, and what their tickets show is right again.

Numbers are never reused: where messages went from a ticket, theirs stay empty.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, func, select, update

from elbowroom.conversations.messages import preview
from elbowroom.conversations.tables import conversations, messages
from elbowroom.kit.db import Read, Tx
from elbowroom.tickets.access import stored_ticket
from elbowroom.tickets.tables import tickets

HEADS = ("customer", "reply")


def messages_of(read: Read, ticket: int) -> Sequence[RowMapping]:
    return read.rows(select(messages).where(messages.c.ticket == ticket).order_by(messages.c.number))


def append(tx: Tx, moving: Sequence[RowMapping], source: RowMapping, target: RowMapping) -> None:
    """After the target's own, in their order. What each reply had seen of those before it, it has seen there."""
    first = target["last_number"]
    former = [row["number"] for row in moving]
    for n, row in enumerate(moving, 1):
        values = {"ticket": target["id"], "number": first + n}
        if row["seen"] is not None:
            values["seen"] = first + sum(number <= row["seen"] for number in former)
        if row["conversation"] == source["conversation"]:
            values["conversation"] = target["conversation"]
        tx.run(update(messages).where(messages.c.id == row["id"]).values(**values))
    tx.run(update(tickets).where(tickets.c.id == target["id"]).values(last_number=first + len(moving)))


def settle(tx: Tx, ticket: int) -> dict[str, Any]:
    """The head is the newest message that could hold a reply, the first words the newest one's. Returns what shows."""
    stored = stored_ticket(tx, ticket)
    standing = messages.c.ticket == ticket
    heads = (messages.c.conversation == stored["conversation"]) & messages.c.kind.in_(HEADS)
    head = tx.value(select(func.max(messages.c.number)).where(standing, heads)) or 0
    count = tx.value(select(func.count()).select_from(messages).where(standing))
    tx.run(update(conversations).where(conversations.c.id == stored["conversation"]).values(head=head))
    change = {"messages": count, "head": head, **(preview(tx, ticket) or {"preview": ""})}
    tx.run(update(tickets).where(tickets.c.id == ticket).values(**change))
    return {"messages": count, "head": head, "last_number": stored["last_number"]}
