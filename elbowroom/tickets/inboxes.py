"""Inboxes: where tickets lie, and how strictly people keep out of each other's way there."""

from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Fact, append
from elbowroom.kit.problems import bad_request, not_found
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.people.versions import require_fresh
from elbowroom.tickets.shapes import Inbox
from elbowroom.tickets.tables import channels, inboxes


def make(
    tx: Tx, department: int, name: str, *, lock_mode: str = "write", may_force: str = "anyone", handover_for: int = 30,
    by: Viewer | None = None,
) -> int:  # fmt: skip
    """Opens an inbox in a department; returns its id. `handover_for`: seconds to answer who asks for a ticket."""
    values: dict[str, Any] = {
        "department": department, "name": named(name), "lock_mode": lock_mode, "may_force": may_force,
        "handover_for": handover_for,
    }  # fmt: skip
    inbox: int = tx.value(insert(inboxes).values(**values).returning(inboxes.c.id))
    _say(tx, inbox, by)
    return inbox


def change(tx: Tx, viewer: Viewer, inbox: int, from_version: int, values: dict[str, Any]) -> None:
    """`from_version`: any version of its department at which she saw it so. Raises Refused: 404, 409 stale, 422."""
    stored = tx.first(select(inboxes).where(inboxes.c.id == inbox))
    if stored is None:
        raise not_found("inbox")
    place = f"department/{stored['department']}"
    require_fresh(tx, place, stored["version"], from_version, {name: stored[name] for name in values})
    if "name" in values:
        values = {**values, "name": named(values["name"])}
    if values:
        tx.run(update(inboxes).where(inboxes.c.id == inbox).values(**values))
        _say(tx, inbox, viewer)


def carried(read: Read, fact: Fact) -> dict[str, Any]:
    """What the fact of a changed inbox takes along: the inbox as it stands."""
    row = read.first(select(inboxes).where(inboxes.c.id == fact.data["id"]))
    return {"inbox": shape(read, row) if row is not None else None}


def shape(read: Read, row: RowMapping) -> Inbox:
    return shapes(read, [row])[0]


def shapes(read: Read, found: list[RowMapping]) -> list[Inbox]:
    asked = select(channels.c.inbox, channels.c.address).where(
        channels.c.removed_at.is_(None), channels.c.inbox.in_([row["id"] for row in found])
    )
    addresses = {row["inbox"]: row["address"] for row in read.rows(asked.order_by(channels.c.id.desc()))}
    return [
        {
            "id": row["id"],
            "department": row["department"],
            "name": row["name"],
            "address": addresses.get(row["id"]),
            "lock_mode": row["lock_mode"],
            "may_force": row["may_force"],
            "handover_for": row["handover_for"],
            "version": row["version"],
        }
        for row in found
    ]


def inboxes_in(read: Read, departments: list[int]) -> list[Inbox]:
    asked = select(inboxes).where(inboxes.c.department.in_(departments)).order_by(inboxes.c.department, inboxes.c.id)
    return shapes(read, list(read.rows(asked)))


def say_changed(tx: Tx, inbox: int, by: Viewer | None) -> None:
    """For floors above: something that the inbox's shape shows (its address) is another now."""
    _say(tx, inbox, by)


def named(name: str) -> str:
    """Raises Refused (422)."""
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= 80 or not clean.isprintable():
        raise bad_request("name", "Write a name of 1 to 80 characters.")
    return clean


def _say(tx: Tx, inbox: int, by: Viewer | None) -> None:
    """The inbox takes the version of its department that tells of the change."""
    department = tx.value(select(inboxes.c.department).where(inboxes.c.id == inbox))
    if department is None:
        raise not_found("inbox")
    fact = append(
        tx,
        f"department/{department}",
        "inbox_changed",
        audience=audience_of(department),
        by=by.by if by else None,
        data={"id": inbox},
    )
    tx.run(update(inboxes).where(inboxes.c.id == inbox).values(version=fact.version))
