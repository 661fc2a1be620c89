"""Who is there, and whom of them a viewer may see."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any, cast

from sqlalchemy import RowMapping, select

from elbowroom.kit import journal
from elbowroom.kit.db import Read, folded
from elbowroom.kit.journal import Fact
from elbowroom.kit.problems import not_found
from elbowroom.people.rights import Viewer, rows_of
from elbowroom.people.shapes import Language, Me, Person
from elbowroom.people.tables import departments, memberships, people

HUES = 12


def row_of(read: Read, person: int) -> RowMapping:
    """Raises Refused (404)."""
    rows = rows_of(read, person)
    if not rows:
        raise not_found("person")
    return rows[0]


def found_by_address(read: Read, email: str) -> RowMapping | None:
    return read.first(select(people).where(people.c.email_folded == folded(email)))


def language_of(read: Read, person: int) -> Language:
    """In which she reads and writes: English where she chose none."""
    return cast(Language, row_of(read, person)["language"] or "en")


def shape(row: RowMapping, hers: Iterable[int]) -> Person:
    """`hers`: those of her departments that the reader may know of."""
    return {
        "id": row["id"],
        "name": row["name"],
        "email": row["email"],
        "role": row["role"],
        "hue": row["id"] % HUES,
        "departments": sorted(hers),
        "disabled": row["disabled_at"] is not None,
        "version": row["version"],
    }


def me(read: Read, viewer: Viewer) -> Me:
    """The viewer as of this transaction."""
    row = row_of(read, viewer.id)
    own = {name: row[name] for name in ("language", "theme", "hidden", "alerts", "mails", "rights")}
    return cast(Me, {**shape(row, viewer.departments), **own})


def departments_of(read: Read, rows: Collection[RowMapping]) -> dict[int, frozenset[int]]:
    """Person → departments. Administrators belong to every one."""
    joined: dict[int, set[int]] = defaultdict(set)
    asked = select(memberships).where(memberships.c.person.in_([row["id"] for row in rows]))
    for one in read.rows(asked):
        joined[one["person"]].add(one["department"])
    every = frozenset(read.run(select(departments.c.id)).scalars())
    return {row["id"]: every if row["role"] == "administrator" else frozenset(joined[row["id"]]) for row in rows}


def everyone(read: Read) -> list[Person]:
    rows = read.rows(select(people).order_by(people.c.id))
    joined = departments_of(read, rows)
    return [shape(row, joined[row["id"]]) for row in rows]


def colleagues(read: Read, viewer: Viewer) -> list[Person]:
    """Those who share a department with her, administrators, herself; each only with departments that she knows."""
    if viewer.is_administrator:
        return everyone(read)
    shared = select(memberships.c.person).where(memberships.c.department.in_(viewer.departments))
    seen = people.c.id.in_(shared) | (people.c.role == "administrator") | (people.c.id == viewer.id)
    rows = read.rows(select(people).where(seen).order_by(people.c.id))
    joined = departments_of(read, rows)
    return [shape(row, joined[row["id"]] & viewer.departments) for row in rows]


def people_in(read: Read, department: int, known: frozenset[int]) -> list[Person]:
    """A department's people; `known` are the departments that the reader may know of."""
    inside = select(memberships.c.person).where(memberships.c.department == department)
    rows = read.rows(
        select(people).where(people.c.id.in_(inside) | (people.c.role == "administrator")).order_by(people.c.id)
    )
    joined = departments_of(read, rows)
    return [shape(row, joined[row["id"]] & known) for row in rows]


def _as_known(read: Read, fact: Fact) -> dict[str, Any]:
    """What a department hears of a person: all but her departments, of which some are not theirs to know.

    Nothing where she left meanwhile: the fact of it follows.
    """
    department = int(fact.place.partition("/")[2])
    row = read.first(select(people).where(people.c.id == fact.data["id"]))
    if row is None or department not in departments_of(read, [row])[row["id"]]:
        return {}
    return {"person": {name: value for name, value in shape(row, ()).items() if name != "departments"}}


def with_version(_read: Read, fact: Fact) -> dict[str, Any]:
    """A record's version is its place's at its last change, known only once the fact is kept."""
    return {"set": {**fact.data["set"], "version": fact.version}}


journal.carry("person_joined", _as_known)
journal.carry("person_changed", _as_known)
journal.carry("account_changed", with_version)
