"""Held replies: texts that were not sent and belong to their author until she decides."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.conversations import attachments, messages
from elbowroom.conversations.held import awaiting
from elbowroom.conversations.held.changing import changed_since
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.shapes import Attachment, Held, Reason
from elbowroom.conversations.tables import held
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import append
from elbowroom.kit.problems import Refused, not_found
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.tickets.tables import tickets

DECIDED = {
    "sent": "It was sent.", "scheduled": "It is scheduled.", "note": "It was kept as a note.",
    "discarded": "It was discarded.",
}  # fmt: skip


def hold(tx: Tx, viewer: Viewer, conversation: int | None, sending: Sending, reason: Reason) -> int:
    """Keeps the text; held again by confirming is the same entry. Returns its id."""
    values = _kept(sending) | {"conversation": conversation, "reason": reason, "at": tx.now}
    entry = sending.held
    if entry is not None and _open(tx, viewer, entry) is not None:
        tx.run(update(held).where(held.c.id == entry).values(ticket=sending.ticket, **values))
        _say(tx, viewer.id, "reply_held", entry, sending.ticket)
        return entry
    return _store(tx, {"person": viewer.id, "ticket": sending.ticket, **values})


def keep(tx: Tx, person: int, sending: Sending, reason: Reason) -> int:
    """For somebody who may not be let in any more."""
    values = _kept(sending) | {"reason": reason, "at": tx.now}
    return _store(tx, {"person": person, "ticket": sending.ticket, **values})


def pause(tx: Tx, message: RowMapping) -> int:
    """A waiting reply that may not leave any more goes back to its author, files included."""
    files = attachments.hand_back(tx, message["id"], message["agent"])
    return _store(tx, {
        "person": message["agent"], "ticket": message["ticket"], "conversation": message["conversation"],
        "body": message["text"], "files": files, "recipients": message["recipients"], "reason": "paused",
        "seen": message["number"], "at": tx.now,
    })  # fmt: skip


def _kept(sending: Sending) -> dict[str, Any]:
    """What of a reply is kept with its text."""
    return {"body": sending.body, "files": sending.files, "seen": sending.seen, "recipients": sending.recipients}


def _store(tx: Tx, row: dict[str, Any]) -> int:
    entry: int = tx.value(insert(held).values(**row).returning(held.c.id))
    _say(tx, row["person"], "reply_held", entry, row["ticket"])
    return entry


def bring_over(tx: Tx, source: int, target: RowMapping) -> None:
    """What is held on the one ticket is held on the other, of which its authors have seen nothing."""
    values = {"ticket": target["id"], "conversation": target["conversation"], "reason": "merged", "seen": 0}
    mine = update(held).where(held.c.ticket == source, held.c.settled_at.is_(None)).values(**values)
    for row in tx.rows(mine.returning(held.c.id, held.c.person)):
        _say(tx, row["person"], "reply_held", row["id"], target["id"])


def settle(tx: Tx, viewer: Viewer, entry: int, settled_as: str) -> RowMapping:
    """Raises Refused (404) where the entry is not an open one of the viewer's."""
    row = _open(tx, viewer, entry)
    if row is None:
        raise not_found("held reply")
    tx.run(update(held).where(held.c.id == entry).values(settled_at=tx.now, settled_as=settled_as))
    _say(tx, viewer.id, "held_settled", entry, row["ticket"])
    return row


def is_open(read: Read, viewer: Viewer, entry: int) -> bool:
    return _open(read, viewer, entry) is not None


def was_used(read: Read, viewer: Viewer, entry: int, body: str) -> bool:
    """The entry left as a message with these very words: to keep them once more would offer to say them twice."""
    mine = select(held.c.body).where(held.c.id == entry, held.c.person == viewer.id)
    return bool(read.value(mine.where(held.c.settled_as.in_(("sent", "note", "scheduled")))) == body)


def of_person(read: Read, viewer: Viewer, ticket: int | None = None) -> list[Held]:
    """The viewer's undecided texts, each with what it had not seen, as far as she may see the ticket now."""
    asked = select(held).where(held.c.person == viewer.id, held.c.settled_at.is_(None)).order_by(held.c.id)
    if ticket is not None:
        asked = asked.where(held.c.ticket == ticket)
    return _shapes(read, viewer, read.rows(asked))


def of_id(read: Read, viewer: Viewer, entry: int) -> Held:
    """Raises Refused: 404 where it is not hers, 410 where she has decided."""
    row = read.first(select(held).where(held.c.id == entry, held.c.person == viewer.id))
    if row is None:
        raise not_found("held reply")
    if row["settled_at"] is not None:
        raise Refused(410, "decided", "You have decided on this reply already", DECIDED[row["settled_as"]])
    return _shapes(read, viewer, [row])[0]


def carried(read: Read, fact: Any) -> dict[str, Any]:
    """The fact of a held reply takes the entry along; it is told to its author alone."""
    row = read.first(select(held).where(held.c.id == fact.data["held"]))
    if row is None or row["settled_at"] is not None:
        return {}
    viewer = load_viewer(read, row["person"])
    return {"entry": _shapes(read, viewer, [row])[0]} if viewer else {}


def _open(read: Read, viewer: Viewer, entry: int) -> RowMapping | None:
    asked = select(held).where(held.c.id == entry, held.c.person == viewer.id, held.c.settled_at.is_(None))
    return read.first(asked)


def _shapes(read: Read, viewer: Viewer, rows: Sequence[RowMapping]) -> list[Held]:
    """However many there are, in the same few questions."""
    if not rows:
        return []
    wanted = select(tickets).where(tickets.c.id.in_({row["ticket"] for row in rows}))
    hers = {stored["id"]: stored for stored in read.rows(wanted) if viewer.may_see(stored["department"])}
    seen = [(hers[row["ticket"]], row["seen"]) for row in rows if row["ticket"] in hers]
    least: dict[int, int] = {}
    for stored, number in seen:
        least[stored["conversation"]] = min(number, least.get(stored["conversation"], number))
    came, changed = messages.unseen_of(read, least), changed_since(read, seen, viewer.id)
    files = attachments.named_of(read, [row["files"] for row in rows])

    def shape(row: RowMapping, attached: list[Attachment]) -> Held:
        stored, number = hers.get(row["ticket"]), row["seen"]
        there = came[stored["conversation"]] if stored is not None else []
        return {
            "id": row["id"],
            "ticket": row["ticket"],
            "subject": stored["subject"] if stored is not None else "",
            "conversation": row["conversation"],
            "body": row["body"],
            "reason": row["reason"],
            "sendable": stored is not None and stored["deleted_at"] is None and stored["merged_into"] is None,
            "seen": number,
            "at": moment(row["at"]),
            "recipients": row["recipients"],
            "unseen": [message for message in there if message["number"] > number],
            "changed": changed.get((row["ticket"], number), []),
            "attachments": attached,
        }

    return list(map(shape, rows, files))


def _say(tx: Tx, person: int, kind: str, entry: int, ticket: int) -> None:
    append(tx, f"person/{person}", kind, audience=f"person:{person}", data={"held": entry, "ticket": ticket})
    awaiting.tell(tx, ticket, entry)
