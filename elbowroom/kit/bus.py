"""The wake-up wire. It may lose, repeat and reorder: whoever listens finds the truth in the store."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import structlog

log = structlog.get_logger("bus")
Listener = Callable[[Any], None]


class Bus:
    """In-process. Listeners run on the event loop, in the order in which they came."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def listen(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].append(listener)

    def publish_all(self, told: list[tuple[str, Any]]) -> None:
        """From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._deliver, told)

    def publish(self, topic: str, what: Any) -> None:
        self.publish_all([(topic, what)])

    def _deliver(self, told: list[tuple[str, Any]]) -> None:
        for topic, what in told:
            for listener in self._listeners[topic]:
                try:
                    listener(what)
                except Exception:  # one deaf listener must not silence the others
                    log.exception("listener failed", topic=topic)
