"""Drafts: saved as one types, per person, ticket and kind; two devices never overwrite each other silently."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import RowMapping, select

from elbowroom.conversations.drafting import asides, preparing
from elbowroom.conversations.drafting.preparing import has_text
from elbowroom.conversations.shapes import Draft, DraftKind, Sibling
from elbowroom.conversations.tables import drafts
from elbowroom.kit.clock import moment
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import problem
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket


def save(
    tx: Tx, viewer: Viewer, ticket: int, kind: DraftKind, body: str, number: int, device: str,
    aside: Iterable[str] = (),
) -> Answer:  # fmt: skip
    """`number` is the draft's own number that this text continues (0: a new one). Stale: put aside, 409.

    `aside`: texts that she put aside on this device.
    """
    row = _stored(tx, viewer.id, ticket, kind)
    if row is None or not has_text(row):  # what she had begun is hers to end where the ticket went meanwhile
        access_ticket(tx, viewer, ticket)
    now = row["number"] if row else 0
    is_new = number == 0 and (row is None or row["body"] is None)
    if number != now and not is_new and (row is None or row["body"] is None):
        return _stale(None, None)  # sent or thrown away meanwhile: a late autosave must not bring it back
    for text in aside:
        asides.put(tx, viewer.id, ticket, kind, text, device)
    if number == now or is_new:
        _front(tx, viewer.id, ticket, kind, body, device)
    elif row is not None and row["body"] != body:
        sibling = asides.put(tx, viewer.id, ticket, kind, body, device)
        return _stale(_of(tx, viewer.id, ticket, kind), sibling)
    return Answer({"draft": _of(tx, viewer.id, ticket, kind)})


def close(tx: Tx, viewer: Viewer, ticket: int, kind: DraftKind, *, sent: str = "") -> None:
    """In the transaction that sends it or throws it away. Texts aside stay but for what went along with `sent`."""
    row = _stored(tx, viewer.id, ticket, kind)
    asides.sent(tx, viewer.id, ticket, kind, sent)
    if row is not None:
        _write(tx, viewer.id, ticket, kind, {"number": row["number"] + 1, "body": None, "at": tx.now})
        _say(tx, viewer.id, ticket, kind, row)


def close_same(tx: Tx, viewer: Viewer, ticket: int, kind: DraftKind, text: str) -> None:
    """The text went another way. What stands in front is closed only where it is that very text."""
    row = _stored(tx, viewer.id, ticket, kind)
    if row is not None and (row["body"] or "").strip() == text.strip():
        close(tx, viewer, ticket, kind, sent=text)


def give_back(tx: Tx, viewer: Viewer, ticket: int, text: str) -> None:
    """A withdrawn reply's text is in front again; what she has begun meanwhile is put aside."""
    row = _stored(tx, viewer.id, ticket, "reply")
    if row is not None and has_text(row):
        asides.put(tx, viewer.id, ticket, "reply", row["body"], row["device"])
    _front(tx, viewer.id, ticket, "reply", text, "undo")


def hand(tx: Tx, viewer: Viewer, to: int, ticket: int) -> None:
    """Her reply's text is a colleague's from now on: beside what she is writing already."""
    row = _stored(tx, viewer.id, ticket, "reply")
    if row is None or not has_text(row):
        return
    if is_begun(tx, to, ticket):
        asides.put(tx, to, ticket, "reply", row["body"], viewer.name)
    else:
        _front(tx, to, ticket, "reply", row["body"], viewer.name)
    close(tx, viewer, ticket, "reply", sent=row["body"])


def carry(tx: Tx, source: int, target: int) -> None:
    """The source goes on in the target: so does whatever anyone has begun there, in front or aside."""
    for row in tx.rows(select(drafts).where(drafts.c.ticket == source)):
        person, kind = row["person"], row["kind"]
        there = _stored(tx, person, target, kind)
        for one in reversed(asides.of_ticket(tx, person, source)[kind]):
            asides.put(tx, person, target, kind, one["body"], one["device"])
            asides.chosen(tx, person, source, kind, one["body"])
        if not has_text(row):
            continue
        if there is not None and has_text(there):
            asides.put(tx, person, target, kind, row["body"], row["device"])
        else:
            _front(tx, person, target, kind, row["body"], row["device"])
        _write(tx, person, source, kind, {"number": row["number"] + 1, "body": None, "at": tx.now})
        _say(tx, person, source, kind, row)


def is_begun(read: Read, person: int, ticket: int) -> bool:
    """Whether she has written something of a reply."""
    row = _stored(read, person, ticket, "reply")
    return row is not None and has_text(row)


def of_ticket(read: Read, viewer: Viewer, ticket: int) -> list[Draft]:
    mine = select(drafts).where(drafts.c.person == viewer.id, drafts.c.ticket == ticket).order_by(drafts.c.kind)
    beside = asides.of_ticket(read, viewer.id, ticket)
    return [_shape(row, beside[row["kind"]]) for row in read.rows(mine) if _is_there(row, beside)]


def _is_there(row: RowMapping, beside: dict[DraftKind, list[Sibling]]) -> bool:
    return row["body"] is not None or bool(beside[row["kind"]])


def _front(tx: Tx, person: int, ticket: int, kind: DraftKind, body: str, device: str) -> None:
    """It is what she is writing now; the same words aside are needed no more."""
    row = _stored(tx, person, ticket, kind)
    begun_at = row["begun_at"] if row is not None and has_text(row) else tx.now
    number = (row["number"] if row else 0) + 1
    values = {"number": number, "body": body, "device": device, "at": tx.now, "begun_at": begun_at}
    _write(tx, person, ticket, kind, values)
    asides.chosen(tx, person, ticket, kind, body)
    _say(tx, person, ticket, kind, row)


def _say(tx: Tx, person: int, ticket: int, kind: str, before: RowMapping | None) -> None:
    if kind == "reply":
        preparing.say(tx, person, ticket, before)


def _stored(read: Read, person: int, ticket: int, kind: str) -> RowMapping | None:
    mine = (drafts.c.person == person) & (drafts.c.ticket == ticket) & (drafts.c.kind == kind)
    return read.first(select(drafts).where(mine))


def _write(tx: Tx, person: int, ticket: int, kind: str, values: dict[str, Any]) -> None:
    first = {"number": 1, "body": "", "device": "", "at": tx.now, **values}
    row = tx.insert(drafts).values(person=person, ticket=ticket, kind=kind, **first)
    tx.run(row.on_conflict_do_update(index_elements=["person", "ticket", "kind"], set_=values))


def _stale(newer: Draft | None, sibling: Sibling | None) -> Answer:
    title = "Another of your devices wrote on" if newer else "The draft was sent or thrown away"
    detail = "Both texts are kept; choose one." if newer else "Save it as a new draft if you still need it."
    return Answer(problem(409, "draft-stale", title, detail, newer=newer, sibling=sibling), 409)


def _of(read: Read, person: int, ticket: int, kind: DraftKind) -> Draft:
    row = _stored(read, person, ticket, kind)
    assert row is not None
    return _shape(row, asides.of_ticket(read, person, ticket)[kind])


def _shape(row: RowMapping, siblings: list[Sibling]) -> Draft:
    return {
        "ticket": row["ticket"],
        "kind": row["kind"],
        "body": row["body"] or "",
        "number": row["number"],
        "device": row["device"],
        "at": moment(row["at"]),
        "siblings": siblings,
    }
