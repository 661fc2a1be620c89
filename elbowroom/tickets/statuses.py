"""Statuses, each of the class new, pending or resolved."""

from sqlalchemy import insert, select

from elbowroom.kit.db import Read, Tx
from elbowroom.tickets.shapes import Status
from elbowroom.tickets.tables import statuses

BUILTIN: list[Status] = [
    {"key": "open", "name": "Open", "queue": "new", "colour": "blue", "marked": False, "builtin": True},
    {"key": "escalated", "name": "Escalated", "queue": "new", "colour": "red", "marked": True, "builtin": True},
    {"key": "on_hold", "name": "On hold", "queue": "pending", "colour": "amber", "marked": False, "builtin": True},
    {"key": "closed", "name": "Closed", "queue": "resolved", "colour": "green", "marked": False, "builtin": True},
]
REOPENED, ANSWERED = "open", "on_hold"  # a customer's answer, an agent's reply


def all_statuses(read: Read) -> list[Status]:
    return [
        {
            "key": row["key"],
            "name": row["name"],
            "queue": row["queue"],
            "colour": row["colour"],
            "marked": row["marked"],
            "builtin": row["builtin"],
        }
        for row in read.rows(select(statuses).order_by(statuses.c.rank))
    ]


def ship(tx: Tx) -> None:
    """The statuses that every desk begins with; known ones are left as they are."""
    known = set(tx.run(select(statuses.c.key)).scalars())
    for rank, status in enumerate(BUILTIN):
        if status["key"] not in known:
            tx.run(insert(statuses).values(**status, rank=rank))
