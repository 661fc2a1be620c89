"""Which ticket was merged into which: what is said on the one is said on the other from then on."""

from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused
from elbowroom.people.rights import Viewer
from elbowroom.people.tables import people
from elbowroom.tickets.tables import merges, tickets


def standing(read: Read, ticket: int) -> int:
    """The ticket on which is said what is meant for this one: itself, unless it was merged."""
    into = read.value(select(tickets.c.merged_into).where(tickets.c.id == ticket))
    return ticket if into is None else standing(read, into)


def keep(tx: Tx, viewer: Viewer, source: int, target: int, moved: dict[str, Any]) -> None:
    row = {"source": source, "target": target, "person": viewer.id, "moved": moved, "at": tx.now}
    tx.run(insert(merges).values(**row))


def newest(read: Read, source: int) -> RowMapping | None:
    """The merge that stands."""
    mine = select(merges, people.c.name).join_from(merges, people, merges.c.person == people.c.id)
    standing = mine.where(merges.c.source == source, merges.c.undone_at.is_(None))
    return read.first(standing.order_by(merges.c.id.desc()).limit(1))


def undone(tx: Tx, merge: int) -> None:
    tx.run(update(merges).where(merges.c.id == merge).values(undone_at=tx.now))


def refusal(read: Read, stored: RowMapping) -> Refused:
    """To whoever would do something with a ticket that was merged: where it is now, by whom and when."""
    row = newest(read, stored["id"])
    into = stored["merged_into"]
    who = None if row is None else {"id": row["person"], "name": row["name"]}
    at = None if row is None else moment(row["at"])
    by = who["name"] if who else "Someone"
    return Refused(
        409, "merged", f"{by} merged it into #{into}", f"Go on in #{into}, or undo the merge.", into=into, by=who, at=at
    )  # fmt: skip
