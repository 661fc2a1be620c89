"""Which of several servers fetches which mailbox: a lease that runs out when its holder falls silent.

It saves work and is no guarantee: a holder that was paused may fetch on for a moment beside the next one. What then
comes twice is known by its id and content, and becomes one message.
"""

from collections.abc import Iterable

from sqlalchemy import delete

from elbowroom.channels.email.tables import fetch_leases
from elbowroom.kit.db import Tx

LEASE_FOR = 15.0  # seconds by the servers' walls, which may differ by less than that


def hold(tx: Tx, holder: str, mailboxes: Iterable[int]) -> set[int]:
    """Renews what is this holder's, takes what is nobody's (any more); returns those that it holds now."""
    return {mailbox for mailbox in sorted(mailboxes) if _holds(tx, holder, mailbox)}


def free(tx: Tx, holder: str) -> None:
    """The holder ends in order: another one may begin at once."""
    tx.run(delete(fetch_leases).where(fetch_leases.c.holder == holder))


def _holds(tx: Tx, holder: str, mailbox: int) -> bool:
    values = {"holder": holder, "until": tx.now + LEASE_FOR}
    may_take = (fetch_leases.c.holder == holder) | (fetch_leases.c.until <= tx.now)
    taken = tx.insert(fetch_leases).values(mailbox=mailbox, **values)
    taken = taken.on_conflict_do_update(index_elements=[fetch_leases.c.mailbox], set_=values, where=may_take)
    return tx.value(taken.returning(fetch_leases.c.mailbox)) is not None
