"""Who prepares a reply: what colleagues see of each other's drafts. A note's draft is its author's alone."""

from typing import Any

from sqlalchemy import RowMapping, select

from elbowroom.conversations.shapes import ColleagueDraft, DraftText
from elbowroom.conversations.tables import drafts
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import not_found
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets.access import access_ticket, place_of, stands
from elbowroom.tickets.tables import tickets

SAID_EVERY = 5.0  # seconds; who types on is told of no more often

_shown = (
    select(drafts, people.c.name)
    .join(people, people.c.id == drafts.c.person)
    .where(drafts.c.kind == "reply", drafts.c.body.is_not(None))
    .order_by(drafts.c.at)
)


def of_ticket(read: Read, ticket: int) -> list[ColleagueDraft]:
    """Of all who may see the ticket: who may not is never named to those who may."""
    return [_shape(row) for row in _rows(read, ticket)]


def text_of(read: Read, viewer: Viewer, ticket: int, person: int) -> DraftText:
    """Raises Refused: 404 where the ticket is not hers to see, or `person` has begun nothing there."""
    access_ticket(read, viewer, ticket, deleted=True)
    row = next((row for row in _rows(read, ticket) if row["person"] == person), None)
    if row is None:
        raise not_found("draft")
    return {**_shape(row), "body": row["body"]}


def say(tx: Tx, person: int, ticket: int, before: RowMapping | None) -> None:
    """After a change of her reply's draft: that it began, went, or, now and then, goes on.

    Of who may not see the ticket any more nothing is said to those who may.
    """
    row = tx.first(_shown.where(drafts.c.ticket == ticket, drafts.c.person == person))
    was, now = before is not None and has_text(before), row is not None and has_text(row)
    goes_on = was and now and before is not None and before["at"] // SAID_EVERY == tx.now // SAID_EVERY
    standing = None if goes_on or not (was or now) else stands(tx, place_of(ticket))
    if standing is not None and _hears(tx, person, standing.audience):
        word = {"what": "draft", "person": person, "draft": _shape(row) if row is not None and now else None}
        tx.tell("passing", {"place": place_of(ticket), "audience": standing.audience, "word": word})


def _hears(read: Read, person: int, audience: str) -> bool:
    author = load_viewer(read, person)
    return author is not None and author.hears(audience)


def has_text(row: RowMapping) -> bool:
    return bool((row["body"] or "").strip())


def _rows(read: Read, ticket: int) -> list[RowMapping]:
    begun = [row for row in read.rows(_shown.where(drafts.c.ticket == ticket)) if has_text(row)]
    if not begun:
        return []
    department = read.value(select(tickets.c.department).where(tickets.c.id == ticket))
    return [row for row in begun if _may_see(read, row["person"], department)]


def _may_see(read: Read, person: int, department: int) -> bool:
    author = load_viewer(read, person)
    return author is not None and author.may_see(department)


def _shape(row: RowMapping | dict[str, Any]) -> ColleagueDraft:
    since = moment(row["begun_at"] or row["at"])
    return {"person": row["person"], "name": row["name"], "kind": row["kind"], "since": since, "at": moment(row["at"])}
