"""Making and changing people who work here."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import RowMapping, delete, func, insert, select, update

from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.journal import By
from elbowroom.kit.problems import Refused
from elbowroom.people import departments, facts
from elbowroom.people.colleagues import departments_of, found_by_address, row_of, shape
from elbowroom.people.rights import raise_rights
from elbowroom.people.sessions import end_everything
from elbowroom.people.shapes import Person, Role
from elbowroom.people.tables import invitations, memberships, people, resets
from elbowroom.people.versions import require_fresh


def make(
    tx: Tx,
    email: str,
    name: str,
    role: Role,
    *,
    within: Collection[int] = (),
    password_hash: str | None = None,
    kind: str = "agent",
    language: str | None = None,
    by: By | None = None,
) -> int:
    """A new person in the departments `within`. Raises Refused (409) where the address has an account."""
    if found_by_address(tx, email) is not None:
        raise Refused(409, "taken", "That address has an account", f"Someone signs in as {email} already.")
    row = {"kind": kind, "name": name, "email": email, "email_folded": folded(email), "role": role}
    more = {"password": password_hash, "language": language, "made_at": tx.now}
    person: int = tx.value(insert(people).values(**row, **more).returning(people.c.id))
    _put_into(tx, person, within)
    joined = _departments(tx, row_of(tx, person))
    fact = facts.account_made(tx, person, by, {"role": role, "departments": sorted(joined)})
    tx.run(update(people).where(people.c.id == person).values(version=fact.version))
    for department in sorted(joined):
        facts.person_joined(tx, department, person, by)
    return person


def add(
    tx: Tx, email: str, name: str, role: Role, department_name: str, password_hash: str | None, *, kind: str = "agent"
) -> int:
    """Adds a person from the command line; makes the department, with an inbox, if it is new."""
    within = [departments.find_or_make(tx, department_name)]
    return make(tx, email, name, role, within=within, password_hash=password_hash, kind=kind)


def change(tx: Tx, by: By, person: int, from_version: int, wanted: dict[str, Any]) -> Person:
    """Sets any of name, role, departments, disabled: all or nothing.

    Raises Refused: 404, 409 stale or last-administrator, 422 for an unknown department.
    """
    row = row_of(tx, person)
    before = shape(row, _departments(tx, row))
    now: dict[str, Any] = {name: value for name, value in before.items() if name in wanted}
    if "departments" in wanted:
        wanted = {**wanted, "departments": sorted(departments.require_existing(tx, wanted["departments"]))}
    if now == wanted:
        return before
    require_fresh(tx, f"person/{person}", row["version"], from_version, now)
    _set(tx, row, wanted)
    _require_administrator_left(tx)
    return _tell(tx, before, by)


def rename(tx: Tx, by: By, name: str) -> None:
    """Her own name, by herself."""
    row = row_of(tx, by.id)
    if row["name"] != name:
        _set(tx, row, {"name": name})
        _tell(tx, shape(row, _departments(tx, row)), by)


def set_up(tx: Tx, by: By, values: dict[str, Any]) -> None:
    """What is hers to choose, and whether she is seen; whoever hides is asked anew on every server at once."""
    row = row_of(tx, by.id)
    changed = {name: value for name, value in values.items() if row[name] != value}
    if changed:
        tx.run(update(people).where(people.c.id == by.id).values(**changed))
        if "hidden" in changed:
            changed["rights"] = raise_rights(tx, by.id)
        facts.settings_changed(tx, by.id, by, changed)


def set_password(tx: Tx, person: int, password_hash: str, by: By | None) -> None:
    """Every open link for a new one dies with the old password."""
    tx.run(update(people).where(people.c.id == person).values(password=password_hash))
    tx.run(delete(resets).where(resets.c.person == person))
    facts.password_changed(tx, person, by)


def _set(tx: Tx, row: RowMapping, wanted: dict[str, Any]) -> None:
    person = row["id"]
    values: dict[str, Any] = {name: wanted[name] for name in ("name", "role") if name in wanted}
    if "disabled" in wanted and wanted["disabled"] != (row["disabled_at"] is not None):
        values["disabled_at"] = tx.now if wanted["disabled"] else None
    if values:
        tx.run(update(people).where(people.c.id == person).values(**values))
    if "departments" in wanted:
        tx.run(delete(memberships).where(memberships.c.person == person))
        _put_into(tx, person, wanted["departments"])
    if wanted.get("disabled"):
        _shut_out(tx, person)


def _shut_out(tx: Tx, person: int) -> None:
    """Nothing of old comes back should she be let in again: no session, token, link, nor invitation of hers."""
    end_everything(tx, person)
    tx.run(delete(resets).where(resets.c.person == person))
    tx.run(delete(invitations).where(invitations.c.made_by == person, invitations.c.used_at.is_(None)))


def _tell(tx: Tx, before: Person, by: By) -> Person:
    """Raises what must be raised and announces what differs; returns the person as she is now."""
    person = before["id"]
    row = row_of(tx, person)
    after = shape(row, _departments(tx, row))
    changed: dict[str, Any] = {
        name: value
        for name, value in after.items()
        if value != before[name]  # type: ignore[literal-required]
    }
    if not changed:
        return after
    if changed.keys() - {"name"}:
        changed["rights"] = raise_rights(tx, person)
    fact = facts.account_changed(tx, person, by, changed)
    tx.run(update(people).where(people.c.id == person).values(version=fact.version))
    was, now = set(before["departments"]), set(after["departments"])
    for department in sorted(was - now):
        facts.person_left(tx, department, person, by)
    for department in sorted(now - was):
        facts.person_joined(tx, department, person, by)
    for department in sorted(now & was):
        facts.person_changed(tx, department, person, by)
    return {**after, "version": fact.version}


def _departments(read: Read, row: RowMapping) -> frozenset[int]:
    return departments_of(read, [row])[row["id"]]


def _put_into(tx: Tx, person: int, within: Collection[int]) -> None:
    if within:
        tx.run(insert(memberships), [{"person": person, "department": one} for one in sorted(set(within))])


def _require_administrator_left(read: Read) -> None:
    asked = select(func.count()).select_from(people)
    able = asked.where(people.c.role == "administrator", people.c.disabled_at.is_(None), people.c.kind == "agent")
    if not read.value(able):
        detail = "Make someone else an administrator first, else nobody could look after the desk."
        raise Refused(409, "last-administrator", "That is the last administrator", detail)
