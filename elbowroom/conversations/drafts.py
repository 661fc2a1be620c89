"""Drafts: saved as one types, per person, ticket and kind; two devices never overwrite each other silently."""

from typing import Any

from sqlalchemy import RowMapping, select, update

from elbowroom.conversations.shapes import Draft
from elbowroom.conversations.tables import drafts
from elbowroom.kit.clock import moment
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import problem
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket


def save(tx: Tx, viewer: Viewer, ticket: int, kind: str, body: str, number: int, device: str) -> Answer:
    """`number` is the draft's own number that this text continues (0: a new one). Stale: kept as sibling, 409."""
    access_ticket(tx, viewer, ticket)
    row = _stored(tx, viewer.id, ticket, kind)
    now = row["number"] if row else 0
    if number == now or (row is not None and row["body"] is None and number == 0):
        _write(tx, viewer.id, ticket, kind, {"number": now + 1, "body": body, "device": device, "at": tx.now})
        return Answer({"draft": _shape(_stored(tx, viewer.id, ticket, kind))})
    if row is None or row["body"] is None:
        return _stale(None, None)  # sent or thrown away meanwhile: a late autosave must not bring it back
    if row["body"] == body:
        return Answer({"draft": _shape(row)})
    sibling = {"body": body, "at": moment(tx.now), "device": device}
    _write(tx, viewer.id, ticket, kind, {"sibling": sibling})
    return _stale(_shape(_stored(tx, viewer.id, ticket, kind)), sibling)


def close(tx: Tx, viewer: Viewer, ticket: int, kind: str) -> None:
    """Sent or thrown away, in the transaction that does it."""
    mine = (drafts.c.person == viewer.id) & (drafts.c.ticket == ticket) & (drafts.c.kind == kind)
    tx.run(update(drafts).where(mine).values(number=drafts.c.number + 1, body=None, sibling=None, at=tx.now))


def give_back(tx: Tx, viewer: Viewer, ticket: int, text: str) -> None:
    """A withdrawn reply's text is a draft again; what is being written already stays, the text beside it."""
    row = _stored(tx, viewer.id, ticket, "reply")
    if row is not None and (row["body"] or "").strip():
        _write(tx, viewer.id, ticket, "reply", {"sibling": {"body": text, "at": moment(tx.now), "device": "undo"}})
        return
    number = (row["number"] if row else 0) + 1
    _write(tx, viewer.id, ticket, "reply", {"number": number, "body": text, "device": "undo", "at": tx.now})


def hand(tx: Tx, viewer: Viewer, to: int, ticket: int) -> None:
    """Her reply's text goes to a colleague; where that one writes already it stands beside her own."""
    given = {"body": text_of(tx, viewer.id, ticket), "at": moment(tx.now), "device": viewer.name}
    row = _stored(tx, to, ticket, "reply")
    if row is not None and (row["body"] or "").strip():
        _write(tx, to, ticket, "reply", {"sibling": given})
    else:
        number = (row["number"] if row else 0) + 1
        _write(tx, to, ticket, "reply", {"number": number, "body": given["body"], "device": viewer.name, "at": tx.now})
    close(tx, viewer, ticket, "reply")


def text_of(read: Read, person: int, ticket: int) -> str:
    """What she has written of a reply, "" where nothing."""
    row = _stored(read, person, ticket, "reply")
    return ((row["body"] if row else None) or "").strip()


def of_ticket(read: Read, viewer: Viewer, ticket: int) -> list[Draft]:
    mine = select(drafts).where(drafts.c.person == viewer.id, drafts.c.ticket == ticket, drafts.c.body.is_not(None))
    return [_shape(row) for row in read.rows(mine.order_by(drafts.c.kind))]


def _stored(read: Read, person: int, ticket: int, kind: str) -> RowMapping | None:
    mine = (drafts.c.person == person) & (drafts.c.ticket == ticket) & (drafts.c.kind == kind)
    return read.first(select(drafts).where(mine))


def _write(tx: Tx, person: int, ticket: int, kind: str, values: dict[str, Any]) -> None:
    first = {"number": 1, "body": "", "device": "", "at": tx.now, **values}
    row = tx.insert(drafts).values(person=person, ticket=ticket, kind=kind, **first)
    tx.run(row.on_conflict_do_update(index_elements=["person", "ticket", "kind"], set_=values))


def _stale(newer: Draft | None, sibling: dict[str, Any] | None) -> Answer:
    title = "Another of your devices wrote on" if newer else "The draft was sent or thrown away"
    detail = "Both texts are kept; choose one." if newer else "Save it as a new draft if you still need it."
    return Answer(problem(409, "draft-stale", title, detail, newer=newer, sibling=sibling), 409)


def _shape(row: RowMapping | None) -> Draft:
    assert row is not None
    return {
        "ticket": row["ticket"],
        "kind": row["kind"],
        "body": row["body"] or "",
        "number": row["number"],
        "device": row["device"],
        "at": moment(row["at"]),
        "sibling": row["sibling"],
    }
