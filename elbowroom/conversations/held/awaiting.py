"""Held texts that wait for their author, as the managers of their ticket's department see them: to read, not to decide.

Told to managers alone, and only where the author belongs to the department too: else one would learn of another's.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import RowMapping, Select, exists, select

from elbowroom.conversations.shapes import Awaiting
from elbowroom.conversations.tables import held
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Fact, append
from elbowroom.people.rights import Viewer, managers_of
from elbowroom.people.tables import memberships, people
from elbowroom.tickets.tables import tickets


def of_departments(read: Read, departments: Iterable[int], entry: int | None = None) -> list[Awaiting]:
    """The longest waiting first."""
    asked = _waits().where(tickets.c.department.in_(list(departments)))
    if entry is not None:
        asked = asked.where(held.c.id == entry)
    return [_shape(row) for row in read.rows(asked.order_by(held.c.at, held.c.id))]


def seen_by(read: Read, viewer: Viewer) -> list[Awaiting]:
    """In all departments that she manages; nothing for an agent."""
    return of_departments(read, [one for one in viewer.departments if viewer.manages(one)])


def tell(tx: Tx, ticket: int, entry: int) -> None:
    department = tx.value(select(tickets.c.department).where(tickets.c.id == ticket))
    if department is not None:
        _say(tx, department, entry)


def carried(read: Read, fact: Fact) -> dict[str, Any]:
    """The entry, as far as it waits in that department still."""
    found = of_departments(read, [int(fact.place.partition("/")[2])], fact.data["held"])
    return {"awaiting": found[0] if found else None}


def follow(tx: Tx, fact: Fact) -> None:
    """A ticket that comes or goes, also for good, takes its held texts along; so does a person who joins or leaves."""
    kind, _, number = fact.place.partition("/")
    if fact.kind in ("ticket_left", "ticket_moved", "ticket_erased") and "was" not in fact.data:
        department = int(fact.audience.partition(":")[2])
        _say_all(tx, department, select(held.c.id).where(held.c.ticket == int(number)))
    if fact.kind in ("person_left", "person_joined") and kind == "department":
        hers = select(held.c.id).join(tickets, tickets.c.id == held.c.ticket).where(held.c.person == fact.data["id"])
        _say_all(tx, int(number), hers.where(tickets.c.department == int(number)))


def _say_all(tx: Tx, department: int, entries: Select[Any]) -> None:
    for entry in tx.run(entries.where(held.c.settled_at.is_(None))).scalars().all():
        _say(tx, department, entry)


def _say(tx: Tx, department: int, entry: int) -> None:
    append(tx, f"managers/{department}", "held_changed", audience=managers_of(department), data={"held": entry})


def _waits() -> Select[Any]:
    belongs = exists().where(memberships.c.person == people.c.id, memberships.c.department == tickets.c.department)
    return (
        select(held, people.c.name, tickets.c.subject, tickets.c.department)
        .join(people, people.c.id == held.c.person)
        .join(tickets, tickets.c.id == held.c.ticket)
        .where(held.c.settled_at.is_(None), tickets.c.erased_at.is_(None), belongs | (people.c.role == "administrator"))
    )


def _shape(row: RowMapping) -> Awaiting:
    return {
        "id": row["id"],
        "ticket": row["ticket"],
        "subject": row["subject"],
        "department": row["department"],
        "author": {"id": row["person"], "name": row["name"]},
        "reason": row["reason"],
        "body": row["body"],
        "at": moment(row["at"]),
    }
