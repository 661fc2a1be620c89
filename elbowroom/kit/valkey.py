"""Valkey or Redis as the wire between nodes: one channel, at most once, no order promised.

The server is asked to keep nothing: it may be killed, paused or emptied, and all that is lost are words. Each node
hears itself too; that its own beat comes back is how it knows the wire.
"""

import asyncio
import random
from collections import deque
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import msgspec
import redis.asyncio
import structlog
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from elbowroom.kit.bus import WIRE, Bus

log = structlog.get_logger("bus")
WAITING = 1000  # words; beyond that the oldest are dropped
BEAT_FOR = 0.7  # seconds
SILENT_FOR = 2.0  # without a word, not even our own
CONNECT_FOR = 1.0
PAUSE_FROM, PAUSE_TO = 0.2, 1.0
DRAIN_FOR = 1.0


class ValkeyBus(Bus):
    """Listeners of this process hear at once and directly, whatever becomes of the wire."""

    is_shared = True

    def __init__(self, url: str, desk: str) -> None:
        super().__init__()
        self._url = url
        # Channels know no database numbers, so a number in the address keeps desks apart by their channel's name.
        self.channel = f"elbowroom{urlsplit(url).path}:{desk}"
        self.is_up = False
        self._waiting: deque[bytes] = deque(maxlen=WAITING)
        self._news = asyncio.Event()
        self._said_all = asyncio.Event()
        self._is_outage_told = False

    async def run(self) -> None:
        pause = PAUSE_FROM
        while True:
            try:
                await self._connected()
            except Exception as lost:  # noqa: BLE001  whatever it was, the desk goes on and the wire is tried again
                pause = PAUSE_FROM if self.is_up else min(pause * 2, PAUSE_TO)
                self._down(lost)
            await asyncio.sleep(pause * random.uniform(0.8, 1.0))  # noqa: S311  no secret

    async def drain(self) -> None:
        if not self.is_up:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_FOR):
                await asyncio.sleep(0)  # what another thread told is on the loop by then
                await self._said_all.wait()

    def _tell(self, told: list[tuple[str, Any]]) -> None:
        self._deliver(told)
        self._said_all.clear()
        for word in told:
            try:
                self._waiting.append(msgspec.json.encode(word))
            except TypeError:
                log.exception("a word can't be written as JSON", topic=word[0])
        self._news.set()

    async def _connected(self) -> None:
        """Returns never; raises when the wire is lost."""
        client = redis.asyncio.Redis.from_url(address(self._url), **_terms(), retry=Retry(NoBackoff(), 0))
        try:
            async with client.pubsub() as ears:
                await ears.subscribe(self.channel)
                await _first_end_of(self._hear(ears), self._say(client))
        finally:
            with suppress(redis.RedisError, OSError, TimeoutError):
                await client.aclose()

    async def _say(self, client: redis.asyncio.Redis) -> None:
        while True:
            words = [self._waiting.popleft() for _ in range(len(self._waiting))]
            await client.publish(self.channel, b'["%b",[%b]]' % (self.node.encode(), b",".join(words)))
            if not self._waiting:
                self._said_all.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(BEAT_FOR):
                    await self._news.wait()
            self._news.clear()

    async def _hear(self, ears: PubSub) -> None:
        while True:
            async with asyncio.timeout(SILENT_FOR):
                message = await ears.get_message(ignore_subscribe_messages=True, timeout=None)
            if message is not None and message["type"] == "message":
                self._heard(message["data"])

    def _heard(self, data: bytes) -> None:
        try:
            node, told = msgspec.json.decode(data, type=tuple[str, list[tuple[str, Any]]])
        except msgspec.MsgspecError:
            return  # not ours
        if node == self.node:
            self._up()
        else:
            self._deliver(told)

    def _up(self) -> None:
        if self.is_up:
            return
        self.is_up = True
        if self._is_outage_told:
            log.info("the bus is back")
        self._is_outage_told = False
        self._deliver([(WIRE, True)])

    def _down(self, lost: BaseException) -> None:
        if not self._is_outage_told:
            log.warning("the bus does not answer; the desk goes on without it", error=_words(lost))
        self._is_outage_told = True
        if self.is_up:
            self.is_up = False
            self._deliver([(WIRE, False)])


async def _first_end_of(*ways: Coroutine[Any, Any, None]) -> None:
    """Runs them until one ends, and raises what ended it.

    A TaskGroup would cancel its own task for that, and Python 3.11.2 leaves the mark of it: the task's next timeout is
    raised as a cancellation, and nobody tries the wire again.
    """
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for one in ended:
            one.result()
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.wait(tasks)


def address(url: str) -> str:
    """The same address, as the client spells it."""
    scheme, _, rest = url.partition("://")
    return f"{'rediss' if scheme in {'rediss', 'valkeys'} else 'redis'}://{rest}"


def silence(url: str) -> str | None:
    """Why the server does not answer, None where it does; at most two seconds."""
    try:
        with redis.Redis.from_url(address(url), **_terms()) as client:
            client.ping()
    except (redis.RedisError, OSError, ValueError) as refused:
        return _words(refused)
    return None


def _terms() -> dict[str, Any]:
    # RESP 2: the newer protocol's handshake asks for more than a wire needs, and older servers refuse it.
    return {"socket_timeout": CONNECT_FOR, "socket_connect_timeout": CONNECT_FOR, "protocol": 2}


def _words(lost: BaseException) -> str:
    while isinstance(lost, BaseExceptionGroup):
        lost = lost.exceptions[0]
    return str(lost) or type(lost).__name__
