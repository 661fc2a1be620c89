"""The one door to a ticket. Every route, socket command, list and file asks here."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import RowMapping, Select, select

from elbowroom.kit.db import Read
from elbowroom.kit.places import Standing
from elbowroom.kit.problems import Refused, not_found
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.tickets.merges import refusal
from elbowroom.tickets.tables import inboxes, tickets


def place_of(ticket: int) -> str:
    return f"ticket/{ticket}"


def stands(read: Read, place: str) -> Standing | None:
    """Who hears of a ticket's place and the inbox around it, None for other places."""
    kind, _, number = place.partition("/")
    if kind != "ticket":
        return None
    row = read.first(select(tickets.c.department, tickets.c.inbox).where(tickets.c.id == int(number)))
    return None if row is None else Standing(audience_of(row["department"]), f"inbox/{row['inbox']}")


def access_ticket(read: Read, viewer: Viewer, ticket: int, *, deleted: bool = False) -> RowMapping:
    """The stored ticket. Raises Refused: 404 where it is not hers to see, 410 where it lies in the bin, 409 merged.

    `deleted`: also one with which nothing can be done any more, to be read.
    """
    row = read.first(select(tickets).where(tickets.c.id == ticket))
    if row is None or row["erased_at"] is not None or not viewer.may_see(row["department"]):
        raise not_found("ticket")
    if row["deleted_at"] is not None and not deleted:
        raise Refused(410, "gone", "The ticket lies in the bin", "Restore it to go on with it.")
    if row["merged_into"] is not None and not deleted:
        raise refusal(read, row)
    return row


def stored_ticket(read: Read, ticket: int) -> RowMapping:
    """One that is there for sure. Whether someone may see it is asked at the door above."""
    row = read.first(select(tickets).where(tickets.c.id == ticket))
    assert row is not None
    return row


def access_inbox(read: Read, viewer: Viewer, inbox: int, noun: str = "inbox") -> RowMapping:
    """Raises Refused (404) where the inbox is of a department that is not hers. `noun`: what of it she asked for."""
    row = read.first(select(inboxes).where(inboxes.c.id == inbox))
    if row is None or not viewer.may_see(row["department"]):
        raise not_found(noun)
    return row


def visible(
    asked: Select[Any], departments: Iterable[int], *, deleted: bool = False, archived: bool | None = None
) -> Select[Any]:
    """Narrows any selection of tickets to those of these departments. `archived` None: whether they are or not."""
    narrowed = asked.where(tickets.c.department.in_(list(departments)))
    if deleted:
        return narrowed.where(tickets.c.deleted_at.is_not(None), tickets.c.erased_at.is_(None))
    narrowed = narrowed.where(tickets.c.deleted_at.is_(None), tickets.c.merged_into.is_(None))
    if archived is None:
        return narrowed
    return narrowed.where(tickets.c.archived_at.is_not(None) if archived else tickets.c.archived_at.is_(None))
