"""Counts per inbox, queue, owner and folder: facts shared by all who see the inbox, summed in the page."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Select, func, select

from elbowroom.kit.db import Read
from elbowroom.tickets.shapes import Count, Counts
from elbowroom.tickets.tables import tickets


def counts(read: Read, inboxes: list[int]) -> list[Counts]:
    """One entry for each inbox, empty ones included."""
    found: dict[int, list[Count]] = defaultdict(list)
    for row in read.rows(counted(inboxes)):
        found[row["inbox"]].append(
            {"queue": row["queue"], "owner": row["owner"], "folder": row["folder"], "n": row["n"]}
        )
    return [{"inbox": inbox, "counts": found[inbox]} for inbox in inboxes]


def counted(inboxes: list[int]) -> Select[Any]:
    """The index tickets_counted answers it alone, and in this order."""
    return (
        select(tickets.c.inbox, tickets.c.queue, tickets.c.owner, tickets.c.folder, func.count().label("n"))
        .where(
            tickets.c.inbox.in_(inboxes),
            tickets.c.deleted_at.is_(None),
            tickets.c.archived_at.is_(None),
            tickets.c.merged_into.is_(None),
        )
        .group_by(tickets.c.inbox, tickets.c.queue, tickets.c.owner, tickets.c.folder)
        .order_by(tickets.c.inbox, tickets.c.queue, tickets.c.owner, tickets.c.folder)
    )
