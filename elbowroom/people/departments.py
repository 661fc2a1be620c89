"""Departments: the walls of the desk."""

from collections.abc import Collection, Iterable

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.kit import journal
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.journal import By
from elbowroom.kit.problems import bad_request, not_found
from elbowroom.people import facts
from elbowroom.people.colleagues import with_version
from elbowroom.people.rights import Viewer, raise_rights
from elbowroom.people.shapes import Department
from elbowroom.people.tables import departments, people
from elbowroom.people.versions import require_fresh

journal.carry("department_made", with_version)
journal.carry("department_changed", with_version)


def shape(row: RowMapping) -> Department:
    return {"id": row["id"], "name": row["name"], "version": row["version"]}


def row_of(read: Read, department: int) -> RowMapping:
    """Raises Refused (404). Asks for no right: `access_department` does."""
    row = read.first(select(departments).where(departments.c.id == department))
    if row is None:
        raise not_found("department")
    return row


def seen_by(read: Read, viewer: Viewer) -> list[Department]:
    asked = select(departments).where(departments.c.id.in_(viewer.departments)).order_by(departments.c.id)
    return [shape(row) for row in read.rows(asked)]


def existing(read: Read, ids: Collection[int]) -> frozenset[int]:
    return frozenset(read.run(select(departments.c.id).where(departments.c.id.in_(list(ids)))).scalars())


def require_existing(read: Read, ids: Collection[int]) -> frozenset[int]:
    """Raises Refused (422) where one of them does not exist."""
    known = existing(read, ids)
    if len(known) < len(set(ids)):
        raise bad_request("departments", "One of these departments does not exist.")
    return known


def make(tx: Tx, name: str, by: By | None = None, *, inbox: bool = False) -> Department:
    """A new department; `inbox` gives it a first inbox of the same name. Raises Refused (422) for a taken name."""
    _require_free(tx, name)
    row = {"name": name, "name_folded": folded(name)}
    department: int = tx.value(insert(departments).values(**row).returning(departments.c.id))
    fact = facts.department_made(tx, department, name, by, inbox=inbox)
    tx.run(update(departments).where(departments.c.id == department).values(version=fact.version))
    _let_administrators_in(tx, by)
    return {"id": department, "name": name, "version": fact.version}


def find_or_make(tx: Tx, name: str, by: By | None = None, *, inbox: bool = True) -> int:
    found: int | None = tx.value(select(departments.c.id).where(departments.c.name_folded == folded(name)))
    return make(tx, name, by, inbox=inbox)["id"] if found is None else found


def change(tx: Tx, by: By, department: int, from_version: int, name: str) -> Department:
    """Raises Refused: 404, 409 stale, 422 where another department has the name."""
    row = row_of(tx, department)
    if row["name"] == name:
        return shape(row)
    require_fresh(tx, f"department/{department}", row["version"], from_version, {"name": row["name"]})
    if folded(name) != row["name_folded"]:
        _require_free(tx, name)
    fact = facts.department_changed(tx, department, name, by)
    values = {"name": name, "name_folded": folded(name), "version": fact.version}
    tx.run(update(departments).where(departments.c.id == department).values(**values))
    return {"id": department, "name": name, "version": fact.version}


def _require_free(read: Read, name: str) -> None:
    if read.first(select(departments.c.id).where(departments.c.name_folded == folded(name))) is not None:
        raise bad_request("name", "There is a department of that name.")


def _let_administrators_in(tx: Tx, by: By | None) -> None:
    """Their open pages learn of the department by their own place: they don't watch the new one yet."""
    every = sorted(tx.run(select(departments.c.id)).scalars())
    for person in _administrators(tx):
        rights = raise_rights(tx, person)
        fact = facts.account_changed(tx, person, by, {"departments": every, "rights": rights})
        tx.run(update(people).where(people.c.id == person).values(version=fact.version))


def _administrators(read: Read) -> Iterable[int]:
    return read.run(select(people.c.id).where(people.c.role == "administrator")).scalars().all()
