"""A second server process beside a test's desk: on its store, its files and its wire, at its time of day.

ELBOWROOM_TEST_SERVERS=2 gives each desk one, where the tests run on PostgreSQL. Hanna and Lena then sign in there, so
whatever they hear or see of the others, and the others of them, went from process to process.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

import uvicorn

from elbowroom import app as house
from elbowroom.kit.clock import SystemClock, TravelClock
from elbowroom.kit.config import Config
from elbowroom.kit.web import Engines
from elbowroom.together.crowds import UNKNOWN_FOR
from tests.cast import LOG, Desk, Postman, eventually, listening_on, overhearing, serving, time_passes
from tests.waiting import PATIENCE

ELSEWHERE = frozenset({"hanna", "lena"})
TWO_SERVERS = os.environ.get("ELBOWROOM_TEST_SERVERS") == "2"
_processes = get_context("forkserver")  # what takes long, the imports, is done once and before any thread
_processes.set_forkserver_preload(["tests.warm"])


class Neighbour:
    """The other process, as the test has it at hand."""

    def __init__(self, config: Config, clock: TravelClock | SystemClock) -> None:
        self.config, self.clock = config, clock
        self.port = 0

    def start(self) -> None:
        """Returns once it serves."""
        self._wire, theirs = _processes.Pipe()
        asked = (theirs, self.config, self.clock, self.port)
        self._process = _processes.Process(target=serve, args=asked, daemon=True)
        self._process.start()
        theirs.close()
        self.port = self._said()

    def does(self, what: str, *more: Any) -> Any:
        """One of `Doings`, done on its event loop."""
        self._wire.send((what, more))
        return self._said()

    def stop(self) -> None:
        """Sockets are cut, and what is under way ends in order."""
        self._process.terminate()
        self._ended()

    def kill(self) -> None:
        self._process.kill()
        self._ended()

    def _said(self) -> Any:
        assert self._wire.poll(PATIENCE * 2), "the other server says nothing"
        return self._wire.recv()

    def _ended(self) -> None:
        self._process.join(15)
        assert not self._process.is_alive(), "the other server did not stop"
        self._process.close()
        self._wire.close()


class DeskOfTwo(Desk):
    """The test's own process serves some of the cast, the neighbour serves the others."""

    def __init__(self, folder: Path, bus_url: str, **more: Any) -> None:
        super().__init__(folder, **more)
        self.config = replace(self.config, bus_url=bus_url)
        self.neighbour = Neighbour(self.config, self.clock)
        self._came_before: Counter[str] = Counter()

    def start(self) -> "DeskOfTwo":
        self._both_start()
        try:
            self._get_acquainted()
        except BaseException:
            self.stop()  # or its thread would go on after the test
            raise
        return self

    def _get_acquainted(self) -> None:
        self._own("grow_up")  # a young board frees nothing; a desk of one frees at once
        self.neighbour.does("grow_up")
        eventually(lambda: self._own("knows_all") and self.neighbour.does("knows_all"), "each knows the other")

    def stop(self) -> None:
        super().stop()
        self.neighbour.kill()

    def restart(self) -> None:
        super().stop()
        self.neighbour.stop()
        self._both_start()

    def _both_start(self) -> None:
        self.neighbour.start()
        super().start()

    def port_for(self, person: str) -> int:
        """The first time to her own server, with a second browser to the other."""
        self._came_before[person] += 1
        is_elsewhere = (person in ELSEWHERE) == bool(self._came_before[person] % 2)
        return self.neighbour.port if is_elsewhere else self.port

    def travel(self, seconds: float) -> None:
        super().travel(seconds)
        self.neighbour.does("travel", seconds)

    def is_deaf_to(self, topics: Iterable[str]) -> None:
        super().is_deaf_to(topics)
        self.neighbour.does("is_deaf_to", tuple(topics))

    def has_told(self, position: int) -> bool:
        return super().has_told(position) and bool(self.neighbour.does("passed") >= position)

    def nobody_stays(self) -> None:
        super().nobody_stays()
        self._came_before.clear()
        LOG.events += self.neighbour.does("logged")

    def _own(self, what: str) -> Any:
        return self.on_loop(getattr(Doings(self.app.app.state, self.clock), what))


def serve(wire: Connection, config: Config, clock: TravelClock | SystemClock, port: int) -> None:
    """The whole of the other process."""
    listening = listening_on(port)

    @asynccontextmanager
    async def at_hand(_own: Engines) -> AsyncIterator[None]:
        doings = Doings(app.app.state, clock)
        loop = asyncio.get_running_loop()
        loop.add_reader(wire.fileno(), _do, wire, doings)
        wire.send(listening.getsockname()[1])
        yield
        loop.remove_reader(wire.fileno())

    with overhearing():
        extra = house.Extra(handlers=Postman(config.data_dir).handlers, services=[at_hand])
        app = cast(house.Doors, house.desk(config, clock=clock, extra=extra))
        uvicorn.Server(serving(app)).run([listening])


class Doings:
    """What a test asks of a server, on its event loop."""

    def __init__(self, state: Any, clock: TravelClock | SystemClock) -> None:
        self.state, self.clock = state, clock

    async def travel(self, seconds: float) -> None:
        assert isinstance(self.clock, TravelClock)
        await time_passes(self.state, self.clock, seconds)

    def grow_up(self) -> None:
        self.state.live.crowds.board.started -= UNKNOWN_FOR

    def knows_all(self) -> bool:
        return bool(self.state.live.crowds._knows_all())

    def is_deaf_to(self, topics: Iterable[str]) -> None:
        for topic in topics:
            self.state.engines.bus._listeners[topic] = []

    def passed(self) -> int:
        """The position that the feed has told."""
        return int(self.state.live.feed.cursor.position)

    def logged(self) -> list[dict[str, Any]]:
        """Since it was asked last."""
        events, LOG.events = LOG.events, []
        return [{name: str(value) for name, value in one.items()} for one in events]


def _do(wire: Connection, doings: Doings) -> None:
    try:
        what, more = wire.recv()
    except EOFError:  # the test is over, and so is this process
        os._exit(0)
    done: Any = getattr(doings, what)(*more)
    if asyncio.iscoroutine(done):
        asyncio.ensure_future(done).add_done_callback(lambda over: wire.send(over.result()))
    else:
        wire.send(done)
