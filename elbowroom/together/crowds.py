"""The board kept alive: it hears connections, mirrors the locks, and frees what a vanished person held.

When a vanished person's lock is freed, where several nodes may share the store:

1. By the node that saw her last connection, over all nodes, go from the place: at once, if it knows all others. It
   does where its board is older than 15 s and every node that lives by the truth (beats.py) has told its whole list
   a few seconds ago. A wire that is down, or another node's, makes that false.
2. Otherwise by any node's sweep, which sees her nowhere: at once where all others are known; where not, once she was
   missed for three beats of our own, and no living node claims in the store that it has her there.
3. A node that fell silent says nothing about its people: they go from the board, and their locks wait for 2.

Always only under the fence that was seen, so two nodes that free the same lock free it once. Should all of this be
wrong, a courtesy is lost and never a text: a guarded write carries the fence.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import structlog

from elbowroom.kit.clock import Clock
from elbowroom.kit.db import Database, Read, Tx
from elbowroom.kit.places import Standing
from elbowroom.together import beats, locks
from elbowroom.together.beats import BEAT_FOR, DEAD_AFTER
from elbowroom.together.gossip import HEARD_FOR
from elbowroom.together.locks import Held
from elbowroom.together.neighbours import Neighbours, Tell
from elbowroom.together.presence import Board, Change
from elbowroom.together.shapes import Crowd, Doing

log = structlog.get_logger("together")
UNKNOWN_FOR = 15.0  # a younger board knows too little to free anything
TICK_FOR = 0.5
REPEAT_FOR = 2.0
Changed = Callable[[str, str | None, bool], None]
Stands = Callable[[Read, str], Standing | None]  # who hears of a place, and what lies around it; floors above know


class Crowds:
    """What the live connection asks of togetherness.

    `changed(place, around, urgent)` is told of every crowd that changed, and of what the place lies within.
    """

    def __init__(self, db: Database, clock: Clock, stands: Stands) -> None:
        self.db, self.clock, self._stands = db, clock, stands
        self.locked_in: dict[str, Standing] = {}
        self.neighbours: Neighbours | None = None
        self.board = Board(started=clock.monotonic())
        self.mirror: dict[str, Held] = {}
        self.changed: list[Changed] = []
        self.moves = 0
        self._fences: dict[str, int] = {}  # newest that was read; answers of the store may overtake each other
        self._lifted: dict[str, tuple[str, Doing]] = {}  # by connection: where it stood when the place moved away
        self._missed: dict[tuple[str, int], int] = {}  # place and fence → our beat when its holder was seen nowhere
        self._went: dict[str, tuple[int, float]] = {}  # by place: who of ours went from it last, and when
        self._running: set[asyncio.Task[None]] = set()

    def share(self, node: str, tell: Tell) -> None:
        """Other nodes may be there from now on; `tell(topic, what)` reaches them, or is lost."""
        self.neighbours = Neighbours(self.board, self.clock, node, tell)

    # heard from connections
    def hello(self, key: str, person: int, name: str, *, hidden: bool = False) -> None:
        self._say(self.board.join(key, person, name, self.clock.monotonic(), hidden=hidden))

    def here(self, key: str, place: str | None, doing: Doing, standing: Standing | None, *, input: bool = True) -> None:
        self._lifted.pop(key, None)  # what she says now is newer
        now, wall = self.clock.monotonic(), self.clock.now()
        found = standing or Standing("")
        self._say(
            self.board.here(
                key, place, doing, now, wall, within=found.within, audience=found.audience, input=input
            )
        )  # fmt: skip

    def heard(self, key: str) -> None:
        self.board.heard(key, self.clock.monotonic())

    def lives(self, key: str) -> None:
        self.board.lives(key, self.clock.monotonic())

    def at_keyboard(self, key: str) -> None:
        self._say(self.board.at_keyboard(key, self.clock.monotonic(), self.clock.now()))

    def closed(self, key: str) -> None:
        self.board.close(key, self.clock.monotonic())

    def left(self, key: str) -> None:
        """At once, without the grace: she logged out or may not be here any more."""
        self._say(self.board.leave(key, self.clock.monotonic(), self.clock.now()))

    def hides(self, person: int, hidden: bool) -> None:
        """She is seen no more by any connection of this process, or again."""
        self._say(self.board.hide(person, hidden))

    def stepped_off(self, key: str, place: str) -> None:
        """She may not be where she is any more; no trace of her stays there."""
        self._lifted.pop(key, None)
        if self.is_at(key, place):
            self._say(self.board.step_off(key, self.clock.now()))

    def moved_away(self, place: str) -> None:
        """Another audience looks at the place from now on; who may stay comes back by `came_back`."""
        for key, doing in self.board.clear(place, self.clock.now()).items():
            self._lifted[key] = place, doing
        self.mirror.pop(place, None)
        self._say([Change(place)])

    def came_back(self, key: str, place: str, standing: Standing) -> None:
        """She may be on the place that moved away under her; where she went elsewhere meanwhile she stays there."""
        stood, doing = self._lifted.pop(key, (None, None))
        entry = self.board.ours(key)
        if stood == place and entry is not None and entry.place is None:
            self.here(key, place, doing or "viewing", standing, input=False)

    def moved(self, place: str, within: str | None) -> None:
        self.moves += 1
        if place in self.locked_in:
            self.locked_in[place] = replace(self.locked_in[place], within=within)
        self._say(self.board.move(place, within))

    # asked
    def knows(self, key: str) -> bool:
        """False once the connection was silent for too long."""
        return self.board.ours(key) is not None

    def owes(self, key: str, span: float) -> bool:
        """Whether its page has not answered for so many seconds."""
        return self.board.owes(key, span, self.clock.monotonic())

    def is_at(self, key: str, place: str) -> bool:
        entry = self.board.ours(key)
        return entry is not None and entry.place == place

    def looks_at(self, person: int, place: str) -> bool:
        return self.board.looks_at(person, place, self.clock.monotonic())

    @property
    def is_settling(self) -> bool:
        return self.board.is_settling(self.clock.monotonic())

    def around(self, place: str) -> str | None:
        locked = self.locked_in.get(place)
        return self.board.around(place) or (locked.within if locked else None)

    def crowd(self, place: str, audience: str) -> Crowd:
        """As this audience may see it: nobody who was let in under another, nor another's lock."""
        held, locked = self.mirror.get(place), self.locked_in.get(place)
        lock = held.body() if held and locked and locked.audience == audience else None
        return self.board.crowd(place, self.clock.monotonic(), lock, audience=audience)

    def crowd_at(self, watched: str, place: str, audience: str) -> Crowd | None:
        """The place's crowd as seen from the watched one; None where it lies elsewhere by now."""
        lies_here = place == watched or self.around(place) in (None, watched)
        return self.crowd(place, audience) if lies_here else None

    def crowds(self, place: str, audience: str) -> list[Crowd]:
        """The place's own crowd and those of all places that lie within it, locked ones included."""
        inner = set(self.board.places_within(place)) | set(self._locked_within(place))
        return [self.crowd(place, audience), *(self.crowd(one, audience) for one in sorted(inner))]

    # kept alive
    async def start(self) -> None:
        def question(read: Read) -> list[tuple[Held, Standing | None]]:
            return [(held, self._stands(read, held.place)) for held in locks.held_by_anyone(read)]

        for held, standing in await self.db.read(question):
            self.mirror[held.place] = held
            if standing is not None:
                self.locked_in[held.place] = standing
        if self.neighbours is not None:
            await self._beat(self.neighbours)

    async def run(self) -> None:
        """Lets entries lapse; frees what nobody alive holds."""
        while True:
            await asyncio.sleep(TICK_FOR)
            self._say(self.board.tick(self.clock.monotonic(), self.clock.now()))
            if self.neighbours is not None:
                self._show(self.neighbours.fall())
            try:
                await self._sweep()
            except Exception as failed:  # noqa: BLE001  who is where lapses on, whether the store answers or not
                log.warning("locks were not looked after", error=str(failed))

    async def tell(self) -> None:
        """Tells the other nodes who is here, again and again."""
        while self.neighbours is not None:
            self.neighbours.repeat()
            await asyncio.sleep(REPEAT_FOR)

    async def look(self) -> None:
        """Looks at the truth: a bus that is down, or lost a word, must not hide another node's lock for long."""
        while self.neighbours is not None:
            await asyncio.sleep(TICK_FOR)
            try:
                await self._look(self.neighbours)
            except Exception as failed:  # noqa: BLE001  the next look may be answered
                log.warning("locks were not looked at", error=str(failed))

    async def beat(self) -> None:
        """Says in the store that this node lives."""
        while self.neighbours is not None:
            await asyncio.sleep(BEAT_FOR)
            try:
                await self._beat(self.neighbours)
            except Exception as failed:  # noqa: BLE001  the next beat may come through
                log.warning("a beat was not stored", error=str(failed))

    async def stop(self) -> None:
        """The other nodes need not wait for this one."""
        if (neighbours := self.neighbours) is not None:
            neighbours.farewell()
            await self.db.write(lambda tx: beats.forget(tx, neighbours.beats.node))

    def start_over(self) -> None:
        """Another history: its fences may be lower, and its locks are read anew."""
        self._fences.clear()
        for place in list(self.mirror):
            self._spawn(self._read_lock(place))

    def told(self, what: Any) -> None:
        """From the bus: another node says who is there."""
        if self.neighbours is not None:
            self._show(self.neighbours.hear(what))

    def lock_changed(self, what: Sequence[Any]) -> None:
        """From the bus: the lock of a place moved. The truth is read; the word only wakes."""
        place, _fence = what  # a list where it came over the wire
        self._spawn(self._read_lock(place))

    async def _read_lock(self, place: str) -> None:
        def question(read: Read) -> tuple[int, Held | None, Standing | None]:
            return locks.fence_of(read, place), locks.holder(read, place), self._stands(read, place)

        while True:  # a ticket that moved meanwhile lies elsewhere than was read
            moves = self.moves
            fence, held, standing = await self.db.read(question)
            if moves == self.moves:
                break
        if fence < self._fences.get(place, 0):
            return
        self._fences[place] = fence
        if standing is not None:
            self.locked_in[place] = standing
        if held is None:
            self.mirror.pop(place, None)
        else:
            self.mirror[place] = held
            if self._took_and_went(held) and self._knows_all():
                self._spawn(self._free(held))
        self._announce(place, self.around(place), urgent=True)
        if held is None:
            self.locked_in.pop(place, None)

    async def _look(self, neighbours: Neighbours) -> None:
        def question(read: Read) -> tuple[dict[str, locks.Seen], list[Any]]:
            return locks.seen_held(read), beats.beats_of_all(read)

        seen, rows = await self.db.read(question)
        neighbours.beats.saw(rows)
        mirrored = {place: (held.fence, held.until, held.asked_until) for place, held in self.mirror.items()}
        for place in {place for place, _ in seen.items() ^ mirrored.items()}:
            await self._read_lock(place)

    async def _beat(self, neighbours: Neighbours) -> None:
        now = self.clock.monotonic()
        claims = [
            place for place, held in self.mirror.items()
            if self.board.is_here(held.person, place) and not self._is_idle(held, now)
        ]  # fmt: skip

        def verb(tx: Tx) -> None:
            neighbours.beats.store(tx, claims)

        await self.db.write(verb)
        neighbours.beats.stored()

    async def _sweep(self) -> None:
        now, wall = self.clock.monotonic(), self.clock.now()
        self._went = {place: one for place, one in self._went.items() if wall - one[1] < UNKNOWN_FOR}
        if now - self.board.started < UNKNOWN_FOR:
            return
        for held in list(self.mirror.values()):
            ended = held.until is not None and held.until <= wall
            silent = held.until is None and not self.board.is_on(held.person, held.place)
            # Taken just now: the word that she is there may still be on its way.
            lapsed = (silent or self._is_idle(held, now)) and wall - held.since > UNKNOWN_FOR
            if not lapsed:
                self._missed.pop((held.place, held.fence), None)
            if ended or (lapsed and (self._knows_all() or self._is_missed(held))):
                await self._free(held)
        held_now = {(held.place, held.fence) for held in self.mirror.values()}
        self._missed = {one: beat for one, beat in self._missed.items() if one in held_now}

    def _knows_all(self) -> bool:
        """Whether nobody can be on a place without our board's knowing."""
        if self.neighbours is None:
            return True
        is_young = self.clock.monotonic() - self.board.started < UNKNOWN_FOR
        return not is_young and self.neighbours.are_all_heard()

    def _is_missed(self, held: Held) -> bool:
        """Rule 2, where not all other nodes are heard."""
        if self.neighbours is None:
            return False
        own = self.neighbours.beats.own
        missed_at = self._missed.setdefault((held.place, held.fence), own)
        return own - missed_at >= DEAD_AFTER and not self.neighbours.beats.is_claimed(held.place)

    def _took_and_went(self, held: Held) -> bool:
        """By the time that the mirror shows her lock she has gone from the place."""
        person, at = self._went.get(held.place, (None, 0.0))
        is_hers = person == held.person and held.until is None and held.since <= at
        return is_hers and not self.board.is_on(held.person, held.place)

    def _is_idle(self, held: Held, now: float) -> bool:
        if held.idle_for is None or held.until is not None:  # a lease ends by its time alone: a program has no keyboard
            return False
        # What she touched by another node we know as of its last list.
        is_elsewhere = any(one.node for one in self.board.standing(held.place) if one.person == held.person)
        idle_for = held.idle_for + (HEARD_FOR if is_elsewhere else 0)
        return now - self.board.last_input(held.person, held.place) > idle_for

    async def _free(self, held: Held) -> None:
        there = {entry.person for entry in self.board.standing(held.place)}
        freed = await self.db.write(lambda tx: locks.free_if_silent(tx, held, there))
        if not freed:  # the mirror was wrong: a word of the bus was lost
            await self._read_lock(held.place)

    def _say(self, changes: Iterable[Change]) -> None:
        """What our own connections did: shown here, told to the other nodes, and with whom a lock goes."""
        for change in changes:
            held = self.mirror.get(change.place)
            if held is not None and change.left == held.person and held.until is None and self._knows_all():
                self._spawn(self._free(held))
            if change.left is not None:
                self._went[change.place] = change.left, self.clock.now()
            if self.neighbours is not None:
                self.neighbours.changed(change.place)
            self._show([change])

    def _show(self, changes: Iterable[Change]) -> None:
        for change in changes:
            self._announce(change.place, change.around or self.around(change.place))

    def _announce(self, place: str, around: str | None, urgent: bool = False) -> None:
        for listener in self.changed:
            listener(place, around, urgent)

    def _locked_within(self, place: str) -> Iterable[str]:
        return [one for one in self.mirror if self.around(one) == place]

    def _spawn(self, what: "asyncio._CoroutineLike[None]") -> None:
        task = asyncio.get_running_loop().create_task(what)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
