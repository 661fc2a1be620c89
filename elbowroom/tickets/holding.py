"""The ticket asks the lock: who may take, free and force it, by the inbox it lies in."""

from sqlalchemy import RowMapping, select, update

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Fact
from elbowroom.kit.problems import forbidden
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.tickets.access import access_ticket, place_of
from elbowroom.tickets.tables import inboxes, tickets
from elbowroom.together import handovers, locks
from elbowroom.together.shapes import Lock

IDLE_FOR = 300.0  # a write lock goes after five minutes without input
HISTORY = frozenset({"lock_forced", "lock_asked", "lock_refused", "lock_handed"})


def take(tx: Tx, viewer: Viewer, ticket: int, *, leased: bool = False) -> Lock:
    """Raises Refused: 404, 410, 409 locked with the holder."""
    stored = access_ticket(tx, viewer, ticket)
    idle_for = IDLE_FOR if _inbox(tx, stored)["lock_mode"] == "write" else None
    return locks.take(tx, viewer, place_of(ticket), leased=leased, idle_for=idle_for).body()


def free(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """Frees the viewer's own lock; nothing happens where she holds none."""
    access_ticket(tx, viewer, ticket, deleted=True)
    locks.free(tx, place_of(ticket), viewer.id)


def force(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """Releases another's lock. Raises Refused (403) where the inbox leaves that to managers, and for programs."""
    stored = access_ticket(tx, viewer, ticket)
    if viewer.is_bot:
        raise forbidden("A program may not release a person's lock.")
    inbox = _inbox(tx, stored)
    locks.force(
        tx, viewer, place_of(ticket), audience=audience_of(stored["department"]),
        managers_only=inbox["may_force"] == "managers", may_manage=viewer.manages(stored["department"]),
    )  # fmt: skip


def let_in(tx: Tx, viewer: Viewer, stored: RowMapping) -> None:
    """In an exclusive inbox nothing moves under its holder's hands. Raises Refused (423) naming her."""
    held = locks.holder(tx, place_of(stored["id"]))
    if held is not None and held.person != viewer.id and _inbox(tx, stored)["lock_mode"] == "exclusive":
        raise locks.locked(423, held)


def ask(tx: Tx, viewer: Viewer, ticket: int) -> Lock:
    """Asks the holder to hand over; the inbox says how long she may take. Raises Refused: 404, 410, 409."""
    stored = access_ticket(tx, viewer, ticket)
    wait_for = float(_inbox(tx, stored)["handover_for"])
    audience = audience_of(stored["department"])
    return handovers.ask(tx, viewer, place_of(ticket), audience=audience, wait_for=wait_for).body()


def ask_no_more(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """Nothing happens where she did not ask."""
    access_ticket(tx, viewer, ticket, deleted=True)
    handovers.withdraw(tx, viewer.id, place_of(ticket))


def touched(tx: Tx, fact: Fact) -> None:
    """What happened to its lock stands in the ticket's history, so it changed the ticket."""
    kind, _, number = fact.place.partition("/")
    if kind == "ticket" and fact.kind in HISTORY:
        change = {"version": fact.version, "changed_at": tx.now}
        tx.run(update(tickets).where(tickets.c.id == int(number)).values(**change))


def _inbox(read: Read, stored: RowMapping) -> RowMapping:
    row = read.first(select(inboxes).where(inboxes.c.id == stored["inbox"]))
    assert row is not None
    return row
