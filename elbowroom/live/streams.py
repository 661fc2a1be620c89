"""Streams: what is heard on a place by one audience, encoded once for all who listen.

A stream flushes at once when it was quiet, else at most every 50 ms; what is urgent takes the waiting frame along.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from elbowroom.live.connection import Connection, Wire, write_to_all
from elbowroom.live.frames import frame

TICK_FOR = 0.05
CHUNK = 1000
Heard = Callable[[Connection], bool]
CrowdAt = Callable[[str, str, str], Any]  # watched place, place, audience → crowd; None where it lies elsewhere by now


@dataclass(eq=False)
class Listening:
    """From joining to leaving. `waiting` are the frames kept back for its snapshot, None once it is live."""

    connection: Connection
    waiting: list[bytes] | None = field(default_factory=list)
    is_over: bool = False


@dataclass(frozen=True)
class Round:
    """All who listen, as they were when asked. The first are live, may hear, and have these `wires` in this order."""

    listeners: list[Listening]
    wires: list[Wire]

    @classmethod
    def of(cls, listeners: Iterable[Listening], may_hear: Heard) -> "Round":
        ready, rest, wires = [], [], []
        for one in listeners:
            wire = one.connection.wire
            if one.waiting is None and wire is not None and one.connection.is_open and may_hear(one.connection):
                ready.append(one)
                wires.append(wire)
            else:
                rest.append(one)
        return cls(ready + rest, wires)


@dataclass(frozen=True)
class Sweep:
    """One flush on its way to all who listened then. `whole` is what `frames` are together."""

    round: Round
    frames: list[bytes]
    whole: bytes


class Stream:
    """A place's frames for one audience: what waits, who listens, which flushes are on their way."""

    def __init__(self, place: str, audience: str) -> None:
        self.place, self.audience = place, audience
        self.n = 0
        self.listeners: dict[Connection, Listening] = {}
        self.round: Round | None = None  # None once somebody came or left
        self.asked = 0  # how many doubts there had been when the round was asked
        self.sweeps: deque[Sweep] = deque()
        self.facts: list[dict[str, Any]] = []
        self.rows: dict[int, dict[str, Any]] = {}
        self.lost: dict[int, dict[str, Any]] = {}
        self.counts: dict[str, Any] | None = None
        self.crowds: dict[str, None] = {}
        self.words: dict[tuple[str, int], dict[str, Any]] = {}
        self.flushed = 0.0

    def join(self, connection: Connection) -> int:
        """Begins to buffer; returns the number of the last frame that is *not* buffered."""
        self.leave(connection)
        self.listeners[connection] = Listening(connection)
        self.round = None
        return self.n

    def go_live(self, connection: Connection) -> None:
        """Gives out what was buffered while the snapshot was read."""
        if (listening := self.listeners.get(connection)) is not None:
            for whole in listening.waiting or ():
                connection.write(whole)
            listening.waiting = None
            self.round = None

    def leave(self, connection: Connection) -> None:
        if (listening := self.listeners.pop(connection, None)) is not None:
            listening.is_over = True
            self.round = None

    def messages(self, crowd_at: CrowdAt) -> list[dict[str, Any]]:
        """What waits, as numbered messages; crowds are read now, so that each is whole and current."""
        made: list[dict[str, Any]] = []
        if self.facts:
            made.append({"type": "facts", "facts": self.facts})
        if self.rows or self.lost or self.counts:
            gone = list(self.lost.values())
            made.append({"type": "rows", "rows": list(self.rows.values()), "gone": gone, "counts": self.counts})
        if crowds := [crowd for place in self.crowds if (crowd := crowd_at(self.place, place, self.audience))]:
            made.append({"type": "crowd", "crowds": crowds})
        if self.words:
            made.append({"type": "passing", "words": list(self.words.values())})
        self.facts, self.rows, self.lost, self.counts, self.crowds, self.words = [], {}, {}, None, {}, {}
        for message in made:
            self.n += 1
            message["place"], message["n"] = self.place, self.n
        return made


class Streams:
    """All streams of this process, and when each is due."""

    def __init__(self, crowd_at: CrowdAt, may_hear: Heard) -> None:
        self._crowd_at, self._may_hear = crowd_at, may_hear
        self._streams: dict[tuple[str, str], Stream] = {}
        self._by_place: dict[str, set[Stream]] = defaultdict(set)
        self._due: dict[Stream, None] = {}
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self.paused = False
        self.sweeping = 0  # sweeps that have chunks left
        self.delivered = 0
        self._doubts = 0

    def of(self, place: str, audience: str) -> Stream:
        """The stream, made where nobody listened yet."""
        if (stream := self._streams.get((place, audience))) is None:
            stream = self._streams[place, audience] = Stream(place, audience)
            self._by_place[place].add(stream)
        return stream

    def find(self, place: str, audience: str) -> Stream | None:
        return self._streams.get((place, audience))

    def on(self, place: str) -> set[Stream]:
        return self._by_place.get(place, set())

    def drop_waiting(self) -> None:
        """What waits is of a history that holds no more."""
        for stream in self._streams.values():
            stream.messages(self._crowd_at)
        self._due.clear()

    def drop_empty(self) -> None:
        for key, stream in list(self._streams.items()):
            if not stream.listeners:
                del self._streams[key]
                self._by_place[stream.place].discard(stream)
                self._due.pop(stream, None)

    def crowd_changed(self, place: str, around: str | None, urgent: bool = False) -> None:
        for stream in (*self.on(place), *(self.on(around) if around else ())):
            stream.crowds[place] = None
            self.due(stream, urgent)

    def pass_on(self, told: dict[str, Any]) -> None:
        """A word that is no fact, {place, audience, word}: the last one of a person on a place wins."""
        word, stream = told["word"], self.find(told["place"], told["audience"])
        if stream is not None:
            stream.words[word["what"], word["person"]] = word
            self.due(stream)

    def doubt(self) -> None:
        """Somebody's rights are others now: all who listen are asked again before anything more is given out."""
        self._doubts += 1

    def due(self, stream: Stream, urgent: bool = False) -> None:
        """Something waits in the stream."""
        if not stream.listeners:
            stream.messages(self._crowd_at)
            return
        loop = asyncio.get_running_loop()
        self._due[stream] = None
        quiet = loop.time() - stream.flushed >= TICK_FOR
        if urgent or quiet:
            stream.flushed = 0.0
            self._schedule(loop, 0.0)
        elif self._timer is None:
            self._schedule(loop, TICK_FOR)

    def _schedule(self, loop: asyncio.AbstractEventLoop, after: float) -> None:
        if self._timer is not None:
            if after > 0 or not isinstance(self._timer, asyncio.TimerHandle):
                return
            self._timer.cancel()
        self._timer = loop.call_later(after, self._flush_due) if after else loop.call_soon(self._flush_due)

    def _flush_due(self) -> None:
        self._timer = None
        if self.paused:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        ready = [stream for stream in self._due if now - stream.flushed >= TICK_FOR - 0.001]
        for stream in ready:
            del self._due[stream]
            self.flush(stream, now)
        if self._due:
            self._schedule(loop, TICK_FOR)

    def flush_all(self) -> None:
        """Everything that waits goes out now; before a heartbeat says "you have all up to here"."""
        if self.paused:
            return
        now = asyncio.get_running_loop().time()
        for stream in list(self._due):
            self.flush(stream, now)
        self._due.clear()

    def resume(self) -> None:
        self.paused = False
        if self._due:
            self._schedule(asyncio.get_running_loop(), 0.0)

    def flush(self, stream: Stream, now: float) -> None:
        if self.paused:
            return
        stream.flushed = now
        frames = [frame(message) for message in stream.messages(self._crowd_at)]
        if frames:
            whole = frames[0] if len(frames) == 1 else b"".join(frames)
            stream.sweeps.append(Sweep(self._round(stream), frames, whole))
            if len(stream.sweeps) == 1:
                self._sweep(stream, 0)

    def _round(self, stream: Stream) -> Round:
        # Kept from flush to flush: to look at a thousand connections costs half of what the kernel's writes do, since
        # none of it is in the processor's cache.
        if stream.round is None or stream.asked != self._doubts:
            stream.asked = self._doubts
            stream.round = Round.of(stream.listeners.values(), self._may_hear)
        return stream.round

    def _sweep(self, stream: Stream, start: int) -> None:
        # Chunks of a thousand: ten thousand in one go would hold the loop for 70 ms. A flush waits for the end of
        # the one before, or who moves up into an earlier chunk would hear the second first.
        sweep, rest = stream.sweeps[0], start + CHUNK
        if rest >= len(sweep.round.listeners):
            stream.sweeps.popleft()
            rest = 0
        if stream.sweeps:  # before anything is written, so that a wire that raises stops nobody else's
            self.sweeping += 1
            asyncio.get_running_loop().call_soon(self._sweep_on, stream, rest)
        as_asked = stream.round is sweep.round and stream.asked == self._doubts
        wires = sweep.round.wires[start : start + CHUNK] if as_asked else []
        listeners = sweep.round.listeners[start : start + CHUNK]
        if write_to_all(wires, sweep.whole):
            for listening in listeners[: len(wires)]:
                listening.connection.cut_if_behind()
        self.delivered += len(sweep.frames) * len(wires)
        for listening in listeners[len(wires) :]:
            self._give(listening, sweep)

    def _give(self, listening: Listening, sweep: Sweep) -> None:
        if listening.is_over or not self._may_hear(listening.connection):
            return
        if listening.waiting is None:
            listening.connection.write(sweep.whole)
            self.delivered += len(sweep.frames)
        else:
            listening.waiting.extend(sweep.frames)

    def _sweep_on(self, stream: Stream, start: int) -> None:
        self.sweeping -= 1
        self._sweep(stream, start)
