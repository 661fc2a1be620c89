"""The wake-up wire. It may lose, repeat and reorder: whoever listens finds the truth in the store."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import structlog

from elbowroom.kit.clock import token
from elbowroom.kit.config import BadSetting

log = structlog.get_logger("bus")
Listener = Callable[[Any], None]
SCHEMES = frozenset({"redis", "rediss", "valkey", "valkeys"})
WIRE = "wire"  # a topic of this process alone: True once the other nodes can be reached, False when no more


class Bus:
    """In-process. Listeners run on the event loop, in the order in which they came.

    What crosses nodes comes back from JSON: a tuple as a list, a number as a key as text.
    """

    is_shared = False  # other nodes may hear it

    def __init__(self) -> None:
        self.node = token(9)  # new with each start, so it names the start as well
        self._listeners: dict[str, list[Listener]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    async def run(self) -> None:
        """Keeps the wire to the other nodes until it is cancelled; there are none here."""

    async def drain(self) -> None:
        """Until what was told has left for the other nodes, or the wire took too long."""

    def listen(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].append(listener)

    def publish_all(self, told: list[tuple[str, Any]]) -> None:
        """From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell, told)

    def publish(self, topic: str, what: Any) -> None:
        self.publish_all([(topic, what)])

    def _tell(self, told: list[tuple[str, Any]]) -> None:
        self._deliver(told)

    def _deliver(self, told: list[tuple[str, Any]]) -> None:
        for topic, what in told:
            for listener in self._listeners[topic]:
                try:
                    listener(what)
                except Exception:  # one deaf listener must not silence the others
                    log.exception("listener failed", topic=topic)


def open_bus(url: str, desk: str) -> Bus:
    """In-process where `url` is empty; `desk` keeps those apart that share a server. Raises BadSetting."""
    if not url:
        return Bus()
    valkey = _engine(url)
    return valkey.ValkeyBus(url, desk)  # type: ignore[no-any-return]


def silence(url: str) -> str | None:
    """Why the bus does not answer within two seconds, None where it does. Raises BadSetting."""
    return _engine(url).silence(url)  # type: ignore[no-any-return]


def _engine(url: str) -> Any:
    scheme = url.partition(":")[0]
    if scheme not in SCHEMES or "://" not in url:
        mend = "write redis://user:password@host:6379, or rediss://… with TLS"
        raise BadSetting(f"ELBOWROOM_BUS_URL is no bus of this desk; {mend}")
    try:
        from elbowroom.kit import valkey  # an extra that most desks do without
    except ImportError as missing:
        mend = 'pip install "elbowroom[valkey]"'
        raise BadSetting(f"ELBOWROOM_BUS_URL needs a client that is not installed; {mend}") from missing
    return valkey
