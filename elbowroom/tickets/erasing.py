"""What lay in the bin long enough is removed for good, in pieces, so that nobody waits for a large one.

First it is out of everyone's sight; then each district forgets what it has of it; the ticket itself goes last. Its
facts stay, without what was personal in them.
"""

from collections.abc import Callable

from sqlalchemy import RowMapping, delete, or_, select, update

from elbowroom.kit import jobs, journal
from elbowroom.kit.db import Database, Tx
from elbowroom.kit.jobs import Again, Job
from elbowroom.kit.journal import append
from elbowroom.people.rights import audience_of
from elbowroom.tickets import bin
from elbowroom.tickets.access import place_of
from elbowroom.tickets.tables import followers, merges, ticket_labels, tickets

AT_ONCE = 200
Forget = Callable[[Tx, int], bool]  # of a ticket, at most AT_ONCE rows; True where there is more


async def erase(db: Database, forget: list[Forget], job: Job) -> None:
    """Raises Again where its days are not over. Nothing happens where it was brought back meanwhile."""
    ticket = job.data["ticket"]
    if not await db.write(lambda tx: _begun(tx, ticket, job.data["at"])):
        return
    while await db.write(lambda tx: _goes_on(tx, forget, ticket)):
        pass


def _begun(tx: Tx, ticket: int, at: float) -> bool:
    stored = tx.first(select(tickets).where(tickets.c.id == ticket))
    if stored is None or stored["deleted_at"] != at:
        return False
    if stored["erased_at"] is not None:  # a crash in between
        return True
    if (rest := at + bin.days(tx) * bin.DAY - tx.now) > 0:
        # Looked at once a day: the days may be made fewer in the very moment in which this is put off.
        raise Again(min(rest, bin.DAY), "its days in the bin are not over")
    _begin(tx, stored, at)
    return True


def _begin(tx: Tx, stored: RowMapping, at: float) -> None:
    """What was merged into it goes along at once: it would lead to nothing, and its customer's name would stay."""
    ticket = stored["id"]
    tx.run(update(tickets).where(tickets.c.id == ticket).values(deleted_at=at, erased_at=tx.now))
    append(tx, place_of(ticket), "ticket_erased", audience=audience_of(stored["department"]))
    merged = (tickets.c.merged_into == ticket) & tickets.c.erased_at.is_(None)
    for source in tx.rows(select(tickets).where(merged).order_by(tickets.c.id)):
        jobs.enqueue(tx, bin.JOB, {"ticket": source["id"], "at": tx.now})
        _begin(tx, source, tx.now)


def _goes_on(tx: Tx, forget: list[Forget], ticket: int) -> bool:
    """The ticket itself in the transaction in which nobody has anything of it any more."""
    if any(one(tx, ticket) for one in (*forget, _blanked)):
        return True
    for table in (ticket_labels, followers):
        tx.run(delete(table).where(table.c.ticket == ticket))
    tx.run(delete(merges).where(or_(merges.c.source == ticket, merges.c.target == ticket)))
    tx.run(delete(tickets).where(tickets.c.id == ticket))
    return False


def _blanked(tx: Tx, ticket: int) -> bool:
    return journal.blank(tx, place_of(ticket), AT_ONCE) == AT_ONCE
