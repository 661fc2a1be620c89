"""Who holds a place. Each change of holder is one conditional UPDATE that raises the fence.

A lock is courtesy; what protects is the fence that a guarded write must carry.
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, insert, select, update

from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By, Fact
from elbowroom.kit.problems import Refused, forbidden
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.together.facts import Handed, lock_changed, lock_forced, lock_handed
from elbowroom.together.shapes import Lock
from elbowroom.together.tables import locks

LEASE_FOR = 60.0


@dataclass(frozen=True)
class Held:
    """A lock as it stands. `until` ends a program's lease, None for a browser's tab; `idle_for` in seconds."""

    place: str
    person: int
    name: str
    fence: int
    since: float
    until: float | None
    idle_for: float | None = None
    asked_by: int | None = None
    asker: str | None = None  # her name
    asked_until: float | None = None
    asked_audience: str | None = None

    @property
    def by(self) -> By:
        return By(self.person, self.name)

    @property
    def asked(self) -> By | None:
        """Who waits for it to be handed over."""
        return By(self.asked_by, self.asker) if self.asked_by is not None and self.asker is not None else None

    def body(self) -> Lock:
        shape: Lock = {
            "holder": {"id": self.person, "name": self.name},
            "fence": self.fence,
            "since": moment(self.since),
        }
        if self.until is not None:
            shape["until"] = moment(self.until)
        if (asker := self.asked) is not None and self.asked_until is not None:
            shape["asked"] = {"by": {"id": asker.id, "name": asker.name}, "until": moment(self.asked_until)}
        return shape


_askers = people.alias("askers")
_held = (
    select(
        locks.c.place, locks.c.person, people.c.name, locks.c.fence, locks.c.since, locks.c.until, locks.c.idle_for,
        locks.c.asked_by, _askers.c.name.label("asker"), locks.c.asked_until, locks.c.asked_audience,
    )
    .join_from(locks, people, locks.c.person == people.c.id)
    .join(_askers, locks.c.asked_by == _askers.c.id, isouter=True)
)  # fmt: skip
NOBODY_ASKS: dict[str, Any] = {"asked_by": None, "asked_until": None, "asked_audience": None}


def holder(read: Read, place: str) -> Held | None:
    """Who holds the place now; None where it is free or a lease has run out."""
    row = read.first(_held.where(locks.c.place == place))
    if row is None or (row["until"] is not None and row["until"] <= read.now):
        return None
    return Held(**row)


def held_by_anyone(read: Read) -> list[Held]:
    return [Held(**row) for row in read.rows(_held)]


Seen = tuple[int, float | None, float | None]


def seen_held(read: Read) -> dict[str, Seen]:
    """Of all locks that are held now: place → fence, until when it is leased, and until when someone asks for it."""
    lives = locks.c.person.is_not(None) & (locks.c.until.is_(None) | (locks.c.until > read.now))
    asked = select(locks.c.place, locks.c.fence, locks.c.until, locks.c.asked_until).where(lives)
    return {row["place"]: (row["fence"], row["until"], row["asked_until"]) for row in read.rows(asked)}


def fence_of(read: Read, place: str) -> int:
    return read.value(select(locks.c.fence).where(locks.c.place == place)) or 0


def take(tx: Tx, viewer: Viewer, place: str, *, leased: bool = False, idle_for: float | None = None) -> Held:
    """Takes a free place, or renews what the viewer holds. Raises Refused (409 locked) naming the holder.

    `idle_for`: freed after so many seconds without input; None: as long as one of her tabs is there.
    """
    now_held = holder(tx, place)
    until = tx.now + LEASE_FOR if leased else None
    if now_held is not None and now_held.person == viewer.id:
        return _renewed(tx, now_held, until)
    if now_held is not None:
        raise locked(409, now_held)
    return _given(tx, place, viewer, fence_of(tx, place), {"until": until, "idle_for": idle_for})


def free(tx: Tx, place: str, person: int, fence: int | None = None) -> bool:
    """Frees what this person holds (under this fence, where one is given); False where it was not hers.

    Whoever asked her for it has it from now on, if she may see the place yet.
    """
    held = holder(tx, place)
    if held is None or held.person != person or fence not in (None, held.fence):
        return _free(tx, place, person, fence)
    return hand(tx, held, "left", by=held.by) is not None or _free(tx, place, person, held.fence)


def hand(tx: Tx, held: Held, why: Handed, *, by: By, draft: bool = False) -> Fact | None:
    """Gives a held lock to whoever asks for it; None where it moved meanwhile, or nobody asks who may see it yet."""
    asker, audience = held.asked, held.asked_audience
    if asker is None or audience is None:
        return None
    viewer = load_viewer(tx, asker.id)
    if viewer is None or not viewer.hears(audience):
        return None
    still = (locks.c.place == held.place) & (locks.c.fence == held.fence) & (locks.c.asked_by == asker.id)
    values = {"person": asker.id, "fence": held.fence + 1, "since": tx.now, "until": None, **NOBODY_ASKS}
    if not tx.run(update(locks).where(still).values(**values)).rowcount:
        return None
    lock_changed(tx, held.place, held.fence + 1)
    return lock_handed(
        tx, held.place, by=by, audience=audience, former=held.by, to=asker, fence=held.fence + 1, why=why, draft=draft
    )  # fmt: skip


def _free(tx: Tx, place: str, person: int, fence: int | None = None) -> bool:
    mine = update(locks).where(locks.c.place == place, locks.c.person == person)
    if fence is not None:
        mine = mine.where(locks.c.fence == fence)
    values = {"person": None, "fence": locks.c.fence + 1, "since": tx.now, "until": None, **NOBODY_ASKS}
    freed = tx.value(mine.values(**values).returning(locks.c.fence))
    if freed is None:
        return False
    lock_changed(tx, place, freed)
    return True


def force(tx: Tx, viewer: Viewer, place: str, *, audience: str, managers_only: bool, may_manage: bool) -> Fact | None:
    """Frees another's lock and keeps a fact of it, which tells the former holder by whom. None where nobody held it."""
    if managers_only and not may_manage:
        raise forbidden("In this inbox only a manager may release a lock. Ask the holder, or a manager.")
    former = holder(tx, place)
    if former is None:
        return None
    if former.person == viewer.id:
        free(tx, place, viewer.id)
        return None
    _free(tx, place, former.person, former.fence)
    fence = former.fence + 1
    return lock_forced(tx, place, by=viewer.by, audience=audience, former=former.by, fence=fence)


def free_whoever(tx: Tx, place: str) -> None:
    """Others will look at the place from now on, who need not know who held it."""
    if (now_held := holder(tx, place)) is not None:
        _free(tx, place, now_held.person)


def free_if_silent(tx: Tx, seen: Held, there: Set[int]) -> bool:
    """The board lost the holder, or her lease ended: freed only where the lock is still the one that was seen.

    Whoever asked for it has it from now on if she is there: else it would stand, held by nobody, until she is missed.
    """
    row = tx.first(select(locks).where(locks.c.place == seen.place))
    if row is None or (row["fence"], row["until"]) != (seen.fence, seen.until):
        return False
    is_wanted = row["asked_by"] in there
    return (free if is_wanted else _free)(tx, seen.place, seen.person, seen.fence)


def locked(status: int, held: Held, **extra: Any) -> Refused:
    """423 on a guarded write, 409 on taking the lock."""
    who = {"id": held.person, "name": held.name}
    detail = f"{held.name} has it since {moment(held.since)[11:16]} UTC. Ask her, or release the lock if you may."
    return Refused(status, "locked", f"{held.name} has it", detail, holder=who, fence=held.fence, **extra)


def _renewed(tx: Tx, held: Held, until: float | None) -> Held:
    """A lease runs on; a browser's lock stays one, and a program's becomes one where a browser takes it."""
    fresh = until if held.until is not None else None
    if fresh != held.until:
        tx.run(update(locks).where(locks.c.place == held.place).values(until=fresh))
        lock_changed(tx, held.place, held.fence)
    return replace(held, until=fresh)


def _given(tx: Tx, place: str, viewer: Viewer, fence: int, term: dict[str, float | None]) -> Held:
    values = {"person": viewer.id, "since": tx.now, **term, **NOBODY_ASKS}
    free_now = (locks.c.person.is_(None)) | (locks.c.until <= tx.now)
    if fence == 0:
        tx.run(insert(locks).values(place=place, fence=1, **values))
    else:
        won = tx.run(
            update(locks)
            .where(locks.c.place == place, locks.c.fence == fence, free_now)
            .values(fence=locks.c.fence + 1, **values)
        )
        if not won.rowcount:
            now_held = holder(tx, place)
            raise locked(409, now_held) if now_held else Refused(503, "busy", "The lock just moved", "Try again.")
    lock_changed(tx, place, fence + 1)
    return Held(place, viewer.id, viewer.name, fence + 1, tx.now, term["until"], term["idle_for"])


def count_held(read: Read) -> int:
    return read.value(select(func.count()).select_from(locks).where(locks.c.person.is_not(None))) or 0
