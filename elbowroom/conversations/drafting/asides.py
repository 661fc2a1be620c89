"""Texts put aside: what stands beside a draft until its author chooses it, throws it away or sends it."""

from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, select, update

from elbowroom.conversations.shapes import DraftKind, Sibling
from elbowroom.conversations.tables import drafts_aside as table
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import not_found
from elbowroom.people.rights import Viewer


def put(tx: Tx, person: int, ticket: int, kind: str, body: str, device: str) -> Sibling | None:
    """None where there are no words. The same words are kept once; what a device types on, as its newest."""
    if not body.strip():
        return None
    for row in _rows(tx, _of(person, ticket, kind)):
        is_typed_on = row["device"] == device and body.startswith(row["body"])
        if is_typed_on or _words(row["body"]) == _words(body):
            kept = {**row, "body": body, "at": tx.now}
            tx.run(update(table).where(table.c.id == row["id"]).values(body=body, at=tx.now))
            return _shape(kept)
    values = {"person": person, "ticket": ticket, "kind": kind, "body": body, "device": device, "at": tx.now}
    made = tx.value(table.insert().values(values).returning(table.c.id))
    return _shape({"id": made, **values})


def of_ticket(read: Read, person: int, ticket: int) -> dict[DraftKind, list[Sibling]]:
    """The newest first."""
    found: dict[DraftKind, list[Sibling]] = {"reply": [], "note": []}
    for row in _rows(read, (table.c.person == person) & (table.c.ticket == ticket)):
        found[row["kind"]].append(_shape(row))
    return found


def drop(tx: Tx, viewer: Viewer, ticket: int, aside: int) -> None:
    """Raises Refused (404) where it is not hers."""
    mine = (table.c.id == aside) & (table.c.person == viewer.id) & (table.c.ticket == ticket)
    if tx.value(delete(table).where(mine).returning(table.c.id)) is None:
        raise not_found("text put aside")


def chosen(tx: Tx, person: int, ticket: int, kind: str, body: str) -> None:
    """It stands in front now."""
    _forget(tx, [row for row in _rows(tx, _of(person, ticket, kind)) if _words(row["body"]) == _words(body)])


def sent(tx: Tx, person: int, ticket: int, kind: str, body: str) -> None:
    """What the sent text begins with went along; the others stay."""
    _forget(tx, [row for row in _rows(tx, _of(person, ticket, kind)) if body.strip().startswith(row["body"].strip())])


def _forget(tx: Tx, rows: list[RowMapping]) -> None:
    if rows:
        tx.run(delete(table).where(table.c.id.in_([row["id"] for row in rows])))


def _of(person: int, ticket: int, kind: str) -> ColumnElement[bool]:
    return (table.c.person == person) & (table.c.ticket == ticket) & (table.c.kind == kind)


def _rows(read: Read, where: ColumnElement[bool]) -> list[RowMapping]:
    return list(read.rows(select(table).where(where).order_by(table.c.at.desc(), table.c.id.desc())))


def _words(text: str) -> str:
    return " ".join(text.split())


def _shape(row: RowMapping | dict[str, Any]) -> Sibling:
    return {"id": row["id"], "body": row["body"], "at": moment(row["at"]), "device": row["device"]}
