"""Inboxes: where tickets lie, and how strictly people keep out of each other's way there."""

from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import append
from elbowroom.kit.problems import Refused, bad_request, not_found
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import audience_of
from elbowroom.tickets.shapes import Inbox
from elbowroom.tickets.tables import channels, inboxes


def make(
    tx: Tx, department: int, name: str, *, lock_mode: str = "write", may_force: str = "anyone", by: Viewer | None = None
) -> int:
    """Opens an inbox in a department; returns its id."""
    values = {"department": department, "name": _named(name), "lock_mode": lock_mode, "may_force": may_force}
    inbox: int = tx.value(insert(inboxes).values(**values).returning(inboxes.c.id))
    _say(tx, inbox, by)
    return inbox


def change(tx: Tx, viewer: Viewer, inbox: int, from_version: int, values: dict[str, Any]) -> None:
    """Raises Refused: 409 stale where someone changed it meanwhile."""
    stored = tx.first(select(inboxes).where(inboxes.c.id == inbox))
    if stored is None:
        raise not_found("inbox")
    if stored["version"] != from_version:
        shown = {"current": shape(tx, stored)}
        raise Refused(409, "stale", "It was changed meanwhile", "Look at the newer values, then save again.", **shown)
    if "name" in values:
        values = {**values, "name": _named(values["name"])}
    tx.run(update(inboxes).where(inboxes.c.id == inbox).values(**values, version=inboxes.c.version + 1))
    _say(tx, inbox, viewer)


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


def _say(tx: Tx, inbox: int, by: Viewer | None) -> None:
    row = tx.first(select(inboxes).where(inboxes.c.id == inbox))
    if row is None:
        raise not_found("inbox")
    append(
        tx, f"department/{row['department']}", "inbox_changed", audience=audience_of(row["department"]),
        by=by.by if by else None, data={"inbox": shape(tx, row)},
    )  # fmt: skip


def _named(name: str) -> str:
    clean = " ".join(name.split())
    if not 1 <= len(clean) <= 80 or not clean.isprintable():
        raise bad_request("name", "Write a name of 1 to 80 characters.")
    return clean
