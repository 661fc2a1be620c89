"""The board kept alive: it hears connections, mirrors the locks, and frees what a vanished person held."""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from elbowroom.kit.clock import Clock
from elbowroom.kit.db import Database, Read
from elbowroom.together import locks
from elbowroom.together.locks import Held
from elbowroom.together.presence import Board, Change
from elbowroom.together.shapes import Crowd, Doing

log = structlog.get_logger("together")
UNKNOWN_FOR = 15.0  # a younger board knows too little to free anything
TICK_FOR = 0.5
Changed = Callable[[str, str | None, bool], None]
LiesIn = Callable[[Read, str], str | None]  # the place around a place; floors above know


class Crowds:
    """What the live connection asks of togetherness.

    `changed(place, around, urgent)` is told of every crowd that changed, and of what the place lies within.
    """

    def __init__(self, db: Database, clock: Clock, lies_in: LiesIn) -> None:
        self.db, self.clock, self._lies_in = db, clock, lies_in
        self.locked_in: dict[str, str | None] = {}
        self.board = Board(started=clock.monotonic())
        self.mirror: dict[str, Held] = {}
        self.changed: list[Changed] = []
        self.moves = 0
        self._fences: dict[str, int] = {}  # newest that was read; answers of the store may overtake each other
        self._lifted: dict[str, tuple[str, Doing]] = {}  # by connection: where it stood when the place moved away
        self._running: set[asyncio.Task[None]] = set()

    # heard from connections
    def hello(self, key: str, person: int, name: str) -> None:
        self._say(self.board.join(key, person, name, self.clock.monotonic()))

    def here(self, key: str, place: str | None, doing: Doing, within: str | None, *, input: bool = True) -> None:
        self._lifted.pop(key, None)  # what she says now is newer
        now, wall = self.clock.monotonic(), self.clock.now()
        self._say(self.board.here(key, place, doing, now, wall, within=within, input=input))

    def heard(self, key: str) -> None:
        self.board.heard(key, self.clock.monotonic())

    def at_keyboard(self, key: str) -> None:
        self._say(self.board.at_keyboard(key, self.clock.monotonic(), self.clock.now()))

    def closed(self, key: str) -> None:
        self.board.close(key, self.clock.monotonic())

    def left(self, key: str) -> None:
        """At once, without the grace: she logged out or may not be here any more."""
        self._say(self.board.leave(key, self.clock.monotonic(), self.clock.now()))

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
        self._announce(place, self.around(place))

    def came_back(self, key: str, place: str, within: str | None) -> None:
        """She may be on the place that moved away under her; where she went elsewhere meanwhile she stays there."""
        stood, doing = self._lifted.pop(key, (None, None))
        entry = self.board.entries.get(key)
        if stood == place and entry is not None and entry.place is None:
            self.here(key, place, doing or "viewing", within, input=False)

    def moved(self, place: str, within: str | None) -> None:
        self.moves += 1
        if place in self.locked_in:
            self.locked_in[place] = within
        self._say(self.board.move(place, within))

    # asked
    def knows(self, key: str) -> bool:
        """False once the connection was silent for too long."""
        return key in self.board.entries

    def is_at(self, key: str, place: str) -> bool:
        entry = self.board.entries.get(key)
        return entry is not None and entry.place == place

    @property
    def is_settling(self) -> bool:
        return self.board.is_settling(self.clock.monotonic())

    def around(self, place: str) -> str | None:
        return self.board.around(place) or self.locked_in.get(place)

    def crowd(self, place: str) -> Crowd:
        held = self.mirror.get(place)
        return self.board.crowd(place, self.clock.monotonic(), held.body() if held else None)

    def crowd_at(self, watched: str, place: str) -> Crowd | None:
        """The place's crowd as seen from the watched one; None where it lies elsewhere by now."""
        return self.crowd(place) if place == watched or self.around(place) in (None, watched) else None

    def crowds(self, place: str) -> list[Crowd]:
        """The place's own crowd and those of all places that lie within it, locked ones included."""
        inner = set(self.board.places_within(place)) | set(self._locked_within(place))
        return [self.crowd(place), *(self.crowd(one) for one in sorted(inner))]

    # kept alive
    async def start(self) -> None:
        def question(read: Read) -> list[tuple[Held, str | None]]:
            return [(held, self._lies_in(read, held.place)) for held in locks.held_by_anyone(read)]

        for held, around in await self.db.read(question):
            self.mirror[held.place], self.locked_in[held.place] = held, around

    async def run(self) -> None:
        """Lets entries lapse; frees what nobody alive holds."""
        while True:
            await asyncio.sleep(TICK_FOR)
            self._say(self.board.tick(self.clock.monotonic(), self.clock.now()))
            try:
                await self._sweep()
            except Exception as failed:  # noqa: BLE001  who is where lapses on, whether the store answers or not
                log.warning("locks were not looked after", error=str(failed))

    def lock_changed(self, what: tuple[str, int]) -> None:
        """From the bus: the lock of a place moved. The truth is read; the word only wakes."""
        place, _fence = what
        self._spawn(self._read_lock(place))

    async def _read_lock(self, place: str) -> None:
        def question(read: Read) -> tuple[int, Held | None, str | None]:
            return locks.fence_of(read, place), locks.holder(read, place), self._lies_in(read, place)

        while True:  # a ticket that moved meanwhile lies elsewhere than was read
            moves = self.moves
            fence, held, around = await self.db.read(question)
            if moves == self.moves:
                break
        if fence < self._fences.get(place, 0):
            return
        self._fences[place], self.locked_in[place] = fence, around
        if held is None:
            self.mirror.pop(place, None)
        else:
            self.mirror[place] = held
        self._announce(place, self.around(place), urgent=True)
        if held is None:
            self.locked_in.pop(place, None)

    async def _sweep(self) -> None:
        now, wall = self.clock.monotonic(), self.clock.now()
        if now - self.board.started < UNKNOWN_FOR:
            return
        for held in list(self.mirror.values()):
            ended = held.until is not None and held.until <= wall
            silent = held.until is None and not self.board.is_on(held.person, held.place)
            # Taken just now: the word that she is there may still be on its way.
            if ended or ((silent or self._is_idle(held, now)) and wall - held.since > UNKNOWN_FOR):
                await self._free(held)

    def _is_idle(self, held: Held, now: float) -> bool:
        return held.idle_for is not None and now - self.board.last_input(held.person, held.place) > held.idle_for

    async def _free(self, held: Held) -> None:
        freed = await self.db.write(lambda tx: locks.free_if_silent(tx, held.place, held.person, held.fence))
        if not freed:  # the mirror was wrong: a word of the bus was lost
            await self._read_lock(held.place)

    def _say(self, changes: Iterable[Change]) -> None:
        for change in changes:
            held = self.mirror.get(change.place)
            if held is not None and change.left == held.person and held.until is None:
                self._spawn(self._free(held))
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
