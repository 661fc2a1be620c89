"""A person's tab in the walk: a page behind a wire that may fail at any moment, and comes back by itself."""

import asyncio
import contextlib
import json
import random
import time
import uuid
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.converge.page import Page
from tests.converge.proxy import Proxy

if TYPE_CHECKING:
    from tests.converge.world import World

Json = dict[str, Any]


class Client:
    def __init__(self, world: "World", person: str, dice: random.Random, checks_gaps: bool = True) -> None:
        self.world, self.person, self.dice = world, person, dice
        self.page = Page(checks_gaps=checks_gaps)
        self.tab, self.nonce = str(uuid.UUID(int=dice.getrandbits(128))), str(uuid.UUID(int=dice.getrandbits(128)))
        self.proxy = Proxy(dice.choice(world.desks).port)
        self.ws: ClientConnection | None = None
        self.loses = 0.0  # share of stream frames that never reach the page
        self.lost: set[str] = set()
        self.is_closing = False
        self.fetching: set[str] = set()
        self.reconnects = 0

    async def start(self) -> None:
        self.port = await self.proxy.start()
        self.task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self.is_closing = True
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        await self.proxy.stop()

    async def _run(self) -> None:
        while not self.is_closing:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError, EOFError):
                await self._talk()
            self.ws = None
            self.page.cut()
            if self.lost:  # TCP loses no frame alone, so no position vouches for one that was lost unnoticed
                self.page.mark = None
                self.lost.clear()
            self.world.was_here(self)
            self.reconnects += 1
            await asyncio.sleep(0.02 + self.dice.random() * 0.1)

    async def _talk(self) -> None:
        origin: Any = f"http://127.0.0.1:{self.port}"
        opening: Any = connect(
            f"ws://127.0.0.1:{self.port}/api/live", additional_headers={"Cookie": self.world.cookie(self.person)},
            origin=origin, compression=None, proxy=None, ping_interval=None, max_size=None, open_timeout=3,
            close_timeout=0.2,
        )  # fmt: skip
        async with opening as self.ws:
            assert self.ws is not None
            await self.say([self.page.hello(self.tab, self.nonce)])
            async for written in self.ws:
                await self._hear(json.loads(written))

    async def _hear(self, message: Json) -> None:
        self.world.overheard(self, message)
        if message["type"] in ("facts", "rows", "crowd") and self.dice.random() < self.loses:
            self.lost.add(message["place"])
            return
        try:
            said = self.page.hear(message)
        except AssertionError as wrong:
            self.world.fail(wrong)
            return
        await self.say(said)
        if message["type"] in ("welcome", "rights"):  # a page follows each department of hers: labels are renamed there
            for department in self.page.me.get("departments", ()):
                if f"department/{department}" not in self.page.watched:
                    await self.watch(f"department/{department}")
        for inbox in self.page.lists - self.fetching:
            self.world.spawn(self._list(inbox))

    async def say(self, messages: list[Json]) -> None:
        for message in messages:
            if self.ws is not None:
                with contextlib.suppress(WebSocketException, OSError):
                    await self.ws.send(json.dumps(message))

    async def _list(self, inbox: str) -> None:
        """Reads the list of an inbox whose snapshot has just come; a newer snapshot makes it read again."""
        self.fetching.add(inbox)
        try:
            while inbox in self.page.lists and not self.is_closing:
                place = self.page.places.get(inbox)
                try:
                    rows = await self.world.listed(self.person, inbox)
                except (httpx.HTTPError, AssertionError):
                    await asyncio.sleep(0.1)
                    continue
                if place is not None and self.page.places.get(inbox) is place:
                    self.page.listed(inbox, rows)
        finally:
            self.fetching.discard(inbox)

    # what it does
    async def watch(self, place: str) -> None:
        await self.say(self.page.watch(place))

    async def unwatch(self, place: str) -> None:
        await self.say(self.page.unwatch(place))

    async def stand(self, place: str | None, doing: str = "viewing") -> None:
        self.world.was_here(self)
        await self.say(self.page.stand(place, doing))
        self.world.was_here(self)

    @property
    def stands_on(self) -> str | None:
        return self.page.here["place"] if self.page.here else None


def now() -> float:
    return time.monotonic()
