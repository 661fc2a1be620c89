"""The board: who is on which place and what she does there. Memory alone, single-threaded, no clock of its own.

One entry per connection; a person on a place is the strongest of her connections. Liveness is the server's: an
entry goes when its pongs stop, never because a page says nothing. Of a page that is stuck the browser still answers:
it is idle, whatever it did. Entries of other nodes' connections (gossip.py) stand beside our own and are never ours to
end.

An entry is shown only to the audience under which its person was let onto the place. So whoever stood there before
it moved is never seen by those who look at it now, whichever node heard of the move first.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import nsmallest

from elbowroom.kit.clock import moment
from elbowroom.together.shapes import Crowd, Doing, Lock, Presence

GONE_AFTER = 12.0  # seconds since the last answer
GRACE_FOR = 5.0  # a closed socket keeps entry and lock, so that a reload never flickers
WRITING_FOR = 10.0  # since the last key
IDLE_AFTER = 300.0  # nobody at the keyboard
LEFT_FOR = 900.0
SETTLING_FOR = 5.0
NAMED = 20
STRENGTH: dict[Doing, int] = {"writing_reply": 4, "writing_note": 3, "viewing": 2, "idle": 1, "left": 0}


@dataclass(slots=True)
class Entry:
    """One connection of a person. Moments of `heard` and the like are monotonic; `since` is the wall's."""

    key: str
    person: int
    name: str
    node: str = ""  # "": one of ours
    place: str | None = None
    within: str | None = None
    audience: str = ""
    doing: Doing = "viewing"
    since: float = 0.0
    heard: float = 0.0
    answered: float = 0.0  # by the page itself; `heard` is by its browser too
    typed: float = 0.0
    input: float = 0.0
    said: int = 0  # under which number its node told of it last
    hidden: bool = False  # only that she writes a reply is shown
    closed: float | None = None

    def shown(self, now: float) -> Doing:
        """What the others see: writing lapses, an absent keyboard is idle, and so is a page that is stuck."""
        if self.is_stuck(now):
            return "idle"
        if self.doing == "viewing":
            return "viewing" if now - self.input < IDLE_AFTER else "idle"
        if self.doing in ("writing_reply", "writing_note") and now - self.typed >= WRITING_FOR:
            return "viewing"
        return self.doing

    def is_stuck(self, now: float) -> bool:
        """Its browser answers and it does not. Of another node's its own node says so."""
        return not self.node and now - self.answered >= GONE_AFTER > now - self.heard


@dataclass(frozen=True)
class Left:
    """`since` is the wall of the node that saw her go, `at` the same moment by ours."""

    person: int
    name: str
    audience: str
    since: float
    at: float


@dataclass(frozen=True)
class Change:
    """A place whose crowd changed; `left` names a person whose last connection, over all nodes, went from it here.

    `around` is what the place lies within, as far as the board knew when it changed.
    """

    place: str
    left: int | None = None
    around: str | None = None


@dataclass
class Board:
    """Every change is returned, never called back, so that whoever owns the board decides what follows."""

    started: float = 0.0
    entries: dict[str, Entry] = field(default_factory=dict)
    on: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    inside: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    within: dict[str, str] = field(default_factory=dict)
    gone: dict[str, dict[tuple[str, int], Left]] = field(default_factory=lambda: defaultdict(dict))  # node, person
    shown: dict[str, Doing] = field(default_factory=dict)

    def is_settling(self, now: float) -> bool:
        return now - self.started < SETTLING_FOR

    def join(self, key: str, person: int, name: str, now: float, *, hidden: bool = False) -> list[Change]:
        """A connection says hello; the ghost of the same tab and load is replaced without a flicker."""
        if (ghost := self.entries.get(key)) is not None and ghost.person == person:
            ghost.closed, ghost.heard, ghost.answered, ghost.input = None, now, now, now
            return self.hide(person, hidden) if ghost.hidden != hidden else []
        changes = self.leave(key, now, now) if key in self.entries else []
        self.entries[key] = Entry(key, person, name, heard=now, answered=now, input=now, hidden=hidden)
        return changes + (self.untraced(person) if hidden else [])

    def here(
        self, key: str, place: str | None, doing: Doing, now: float, wall: float, *, within: str | None = None,
        audience: str = "", input: bool = True,
    ) -> list[Change]:  # fmt: skip
        """The connection is on a place (None: on none) and does something there; `input`: by someone's hand."""
        entry = self.ours(key)
        if entry is None:
            return []
        entry.heard = entry.answered = now
        if doing in ("writing_reply", "writing_note"):
            entry.typed = entry.input = now
        elif input or entry.place != place:
            entry.input = now
        if entry.place != place:
            changes = self._unplace(entry, wall)
            entry.within, entry.audience, entry.doing, entry.since = within, audience, doing, wall
            if place is not None:
                self.stand(entry, place)
                self._put(place, within or self.within.get(place))
                changes.append(self._change(place))
            self.shown[key] = entry.shown(now)
            return changes
        entry.audience = audience
        if entry.doing != doing:
            entry.doing, entry.since = doing, wall
        return self._noticed(entry, now, wall)

    def heard(self, key: str, now: float) -> None:
        """The page answered."""
        if (entry := self.ours(key)) is not None:
            entry.heard = entry.answered = now

    def lives(self, key: str, now: float) -> None:
        """Her browser answered, which it does for a page that is stuck as well."""
        if (entry := self.ours(key)) is not None:
            entry.heard = now

    def at_keyboard(self, key: str, now: float, wall: float) -> list[Change]:
        entry = self.ours(key)
        if entry is None:
            return []
        entry.input = now
        return self._noticed(entry, now, wall)

    def close(self, key: str, now: float) -> None:
        """The socket closed; the entry stays for the grace."""
        if (entry := self.ours(key)) is not None:
            entry.closed = now

    def leave(self, key: str, now: float, wall: float, *, trace: bool = True) -> list[Change]:
        """At once: logged out, navigated away, or rights lost. `trace`: the others see that she left."""
        entry = self.entries.pop(key, None)
        self.shown.pop(key, None)
        return self._unplace(entry, wall, trace) if entry is not None else []

    def hide(self, person: int, hidden: bool) -> list[Change]:
        """None of her connections of this process is seen any more, or each again."""
        hers = [entry for entry in self.entries.values() if entry.person == person and not entry.node]
        for entry in hers:
            entry.hidden = hidden
        traces = self.untraced(person) if hidden else []
        return [*traces, *(self._change(entry.place) for entry in hers if entry.place is not None)]

    def untraced(self, person: int) -> list[Change]:
        """That she left is shown nowhere any more, as far as this process saw her go."""
        places = [place for place, gone in self.gone.items() if gone.pop(("", person), None) is not None]
        return [self._change(place) for place in places]

    def step_off(self, key: str, wall: float) -> list[Change]:
        """She may not be on the place any more: who may be there must not learn that she was."""
        entry = self.ours(key)
        return self._unplace(entry, wall, trace=False) if entry is not None else []

    def clear(self, place: str, wall: float) -> dict[str, Doing]:
        """Others will look at the place now, who need not know who was here. Returns key → doing of who stood here."""
        there = [self.entries[key] for key in self.on.get(place, ())]
        stood: dict[str, Doing] = {entry.key: entry.doing for entry in there if not entry.node}
        for entry in there:
            if entry.node:
                self.drop(entry, wall)
            else:
                self._unplace(entry, wall, trace=False)
        self.gone.pop(place, None)
        return stood

    def tick(self, now: float, wall: float) -> list[Change]:
        """Once or more a second: what lapsed, what went."""
        changes: list[Change] = []
        for entry in list(self.entries.values()):
            if entry.node:  # its own node says when it goes
                changes += self._noticed(entry, now, wall)
                continue
            over = entry.closed is not None and now - entry.closed >= GRACE_FOR
            if over or now - entry.heard >= GONE_AFTER:
                changes += self.leave(entry.key, now, wall)
            else:
                changes += self._noticed(entry, now, wall)
        return changes + self._forgotten(wall)

    def move(self, place: str, within: str | None) -> list[Change]:
        """The place lies elsewhere now: there its crowd is told, also where that is nobody (any more)."""
        for key in self.on.get(place, ()):
            self.entries[key].within = within
        self._put(place, within if self.on.get(place) or self.gone.get(place) else None)
        return [Change(place, around=within)]

    # what other nodes' word does to it, and their connections too
    def ours(self, key: str) -> Entry | None:
        """The entry of a connection of this process."""
        entry = self.entries.get(key)
        return entry if entry is not None and not entry.node else None

    def stand(self, entry: Entry, place: str) -> None:
        """Who stands somewhere has not left, by whichever node."""
        entry.place = place
        self.on[place].add(entry.key)
        self.gone[place].pop((entry.node, entry.person), None)
        self.gone[place].pop(("", entry.person), None)

    def drop(self, entry: Entry, wall: float) -> list[Change]:
        """Without a trace: whether she left is said by the node that saw it."""
        self.entries.pop(entry.key, None)
        self.shown.pop(entry.key, None)
        return self._unplace(entry, wall, trace=False)

    def lies(self, place: str, within: str | None) -> list[Change]:
        """Another node says what the place lies within; where we have people or traces there we know it ourselves."""
        is_known = any(not one.node for one in self.standing(place)) or any(not node for node, _ in self.gone[place])
        if is_known or within is None or within == self.within.get(place):
            return []
        self._put(place, within)
        return [self._change(place)]

    # questions
    def owes(self, key: str, span: float, now: float) -> bool:
        """Whether the page of ours has not answered for so long."""
        entry = self.ours(key)
        return entry is not None and now - entry.answered >= span

    def is_on(self, person: int, place: str) -> bool:
        return any(self.entries[key].person == person for key in self.on.get(place, ()))

    def looks_at(self, person: int, place: str, now: float) -> bool:
        """She has it before her eyes: not in a closed tab, nor in one that nobody looks at."""
        hers = [entry for entry in self.standing(place) if entry.person == person and entry.closed is None]
        return any(STRENGTH[entry.shown(now)] >= STRENGTH["viewing"] for entry in hers)

    def last_input(self, person: int, place: str) -> float:
        """When she last touched keyboard or pointer on the place; monotonic, 0 where she is not there."""
        entries = [self.entries[key] for key in self.on.get(place, ())]
        return max((entry.input for entry in entries if entry.person == person), default=0.0)

    def is_here(self, person: int, place: str) -> bool:
        """By a connection of this process."""
        return any(entry.person == person and not entry.node for entry in self.standing(place))

    def standing(self, place: str) -> list[Entry]:
        return [self.entries[key] for key in self.on.get(place, ())]

    def around(self, place: str) -> str | None:
        """What the place lies within, as far as the board knows."""
        return self.within.get(place)

    def crowd(self, place: str, now: float, lock: Lock | None = None, *, audience: str = "") -> Crowd:
        """The whole state of a place as this audience may see it, strongest first."""
        best: dict[int, tuple[int, float, int, str, Doing]] = {}
        for entry in self.standing(place):
            if entry.audience == audience:
                person, doing = entry.person, entry.shown(now)
                if entry.hidden and doing != "writing_reply":
                    continue
                one = (-STRENGTH[doing], entry.since, person, entry.name, doing)
                if (other := best.get(person)) is None or one < other:
                    best[person] = one
        for left in sorted(self.gone.get(place, {}).values(), key=lambda one: -one.since):
            if left.audience == audience:
                best.setdefault(left.person, (0, left.since, left.person, left.name, "left"))
        # A thousand may be here, and twenty are named: only those are put into words.
        named = nsmallest(NAMED, best.values())
        people = [_presence(person, name, doing, since) for _, since, person, name, doing in named]
        return {"place": place, "people": people, "more": max(0, len(best) - NAMED), "lock": lock}

    def places_within(self, around: str) -> Iterable[str]:
        return tuple(self.inside.get(around, ()))

    # inside
    def _put(self, place: str, within: str | None) -> None:
        """The place lies within this from now on; None where it is no business of the board any more."""
        if (before := self.within.pop(place, None)) is not None:
            self.inside[before].discard(place)
        if within is not None:
            self.within[place] = within
            self.inside[within].add(place)

    def _change(self, place: str, left: int | None = None) -> Change:
        return Change(place, left, self.within.get(place))

    def _noticed(self, entry: Entry, now: float, wall: float) -> list[Change]:
        shown = entry.shown(now)
        if entry.place is None or self.shown.get(entry.key) == shown:
            return []
        if shown != entry.doing and not entry.node:  # since when, its own node says
            entry.since = wall
        self.shown[entry.key] = shown
        return [self._change(entry.place)]

    def _unplace(self, entry: Entry, wall: float, trace: bool = True) -> list[Change]:
        if entry.place is None:
            return []
        place = entry.place
        self.on[place].discard(entry.key)
        entry.place = None
        if entry.node or self.is_here(entry.person, place):
            return [self._change(place)]
        if trace and not entry.hidden:
            self.gone[place]["", entry.person] = Left(entry.person, entry.name, entry.audience, wall, wall)
        return [self._change(place, left=None if self.is_on(entry.person, place) else entry.person)]

    def _forgotten(self, wall: float) -> list[Change]:
        changes = []
        for place, persons in list(self.gone.items()):
            old = [one for one, left in persons.items() if wall - left.at >= LEFT_FOR]
            for one in old:
                del persons[one]
            if old:
                changes.append(self._change(place))
            if not persons and not self.on.get(place):
                self.gone.pop(place, None)
                self.on.pop(place, None)
                self._put(place, None)
        return changes


def _presence(person: int, name: str, doing: Doing, since: float) -> Presence:
    return {"person": person, "name": name, "hue": person % 12, "doing": doing, "since": moment(since)}


OnChange = Callable[[list[Change]], None]
