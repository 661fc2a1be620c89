"""Streams: what is heard on a place by one audience, encoded once for all who listen.

A stream flushes at once when it was quiet, else at most every 50 ms; what is urgent takes the waiting frame along.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from elbowroom.live.connection import Connection
from elbowroom.live.frames import frame

TICK_FOR = 0.05
CHUNK = 1000
Heard = Callable[[Connection], bool]


class Stream:
    """`listeners` maps a connection to the frames that wait for its snapshot, None once it is live."""

    def __init__(self, place: str, audience: str) -> None:
        self.place, self.audience = place, audience
        self.n = 0
        self.listeners: dict[Connection, list[bytes] | None] = {}
        self.facts: list[dict[str, Any]] = []
        self.rows: dict[int, dict[str, Any]] = {}
        self.lost: dict[int, dict[str, Any]] = {}
        self.counts: dict[str, Any] | None = None
        self.crowds: dict[str, None] = {}
        self.flushed = 0.0

    def join(self, connection: Connection) -> int:
        """Begins to buffer; returns the number of the last frame that is *not* buffered."""
        self.listeners[connection] = []
        return self.n

    def go_live(self, connection: Connection) -> None:
        """Gives out what was buffered while the snapshot was read."""
        for whole in self.listeners.get(connection) or ():
            connection.write(whole)
        if connection in self.listeners:
            self.listeners[connection] = None

    def leave(self, connection: Connection) -> None:
        self.listeners.pop(connection, None)

    def messages(self, crowd: Callable[[str], Any]) -> list[dict[str, Any]]:
        """What waits, as numbered messages; crowds are read now, so that each is whole and current."""
        made: list[dict[str, Any]] = []
        if self.facts:
            made.append({"type": "facts", "facts": self.facts})
        if self.rows or self.lost or self.counts:
            gone = list(self.lost.values())
            made.append({"type": "rows", "rows": list(self.rows.values()), "gone": gone, "counts": self.counts})
        if self.crowds:
            made.append({"type": "crowd", "crowds": [crowd(place) for place in self.crowds]})
        self.facts, self.rows, self.lost, self.counts, self.crowds = [], {}, {}, None, {}
        for message in made:
            self.n += 1
            message["place"], message["n"] = self.place, self.n
        return made


class Streams:
    """All streams of this process, and when each is due."""

    def __init__(self, crowd: Callable[[str], Any], may_hear: Heard) -> None:
        self._crowd, self._may_hear = crowd, may_hear
        self._streams: dict[tuple[str, str], Stream] = {}
        self._by_place: dict[str, set[Stream]] = defaultdict(set)
        self._due: dict[Stream, None] = {}
        self._timer: asyncio.TimerHandle | asyncio.Handle | None = None
        self.paused = False
        self.sweeping = 0  # sweeps that have chunks left
        self.delivered = 0

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

    def drop_empty(self) -> None:
        for key, stream in list(self._streams.items()):
            if not stream.listeners:
                del self._streams[key]
                self._by_place[stream.place].discard(stream)
                self._due.pop(stream, None)

    def crowd_changed(self, place: str, around: str | None, urgent: bool) -> None:
        for stream in (*self.on(place), *(self.on(around) if around else ())):
            stream.crowds[place] = None
            self.due(stream, urgent)

    def due(self, stream: Stream, urgent: bool = False) -> None:
        """Something waits in the stream."""
        if not stream.listeners:
            stream.messages(self._crowd)
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
        stream.flushed = now
        frames = [frame(message) for message in stream.messages(self._crowd)]
        if frames:
            whole = frames[0] if len(frames) == 1 else b"".join(frames)
            self._sweep(list(stream.listeners), stream, frames, whole, 0)

    def _sweep(
        self, listeners: list[Connection], stream: Stream, frames: list[bytes], whole: bytes, start: int
    ) -> None:
        # Chunks of a thousand: ten thousand in one go would hold the loop for 70 ms. Order per socket stays, since
        # the rest of a sweep is queued before the next flush can be.
        for connection in listeners[start : start + CHUNK]:
            waiting = stream.listeners.get(connection, whole)
            if waiting is whole or not self._may_hear(connection):
                continue
            if waiting is None:
                connection.write(whole)
                self.delivered += len(frames)
            else:
                waiting.extend(frames)  # type: ignore[union-attr]
        self.sweeping -= start > 0
        if start + CHUNK < len(listeners):
            self.sweeping += 1
            asyncio.get_running_loop().call_soon(self._sweep, listeners, stream, frames, whole, start + CHUNK)
