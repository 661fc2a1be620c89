"""What tickets announce. The audience is the ticket's department; who loses it hears one last word."""

from typing import Any

from sqlalchemy import update

from elbowroom.kit.db import Tx
from elbowroom.kit.journal import By, Fact, append
from elbowroom.people.rights import audience_of
from elbowroom.tickets.access import place_of
from elbowroom.tickets.tables import tickets

KINDS = frozenset(
    {
        "ticket_opened", "field_changed", "owner_changed", "label_added", "label_removed", "follower_added",
        "follower_removed", "requester_changed",
        "ticket_left", "ticket_moved", "ticket_deleted", "ticket_restored", "ticket_archived", "ticket_unarchived",
        "ticket_erased", "ticket_merged", "ticket_unmerged", "ticket_split",
    }
)  # fmt: skip
# After these, their audience hears nothing more of the place, and why.
LAST_WORDS = {"ticket_left": "moved", "ticket_erased": "erased"}


def say(
    tx: Tx,
    ticket: int,
    department: int,
    kind: str,
    by: By | None,
    *,
    data: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
    change: dict[str, Any] | None = None,
) -> Fact:
    """Keeps the fact and, in the same breath, the ticket's version and the columns that changed."""
    if change:  # first, so that whoever listens to the fact sees the ticket as it is now
        tx.run(update(tickets).where(tickets.c.id == ticket).values(**change))
    fact = append(tx, place_of(ticket), kind, audience=audience_of(department), by=by, data=data, personal=personal)
    tx.run(update(tickets).where(tickets.c.id == ticket).values(version=fact.version, changed_at=tx.now))
    return fact
