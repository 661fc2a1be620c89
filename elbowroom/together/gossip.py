"""The board told from node to node: each tells its own entries, again and again, and never another's.

A list is numbered by its teller and stands for all that the teller says of a place, so a later one takes the place of
an earlier: what is lost is repeated, what comes twice or late is dropped. A node's name is new with each start. Moments
travel as spans ("typed 3 s ago"), so that no two clocks are compared; only `since` is the teller's own wall, the same
for all who show it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest

import msgspec

from elbowroom.together.presence import GONE_AFTER, GRACE_FOR, Board, Change, Entry, Left
from elbowroom.together.shapes import Doing

HEARD_FOR = 5.0  # a node whose whole list is younger is known well: two rounds and some slack
FORGOTTEN_AFTER = 600.0  # its counters; whatever of it still travels is long dropped
TOLD_TRACES = 1000  # of those who left, the newest; more would outweigh those who are there


class Here(msgspec.Struct, array_like=True):
    """A connection on a place. `…_for` in seconds until the list was made."""

    key: str
    person: int
    name: str
    doing: Doing
    audience: str
    since: float
    typed_for: float
    input_for: float
    hidden: bool = False


class Gone(msgspec.Struct, array_like=True):
    person: int
    name: str
    audience: str
    since: float
    gone_for: float


class At(msgspec.Struct):
    """All that a node says of one place."""

    within: str | None = None
    here: list[Here] = []
    left: list[Gone] = []


class Said(msgspec.Struct):
    """`whole`: the teller has nobody on any other place, and no other page of anyone who hides.

    `ends`: it stops, and its pages look for another node.
    """

    node: str
    n: int
    whole: bool
    places: dict[str, At]
    hidden: list[int] = []
    ends: bool = False


@dataclass
class Other:
    """What was heard of another node: the newest numbers, whole and per place, when, and of which places.

    `lasts` is for how many seconds of silence its people stay.
    """

    n: int = 0
    is_gone: bool = False
    whole: int = 0
    whole_at: float | None = None
    heard: float = 0.0
    lasts: float = GONE_AFTER
    places: dict[str, int] = field(default_factory=dict)
    on: set[str] = field(default_factory=set)


class Gossip:
    """`node` names this start of this process. Pure: messages go in and come out."""

    def __init__(self, board: Board, node: str) -> None:
        self.board, self.node = board, node
        self.n = 0
        self.others: dict[str, Other] = {}

    # told
    def whole(self, now: float, wall: float) -> Said:
        """Everyone of ours, and the newest of those who left by us."""
        traces = [
            (left, place) for place, here in self.board.gone.items() for (node, _), left in here.items() if not node
        ]
        places = {entry.place for entry in self.board.entries.values() if entry.place is not None and not entry.node}
        newest = nlargest(TOLD_TRACES, traces, key=lambda one: one[0].at)
        told = {place: At(self.board.around(place), self._here(place, now)) for place in places}
        for left, place in newest:
            told.setdefault(place, At(self.board.around(place))).left.append(_gone(left, wall))
        hidden = {entry.person for entry in self.board.entries.values() if entry.hidden and not entry.node}
        return self._said(told, whole=True, hidden=sorted(hidden))

    def farewell(self, now: float, wall: float) -> Said:
        """Everyone of ours once more: who came back nowhere else when the grace is over has gone."""
        said = self.whole(now, wall)
        said.ends = True
        return said

    def some(self, places: Iterable[str], now: float, wall: float) -> Said:
        """What changed: these places, each with all of ours."""
        return self._said({place: self._at(place, now, wall) for place in places}, whole=False)

    # heard
    def hear(self, said: Said, now: float, wall: float) -> list[Change]:
        """Takes what is newer than what is known of its teller; returns what that changed."""
        if said.node == self.node:
            return []
        other = self.others.setdefault(said.node, Other())
        if said.n > other.n:
            other.n, other.heard, other.is_gone = said.n, now, False
            other.lasts = GRACE_FOR if said.ends else GONE_AFTER
        changes: list[Change] = []
        silent = other.on - said.places.keys() if said.whole else set()
        for place, at in (*said.places.items(), *((place, At()) for place in silent)):
            if other.places.get(place, other.whole) < said.n:
                other.places[place] = said.n
                changes += self._take(said, place, at, now, wall)
                (other.on.add if at.here or at.left else other.on.discard)(place)
        if said.whole and said.n > other.whole:
            other.whole, other.whole_at = said.n, now
            for person in said.hidden:
                changes += self.board.untraced(person)
            other.places = {place: n for place, n in other.places.items() if n > said.n}
        return changes

    def is_new(self, node: str) -> bool:
        """Never heard, or silent for so long that it may have missed us as well."""
        other = self.others.get(node)
        return node != self.node and (other is None or other.is_gone)

    def hears(self, node: str, now: float) -> bool:
        """Whether all of the node's people are known as of a few seconds ago."""
        other = self.others.get(node)
        return other is not None and other.whole_at is not None and now - other.whole_at < HEARD_FOR

    def fall(self, now: float, wall: float) -> list[Change]:
        """A node that fell silent has nobody here any more; what it said before is not heard again."""
        changes: list[Change] = []
        for node, other in list(self.others.items()):
            if now - other.heard >= other.lasts and not other.is_gone:
                nobody = Said(node, other.n + 1, True, {})
                for place in other.on:
                    changes += self._take(nobody, place, At(), now, wall)
                self.others[node] = Other(other.n, True, other.n, None, other.heard)
            if now - other.heard >= FORGOTTEN_AFTER:
                del self.others[node]
        return changes

    # inside
    def _said(self, places: dict[str, At], *, whole: bool, hidden: Iterable[int] = ()) -> Said:
        self.n += 1
        return Said(self.node, self.n, whole, places, list(hidden))

    def _at(self, place: str, now: float, wall: float) -> At:
        left = [_gone(left, wall) for (node, _), left in self.board.gone.get(place, {}).items() if not node]
        return At(self.board.around(place), self._here(place, now), left)

    def _here(self, place: str, now: float) -> list[Here]:
        return [_here(entry, now) for entry in self.board.standing(place) if not entry.node]

    def _take(self, said: Said, place: str, at: At, now: float, wall: float) -> list[Change]:
        board, told = self.board, {f"{said.node} {one.key}" for one in at.here}
        changes: list[Change] = []
        for entry in board.standing(place):
            if entry.node == said.node and entry.key not in told and entry.said < said.n:
                changes += board.drop(entry, wall)
        for one in at.here:
            changes += self._put(said, place, one, now, wall)
        changes += self._traces(said.node, place, at.left, wall)
        return changes + board.lies(place, at.within)

    def _put(self, said: Said, place: str, one: Here, now: float, wall: float) -> list[Change]:
        board, key = self.board, f"{said.node} {one.key}"
        changes: list[Change] = []
        if (ghost := board.ours(one.key)) is not None and ghost.closed is not None:
            changes += board.drop(ghost, wall)  # her page came back by the other node, so she has not left
        known = board.entries.get(key)
        if known is not None and known.said >= said.n:
            return changes
        before = None if known is None else _looks(known, now)
        if known is not None and known.place != place:
            changes += board.drop(known, wall)
        entry = board.entries[key] = known or Entry(key, one.person, one.name, said.node)
        entry.said, entry.doing, entry.audience, entry.since = said.n, one.doing, one.audience, one.since
        entry.typed, entry.input, entry.hidden = now - one.typed_for, now - one.input_for, one.hidden
        board.stand(entry, place)
        board.shown[key] = entry.shown(now)
        if before == _looks(entry, now):
            return changes
        return [*changes, Change(place, around=board.around(place))]

    def _traces(self, node: str, place: str, told: list[Gone], wall: float) -> list[Change]:
        gone = self.board.gone[place]
        before = {one: left for one, left in gone.items() if one[0] == node}
        for one in before:
            del gone[one]
        for left in told:
            gone[node, left.person] = Left(left.person, left.name, left.audience, left.since, wall - left.gone_for)
        after = {(node, left.person): (left.since, left.audience) for left in told}
        if after == {one: (left.since, left.audience) for one, left in before.items()}:
            return []
        return [Change(place, around=self.board.around(place))]


def _looks(entry: Entry, now: float) -> tuple[object, ...]:
    return entry.place, entry.shown(now), entry.since, entry.audience, entry.hidden


def _here(entry: Entry, now: float) -> Here:
    doing: Doing = "idle" if entry.is_stuck(now) else entry.doing
    return Here(
        entry.key, entry.person, entry.name, doing, entry.audience, entry.since,
        now - entry.typed, now - entry.input, entry.hidden,
    )  # fmt: skip


def _gone(left: Left, wall: float) -> Gone:
    return Gone(left.person, left.name, left.audience, left.since, wall - left.at)
