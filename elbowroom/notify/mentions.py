"""Who is named in a note is told so at once; until she has read it, it stands in her list."""

from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.conversations.messages import first_words
from elbowroom.conversations.tables import messages
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Fact, append
from elbowroom.kit.problems import not_found
from elbowroom.notify.shapes import Notice
from elbowroom.notify.tables import notices
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets.tables import tickets

SHOWN = 100
NAMES = frozenset({"note_added", "note_edited"})
selected = (
    select(
        notices, messages.c.ticket.label("where"), messages.c.number, messages.c.text, tickets.c.subject,
        tickets.c.department, people.c.name.label("by_name"),
    )
    .join_from(notices, messages, notices.c.message == messages.c.id)
    .join(tickets, messages.c.ticket == tickets.c.id)
    .join(people, notices.c.by == people.c.id)
)  # fmt: skip


def told(tx: Tx, fact: Fact) -> None:
    """Listens within the transaction. An edit tells those whom it names for the first time."""
    if fact.kind not in NAMES or fact.by is None:
        return
    message = tx.first(select(messages).where(messages.c.id == fact.data["message"]["id"]))
    assert message is not None
    before = set(tx.run(select(notices.c.person).where(notices.c.message == message["id"])).scalars())
    for person in message["mentions"] or []:
        if person != fact.by.id and person not in before:
            _make(tx, person, message, fact.by.id)


def of_person(read: Read, viewer: Viewer) -> list[Notice]:
    """What she has not read, the newest first."""
    mine = selected.where(notices.c.person == viewer.id, notices.c.read_at.is_(None))
    return [_shape(viewer, row) for row in read.rows(mine.order_by(notices.c.id.desc()).limit(SHOWN))]


def read_one(tx: Tx, viewer: Viewer, notice: int) -> None:
    """A second time changes nothing. Raises Refused (404) where it is not hers."""
    row = tx.first(select(notices).where(notices.c.id == notice, notices.c.person == viewer.id))
    if row is None:
        raise not_found("notice")
    if row["read_at"] is None:
        _read(tx, viewer.id, [notice])


def read_all(tx: Tx, viewer: Viewer, ticket: int | None = None) -> None:
    """Hers, or those of one ticket."""
    mine = select(notices.c.id).where(notices.c.person == viewer.id, notices.c.read_at.is_(None))
    if ticket is not None:
        mine = mine.join(messages, notices.c.message == messages.c.id).where(messages.c.ticket == ticket)
    _read(tx, viewer.id, list(tx.run(mine.order_by(notices.c.id)).scalars()))


def say_read(tx: Tx, person: int, found: list[int]) -> None:
    """These wait for her no more."""
    append(tx, f"person/{person}", "notice_read", audience=f"person:{person}", data={"notices": found})


def carried(read: Read, fact: Fact) -> dict[str, Any]:
    """The fact takes the notice along; it is told to its person alone, as far as she may see the ticket now."""
    row = read.first(selected.where(notices.c.id == fact.data["notice"]))
    viewer = load_viewer(read, row["person"]) if row is not None else None
    return {"told": _shape(viewer, row)} if row is not None and viewer is not None else {}


def _make(tx: Tx, person: int, message: RowMapping, by: int) -> None:
    values = {"person": person, "kind": "mention", "message": message["id"], "by": by}
    notice: int = tx.value(insert(notices).values(at=tx.now, **values).returning(notices.c.id))
    append(tx, f"person/{person}", "notice_made", audience=f"person:{person}", data={"notice": notice})


def _read(tx: Tx, person: int, found: list[int]) -> None:
    if found:
        tx.run(update(notices).where(notices.c.id.in_(found)).values(read_at=tx.now))
        say_read(tx, person, found)


def _shape(viewer: Viewer, row: RowMapping) -> Notice:
    hers = viewer.may_see(row["department"])
    return {
        "id": row["id"],
        "kind": "mention",
        "ticket": row["where"],
        "subject": row["subject"] if hers else "",
        "number": row["number"],
        "words": first_words(row["text"]) if hers else "",
        "by": {"id": row["by"], "name": row["by_name"]},
        "at": moment(row["at"]),
    }
