"""What did not reach anyone: told to its author, and on her list until she sends it again or lets it go."""

from typing import Any, Literal

from sqlalchemy import RowMapping, select, update

from elbowroom.conversations.messages import first_words
from elbowroom.conversations.shapes import Undelivered
from elbowroom.conversations.tables import messages
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Fact, append
from elbowroom.kit.problems import not_found
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import customers
from elbowroom.tickets.tables import tickets

FAILED = ("refused", "bounced")
CONCERNED = frozenset(
    {
        "ticket_deleted", "ticket_restored", "ticket_moved", "ticket_merged", "ticket_unmerged", "ticket_split",
        "requester_changed",
    }
)  # fmt: skip
_failed = select(messages.c.id, messages.c.agent).where(
    messages.c.state.in_(FAILED), messages.c.let_go_at.is_(None), messages.c.agent.is_not(None)
)
_open = (
    select(messages, tickets.c.subject, tickets.c.department, customers.c.email.label("requester_email"))
    .join_from(messages, tickets, messages.c.ticket == tickets.c.id)
    .join(customers, tickets.c.requester == customers.c.id)
    .where(messages.c.state.in_(FAILED), messages.c.let_go_at.is_(None), tickets.c.deleted_at.is_(None))
)


def of_person(read: Read, viewer: Viewer) -> list[Undelivered]:
    """Of the tickets that she may see now."""
    mine = _open.where(messages.c.agent == viewer.id, tickets.c.department.in_(list(viewer.departments)))
    return [_shape(row) for row in read.rows(mine.order_by(messages.c.id))]


def let_go(tx: Tx, viewer: Viewer, message: int) -> None:
    """Wherever its ticket is meanwhile. Raises Refused (404) where it is none of hers that waits for her."""
    if tx.first(_failed.where(messages.c.id == message, messages.c.agent == viewer.id)) is None:
        raise not_found("message of yours that was not delivered")
    tx.run(update(messages).where(messages.c.id == message).values(let_go_at=tx.now))
    _say(tx, viewer.id, "delivery_settled", message)


def say(tx: Tx, kind: Literal["delivery_failed", "delivery_settled"], message: RowMapping) -> None:
    """To its author, where it has one."""
    if message["agent"] is not None:
        _say(tx, message["agent"], kind, message["id"])


def follow(tx: Tx, fact: Fact) -> None:
    """Listens within the transaction: what happens to a ticket changes the lists of those whose mail of it failed."""
    kind, _, number = fact.place.partition("/")
    if kind != "ticket" or not _concerns(fact):
        return
    for row in tx.rows(_failed.where(messages.c.ticket == int(number)).order_by(messages.c.id)):
        _say(tx, row["agent"], "delivery_changed", row["id"])


def _concerns(fact: Fact) -> bool:
    """A move within a department shows in no entry."""
    if fact.kind == "field_changed":
        return bool(fact.data["field"] == "subject")
    return fact.kind in CONCERNED and not (fact.kind == "ticket_moved" and "was" in fact.data)


def carried(read: Read, fact: Fact) -> dict[str, Any]:
    """The entry, as far as it is on its author's list now; the fact is told to her alone."""
    row = read.first(_open.where(messages.c.id == fact.data["undelivered"]))
    if row is None:
        return {}
    viewer = load_viewer(read, row["agent"])
    return {"failed": _shape(row)} if viewer and viewer.may_see(row["department"]) else {}


def _say(tx: Tx, person: int, kind: str, message: int) -> None:
    append(tx, f"person/{person}", kind, audience=f"person:{person}", data={"undelivered": message})


def _shape(row: RowMapping) -> Undelivered:
    chosen = row["recipients"]
    return {
        "message": row["id"],
        "ticket": row["ticket"],
        "number": row["number"],
        "subject": row["subject"],
        "kind": row["kind"],
        "state": row["state"],
        "words": row["words"],
        "preview": first_words(row["text"]),
        "to": chosen["to"] if chosen else [row["requester_email"]],
        "at": moment(row["at"]),
    }
