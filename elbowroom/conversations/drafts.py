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
    """A withdrawn reply's text is a draft again."""
    _bring(tx, viewer.id, ticket, text, "undo")


def hand(tx: Tx, viewer: Viewer, to: int, ticket: int) -> None:
    """Her reply's text is a colleague's draft from now on."""
    row = _stored(tx, viewer.id, ticket, "reply")
    if row is not None and _has_text(row):
        _bring(tx, to, ticket, row["body"], viewer.name)
        close(tx, viewer, ticket, "reply")


def is_begun(read: Read, person: int, ticket: int) -> bool:
    """Whether she has written something of a reply."""
    row = _stored(read, person, ticket, "reply")
    return row is not None and _has_text(row)


def of_ticket(read: Read, viewer: Viewer, ticket: int) -> list[Draft]:
    mine = select(drafts).where(drafts.c.person == viewer.id, drafts.c.ticket == ticket, drafts.c.body.is_not(None))
    return [_shape(row) for row in read.rows(mine.order_by(drafts.c.kind))]


def _bring(tx: Tx, person: int, ticket: int, text: str, device: str) -> None:
    """What she is writing already stays, and the text stands beside it."""
    row = _stored(tx, person, ticket, "reply")
    if row is not None and _has_text(row):
        _write(tx, person, ticket, "reply", {"sibling": {"body": text, "at": moment(tx.now), "device": device}})
        return
    number = (row["number"] if row else 0) + 1
    _write(tx, person, ticket, "reply", {"number": number, "body": text, "device": device, "at": tx.now})


def _has_text(row: RowMapping) -> bool:
    return bool((row["body"] or "").strip())


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
