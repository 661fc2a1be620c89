"""What beats: pings and heartbeats, the rights that are felt within a second, the history's side file."""

import asyncio
import time
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from elbowroom.kit import journal
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read
from elbowroom.live.connection import Connection
from elbowroom.live.frames import frame
from elbowroom.live.hub import Live
from elbowroom.people.rights import rights_of_all
from elbowroom.people.sessions import living, living_tokens

log = structlog.get_logger("live")
PING_FOR, HEARTBEAT_FOR, POLL_FOR = 4.0, 5.0, 0.4
OWED_FOR = 6.0  # a page that missed a ping
SILENT_FOR = 1.0  # a store that does not answer for so long: nothing is delivered
CHUNK = 1000


class Pulse:
    def __init__(self, live: Live, side_file: Path) -> None:
        self.live, self.side_file = live, side_file
        self.polled = time.monotonic()
        self.tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        beats = (self._ping(), self._heartbeat(), self._poll(), self._mind_the_store())
        self.tasks = [asyncio.create_task(beat) for beat in beats]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def sessions_ended(self, ended: Iterable[int]) -> None:
        """From the bus: close these at once; the poll would find them within half a second."""
        gone = set(ended)
        for connection in self._open():
            if connection.session in gone:
                self._sign_out(connection)

    async def _ping(self) -> None:
        n = 0
        while True:
            await asyncio.sleep(PING_FOR)
            n += 1
            self._hang_up_on_the_silent()
            self._knock_where_no_page_answers()
            await self._to_all(frame({"type": "ping", "n": n}))

    async def _heartbeat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_FOR)
            if self.live.streams.paused:  # what waits was not delivered, so nobody has all up to here
                continue
            self.live.streams.flush_all()
            self.live.streams.drop_empty()
            cursor = self.live.feed.cursor
            now = moment(self.live.engines.clock.now())
            while self.live.streams.sweeping:  # noqa: ASYNC110  "all up to here" must not overtake a sweep
                await asyncio.sleep(0)
            await self._to_all(frame({"type": "heartbeat", **cursor.body(), "now": now}))
            await asyncio.to_thread(journal.note_position, self.side_file, cursor)

    def _hang_up_on_the_silent(self) -> None:
        """Who was silent for so long that she is gone for the others: should she wake, she comes back and is seen."""
        for connection in self._open():
            if connection.is_open and not self.live.crowds.knows(connection.key):
                connection.cut()

    def _knock_where_no_page_answers(self) -> None:
        """A page may be stuck in a loop or behind a dialog: as long as its browser answers, she is not gone."""
        crowds = self.live.crowds
        for connection in self._open():
            if connection.is_open and crowds.owes(connection.key, OWED_FOR):
                connection.knock(partial(crowds.lives, connection.key))

    async def _to_all(self, whole: bytes) -> None:
        connections = self._open()
        for start in range(0, len(connections), CHUNK):
            for connection in connections[start : start + CHUNK]:
                if self.live.may_hear(connection):
                    connection.write(whole)
            await asyncio.sleep(0)

    async def _poll(self) -> None:
        """The bus may lose a word: rights, sessions and the journal's head are looked at in the store itself."""
        while True:
            try:
                await self._look()
            except Exception as silent:  # noqa: BLE001  delivery stops by itself until the store answers again
                log.warning("the store does not answer", error=str(silent))
            await asyncio.sleep(POLL_FOR)

    async def _look(self) -> None:
        open_now = self._open()
        sessions = {one.session for one in open_now if one.session is not None}
        tokens = {one.token for one in open_now if one.token is not None}
        cursor = self.live.feed.cursor

        def question(read: Read) -> tuple[dict[int, int], bool, set[int], set[int]]:
            is_news = journal.head(read) != cursor  # further on, or another history
            return rights_of_all(read), is_news, living(read, sessions), living_tokens(read, tokens)

        rights, is_news, alive, alive_tokens = await self.live.engines.db.read(question)
        self.live.rights_are(rights)
        self.polled = time.monotonic()
        if self.live.streams.paused:
            self.live.streams.resume()
        if is_news:
            self.live.feed.wake()
        for connection in open_now:
            ended = connection.session is not None and connection.session not in alive
            if ended or (connection.token is not None and connection.token not in alive_tokens):
                self._sign_out(connection)
            else:
                self.live.may_hear(connection)

    async def _mind_the_store(self) -> None:
        while True:
            await asyncio.sleep(0.2)
            if time.monotonic() - self.polled > SILENT_FOR:
                self.live.streams.paused = True

    def _sign_out(self, connection: Connection) -> None:
        self.live.crowds.left(connection.key)
        connection.bye("signed-out", 4401)

    def _open(self) -> list[Connection]:
        return list(self.live.connections.values())


def rights_changed(live: Live, pulse: Pulse) -> Any:
    """A listener for the bus: look at once instead of with the next poll."""

    def listener(_person: int) -> None:
        asyncio.get_running_loop().create_task(pulse._look())

    return listener
