"""The bin: what is thrown away comes back from it as it was, for some days."""

from typing import Any

from sqlalchemy import RowMapping, select, tuple_

from elbowroom.kit import cursors, jobs, journal
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By, append
from elbowroom.kit.problems import bad_request
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.people.tables import departments, people
from elbowroom.tickets import rows
from elbowroom.tickets.access import visible
from elbowroom.tickets.shapes import Bin, Binned
from elbowroom.tickets.tables import tickets

DAYS, LONGEST = 30, 365
DAY = 86_400.0
PAGE = 50
KEPT = "bin_days"
JOB = "erase"


def days(read: Read) -> int:
    return int(journal.keep_value(read, KEPT) or DAYS)


def keep_for(tx: Tx, by: By, wanted: int) -> None:
    """How many days from now on, for what lies there already too. Raises Refused (422)."""
    if not 1 <= wanted <= LONGEST:
        raise bad_request("days", f"Choose 1 to {LONGEST} days.")
    if wanted == days(tx):
        return
    journal.keep(tx, KEPT, str(wanted))
    for department in tx.run(select(departments.c.id).order_by(departments.c.id)).scalars().all():
        append(
            tx, f"department/{department}", "bin_changed", audience=audience_of(department), by=by,
            data={"days": wanted},
        )  # fmt: skip
    jobs.hasten(tx, JOB)


def lies(tx: Tx, ticket: int) -> None:
    """It was put there just now, and goes when its days are over."""
    jobs.enqueue(tx, JOB, {"ticket": ticket, "at": tx.now}, due_at=tx.now + days(tx) * DAY)


def in_bin(read: Read, viewer: Viewer, after: str | None) -> Bin:
    """One page, the last thrown away first. Raises Refused (422) for a cursor that is none."""
    at = (tickets.c.deleted_at, tickets.c.id)
    asked = visible(rows.selected, viewer.departments, deleted=True)
    if after:
        asked = asked.where(tuple_(*at) < tuple_(*cursors.read(after, float)))
    found = read.rows(asked.order_by(*(one.desc() for one in at)).limit(PAGE + 1))
    shown = found[:PAGE]
    more = cursors.write(shown[-1]["deleted_at"], shown[-1]["id"]) if len(found) > PAGE else None
    kept = days(read)
    return {"tickets": _shaped(read, shown, kept), "next": more, "days": kept}


def _shaped(read: Read, found: list[RowMapping] | Any, kept: int) -> list[Binned]:
    deleted_by = {row["deleted_by"] for row in found}
    named = read.rows(select(people.c.id, people.c.name).where(people.c.id.in_(deleted_by)))
    who = {row["id"]: row["name"] for row in named}
    return [
        {
            **row,
            "deleted_by": {"id": stored["deleted_by"], "name": who[stored["deleted_by"]]}
            if stored["deleted_by"] in who
            else None,
            "deleted_at": moment(stored["deleted_at"]),
            "goes_at": moment(stored["deleted_at"] + kept * DAY),
        }
        for row, stored in zip(rows.shaped(read, found), found, strict=True)
    ]
