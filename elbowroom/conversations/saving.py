"""Texts that are said again and again: a department's, looked after by its managers, and each agent's own."""

from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.conversations.shapes import SavedReply
from elbowroom.conversations.tables import saved_replies
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Fact, append
from elbowroom.kit.problems import bad_request, forbidden, not_found
from elbowroom.people.rights import Viewer, access_department, audience_of
from elbowroom.people.versions import require_fresh

NAME_LENGTH, BODY_LENGTH, MOST = 80, 20_000, 500
_there = select(saved_replies).where(saved_replies.c.removed_at.is_(None)).order_by(saved_replies.c.id)


def of_department(read: Read, department: int) -> list[SavedReply]:
    return [_shape(row) for row in read.rows(_there.where(saved_replies.c.department == department))]


def own(read: Read, viewer: Viewer) -> list[SavedReply]:
    return [_shape(row) for row in read.rows(_there.where(saved_replies.c.owner == viewer.id))]


def seen_by(read: Read, viewer: Viewer) -> list[SavedReply]:
    hers = saved_replies.c.department.in_(list(viewer.departments)) | (saved_replies.c.owner == viewer.id)
    return [_shape(row) for row in read.rows(_there.where(hers))]


def make(tx: Tx, viewer: Viewer, department: int | None, name: str, body: str) -> SavedReply:
    """`department` None: her own. Raises Refused: 403 for who does not manage it, 404, 422."""
    if department is not None:
        _require_manager(viewer, access_department(viewer, department))
    if len(of_department(tx, department) if department else own(tx, viewer)) >= MOST:
        raise bad_request("name", f"There are {MOST} of them already. Delete one that nobody uses.")
    values = {"department": department, "owner": None if department else viewer.id, **_checked(name, body)}
    made: int = tx.value(insert(saved_replies).values(**values).returning(saved_replies.c.id))
    return _changed(tx, viewer, _row(tx, viewer, made), {})


def change(tx: Tx, viewer: Viewer, saved: int, from_version: int, values: dict[str, str]) -> SavedReply:
    """Raises Refused: 403, 404, 409 stale, 422."""
    row = _row(tx, viewer, saved)
    require_fresh(tx, place_of(row), row["version"], from_version, {name: row[name] for name in values})
    both = {"name": row["name"], "body": row["body"], **values}
    return _changed(tx, viewer, row, _checked(both["name"], both["body"]))


def remove(tx: Tx, viewer: Viewer, saved: int) -> None:
    """Raises Refused: 403, 404."""
    row = _row(tx, viewer, saved)
    tx.run(update(saved_replies).where(saved_replies.c.id == saved).values(removed_at=tx.now))
    _say(tx, viewer, row, "saved_reply_removed")


def place_of(row: RowMapping) -> str:
    return f"department/{row['department']}" if row["department"] else f"person/{row['owner']}"


def carried(read: Read, fact: Fact) -> dict[str, Any]:
    """What the fact of a changed one takes along: the text as it stands; nothing where it was deleted since."""
    row = read.first(_there.where(saved_replies.c.id == fact.data["id"]))
    return {"saved": _shape(row)} if row is not None else {}


def _row(read: Read, viewer: Viewer, saved: int) -> RowMapping:
    """One that is hers to change."""
    row = read.first(_there.where(saved_replies.c.id == saved))
    hers = row is not None and (row["owner"] == viewer.id or (row["department"] and viewer.may_see(row["department"])))
    if row is None or not hers:
        raise not_found("saved reply")
    if row["department"]:
        _require_manager(viewer, row["department"])
    return row


def _require_manager(viewer: Viewer, department: int) -> None:
    if not viewer.manages(department):
        raise forbidden("The department's saved replies are looked after by its managers. Save one of your own.")


def _checked(name: str, body: str) -> dict[str, str]:
    called = " ".join(name.split())
    if not called or len(called) > NAME_LENGTH or not called.isprintable():
        raise bad_request("name", f"Write a name of 1 to {NAME_LENGTH} characters.")
    if not body.strip() or len(body) > BODY_LENGTH:
        raise bad_request("body", f"Write a text of 1 to {BODY_LENGTH:,} characters.")
    return {"name": called, "body": body.strip("\n")}


def _changed(tx: Tx, viewer: Viewer, row: RowMapping, values: dict[str, str]) -> SavedReply:
    fact = _say(tx, viewer, row, "saved_reply_changed")
    mine = saved_replies.c.id == row["id"]
    tx.run(update(saved_replies).where(mine).values(**values, version=fact.version))
    return _shape(_row(tx, viewer, row["id"]))


def _say(tx: Tx, viewer: Viewer, row: RowMapping, kind: str) -> Fact:
    audience = audience_of(row["department"]) if row["department"] else f"person:{row['owner']}"
    return append(tx, place_of(row), kind, audience=audience, by=viewer.by, data={"id": row["id"]})


def _shape(row: RowMapping) -> SavedReply:
    return {
        "id": row["id"], "department": row["department"], "name": row["name"], "body": row["body"],
        "version": row["version"],
    }  # fmt: skip
