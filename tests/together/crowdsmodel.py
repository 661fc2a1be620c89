"""Who holds which place, as plainly as it can be said: rules read from the documentation; who is there, by boardmodel.

A deed of a person is carried out here first; what the nodes do by themselves is judged by `may_be_freed`.
"""

from dataclasses import dataclass, field, replace

from tests.together.boardmodel import Connection, Model

LEASE_FOR, IDLE_FOR = 60.0, 20.0
WAKING_FOR = 10.0  # who was away from the keyboard for too long may lose it yet, until all have heard that she is back


@dataclass(frozen=True)
class Hold:
    """A place's lock, as it stands in the store."""

    person: int | None = None
    fence: int = 0
    since: float = 0.0
    until: float | None = None
    idle_for: float | None = None
    asked_by: int | None = None
    asked_until: float | None = None

    def holder(self, now: float) -> int | None:
        return None if self.until is not None and self.until <= now else self.person

    def to(self, person: int | None, now: float, until: float | None = None) -> "Hold":
        """Each change of holder raises the fence and ends the request."""
        return Hold(person, self.fence + 1, now, until, self.idle_for)

    def unasked(self) -> "Hold":
        return replace(self, asked_by=None, asked_until=None)


@dataclass
class Locks:
    """`slack`: for how long a node need not know that she came to a place by another one.

    `stood`: since when a connection has been on its place; `woke`: when she came back to its keyboard last.
    """

    slack: float
    who: Model = field(default_factory=Model)
    holds: dict[str, Hold] = field(default_factory=dict)
    stood: dict[str, tuple[str, float]] = field(default_factory=dict)
    woke: dict[str, float] = field(default_factory=dict)
    seen: dict[tuple[str, int], float] = field(default_factory=dict)  # place and person → when she was there last
    shut_out: set[int] = field(default_factory=set)
    given: dict[tuple[str, int], int] = field(default_factory=dict)  # place and fence → to whom

    def of(self, place: str) -> Hold:
        return self.holds.get(place, Hold())

    # deeds
    def take(self, place: str, person: int, now: float, *, leased: bool, idle_for: float | None) -> int | None:
        """Names the other who holds it; None where it is hers now."""
        hold = self.of(place)
        until = now + LEASE_FOR if leased else None
        if (holder := hold.holder(now)) not in (None, person):
            return holder
        if holder == person:
            self.holds[place] = replace(hold, until=until if hold.until is not None else None)
        else:
            self.holds[place] = replace(hold.to(person, now, until), idle_for=idle_for)
        return None

    def free(self, place: str, person: int, now: float) -> None:
        hold = self.of(place)
        if hold.person == person:
            self.holds[place] = self.freed(hold, now)

    def freed(self, hold: Hold, now: float) -> Hold:
        """Whoever asked for it has it then, if she may work yet; a lease that is over is nobody's to hand on."""
        asker = hold.asked_by if hold.holder(now) is not None else None
        return hold.to(None if asker in self.shut_out else asker, now)

    def force(self, place: str, person: int, now: float) -> None:
        hold = self.of(place)
        if (holder := hold.holder(now)) is not None:
            self.holds[place] = self.freed(hold, now) if holder == person else hold.to(None, now)

    def ask(self, place: str, person: int, now: float, wait_for: float) -> str:
        """What is answered."""
        hold = self.of(place)
        if hold.holder(now) in (None, person):
            return "not-held"
        if hold.asked_by is not None:
            return "" if hold.asked_by == person else "already-asked"
        self.holds[place] = replace(hold, asked_by=person, asked_until=now + wait_for)
        return ""

    def answer(self, place: str, person: int, now: float, *, gives: bool) -> str:
        hold = self.of(place)
        if hold.holder(now) != person or hold.asked_by is None:
            return "not-asked"
        self.holds[place] = hold.to(hold.asked_by, now) if gives else hold.unasked()
        return ""

    def withdraw(self, place: str, person: int, now: float) -> None:
        if (hold := self.of(place)).holder(now) is not None and hold.asked_by == person:
            self.holds[place] = hold.unasked()

    def lapse(self, place: str, fence: int, asker: int, now: float) -> float | None:
        """When to come again, where she took her request back and asked anew."""
        hold = self.of(place)
        if hold.holder(now) is None or hold.asked_until is None or (hold.fence, hold.asked_by) != (fence, asker):
            return None
        if hold.asked_until > now:
            return hold.asked_until
        self.holds[place] = hold.unasked() if asker in self.shut_out else hold.to(asker, now)
        return None

    # questions
    def tabs(self, place: str, person: int) -> list[Connection]:
        return [one for one in self.who.connections.values() if (one.place, one.person) == (place, person)]

    def may_be_freed(self, hold: Hold, place: str, now: float) -> bool:
        """By a node: her lease has ended, or no tab of hers is there, or none at which she touched anything."""
        assert hold.person is not None
        if hold.until is not None:
            return hold.until <= now
        for one in self.tabs(place, hold.person):
            is_known = now - self.stood[one.key][1] >= self.slack
            is_awake = now - one.input <= hold.idle_for if hold.idle_for is not None else True
            if is_known and is_awake and (hold.idle_for is None or now - self.woke.get(one.key, 0) >= WAKING_FOR):
                return False
        return True

    def is_gone(self, hold: Hold, place: str, now: float) -> bool:
        """Beyond doubt: it must be freed in a while."""
        assert hold.person is not None
        if hold.until is not None:
            return hold.until <= now
        idle_for = float("inf") if hold.idle_for is None else hold.idle_for
        return not any(now - one.input <= idle_for for one in self.tabs(place, hold.person))

    def touches(self, key: str, now: float) -> None:
        if now - self.who.connections[key].input > IDLE_FOR:
            self.woke[key] = now
        self.who.touches(key, now)

    # kept
    def passes(self, now: float) -> None:
        """After each deed and each tick."""
        for one in self.who.connections.values():
            if one.place is not None:
                self.seen[one.place, one.person] = now
        self.who.passes(now)
        for key, one in self.who.connections.items():
            if self.stood.get(key, ("", 0.0))[0] != (at := f"{one.node} {one.place}"):
                self.stood[key] = at, now
        self.stood = {key: one for key, one in self.stood.items() if key in self.who.connections}

    def is_stored(self, place: str, hold: Hold) -> None:
        """Each fence was given to one person alone."""
        if hold.person is not None:
            assert self.given.setdefault((place, hold.fence), hold.person) == hold.person, (place, hold)
