"""Who may what. One door per noun asks here; nobody compares roles elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import RowMapping, bindparam, select, update

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By
from elbowroom.kit.problems import forbidden, not_found
from elbowroom.people.shapes import Role
from elbowroom.people.tables import departments, memberships, people

# Asked at every door: made once, since making them took as long as asking.
_person = (
    select(people, memberships.c.department)
    .join(memberships, memberships.c.person == people.c.id, isouter=True)
    .where(people.c.id == bindparam("person"))
)
_rights = select(people.c.id, people.c.rights).where(people.c.disabled_at.is_(None))
_every_department = select(departments.c.id)
SCOPES = frozenset({"read", "draft", "reply", "admin"})


def audience_of(department: int) -> str:
    """To whom a thing of the department is told."""
    return f"department:{department}"


def managers_of(department: int) -> str:
    """To whom is told what its managers look after."""
    return f"managers:{department}"


@dataclass(frozen=True)
class Viewer:
    """A person with her rights as of one moment. `rights` is raised by every change of them."""

    id: int
    name: str
    role: Role
    departments: frozenset[int]
    rights: int
    scopes: frozenset[str] = SCOPES
    is_bot: bool = False
    is_hidden: bool = False  # her presence is her own affair (P14)

    @property
    def by(self) -> By:
        return By(self.id, self.name)

    @property
    def is_administrator(self) -> bool:
        return self.role == "administrator"

    def may_see(self, department: int) -> bool:
        return department in self.departments

    def hears(self, audience: str) -> bool:
        """Whether she is one of the department to which it is told."""
        return audience in map(audience_of, self.departments)

    def manages(self, department: int) -> bool:
        return self.role in {"manager", "administrator"} and department in self.departments

    def narrowed(self, scopes: frozenset[str]) -> "Viewer":
        return replace(self, scopes=self.scopes & scopes)


def rows_of(read: Read, person: int) -> Sequence[RowMapping]:
    """The stored person, once per department; no row where there is no such person."""
    return read.same(_person, {"person": person})


def load_viewer(read: Read, person: int) -> Viewer | None:
    """None where the person does not exist or may no longer enter. Administrators belong to every department."""
    rows = rows_of(read, person)
    if not rows or rows[0]["disabled_at"] is not None:
        return None
    row = rows[0]
    if row["role"] == "administrator":
        hers = frozenset(one["id"] for one in read.same(_every_department, {}))
    else:
        hers = frozenset(one["department"] for one in rows if one["department"] is not None)
    return Viewer(
        row["id"], row["name"], cast(Role, row["role"]), hers, row["rights"], is_bot=row["kind"] == "bot",
        is_hidden=row["hidden"],
    )  # fmt: skip


def access_department(viewer: Viewer, department: int) -> int:
    """Raises Refused (404): an agent never learns of a department that is not hers."""
    if not viewer.may_see(department):
        raise not_found("department")
    return department


def require_administrator(viewer: Viewer) -> None:
    if not viewer.is_administrator or "admin" not in viewer.scopes:
        raise forbidden("Only an administrator may do that. Ask one of yours.")


def raise_rights(tx: Tx, person: int) -> int:
    """Every change of what a person may see or do comes through here; her open sockets feel it within 1 s."""
    raised = update(people).where(people.c.id == person).values(rights=people.c.rights + 1)
    number: int = tx.value(raised.returning(people.c.rights))
    tx.tell("rights", person)
    return number


def raise_all_administrators(tx: Tx) -> None:
    for person in tx.run(select(people.c.id).where(people.c.role == "administrator")).scalars().all():
        raise_rights(tx, person)


def rights_of_all(read: Read) -> dict[int, int]:
    """Person → rights number; a disabled person has none. The nodes' picture for delivery."""
    return {row.id: row.rights for row in read.run(_rights)}
