"""The journal's tail: wakes on a word of the bus, reads what was committed, hands it to the streams in order.

Each look asks first whether the cursor is a point of the store's history still. Where it is not (a restored backup, a
failover that lost the newest commits) nothing of the other history is handed over: the feed begins anew at its head.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog

from elbowroom.kit import journal
from elbowroom.kit.db import Database, Read
from elbowroom.kit.journal import Cursor, Fact
from elbowroom.kit.places import Shadow
from elbowroom.live.streams import Stream, Streams

log = structlog.get_logger("feed")
BATCH = 500


Projection = Callable[[Read, list[Fact]], list[Shadow]]
Ended = Callable[[Stream, Fact], None]
Listener = Callable[[Fact], None]


@dataclass
class Batch:
    """One batch as it was read in one transaction."""

    facts: list[tuple[Fact, dict[str, Any]]]
    shadows: list[Shadow]
    head: Cursor


class Feed:
    """`urgent` kinds do not wait for the tick; `last_words` end their audience's stream of the place."""

    def __init__(
        self, db: Database, streams: Streams, projections: list[Projection], listeners: list[Listener],
        urgent: frozenset[str], last_words: frozenset[str], ended: Ended,
    ) -> None:  # fmt: skip
        self.db, self.streams, self.projections, self.listeners = db, streams, projections, listeners
        self.urgent, self.last_words, self.ended = urgent, last_words, ended
        self.cursor = Cursor("", 0, 0)
        self.lost: list[Callable[[], None]] = []  # told when the store went over to another history
        self._wake = asyncio.Event()

    def wake(self, _what: object = None) -> None:
        self._wake.set()

    async def start(self) -> None:
        self.cursor = await self.db.read(journal.head)

    async def run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                while await self.step():
                    pass
            except Exception:
                log.exception("feed failed; it goes on with the next wake")
                await asyncio.sleep(0.2)
                self._wake.set()

    async def step(self) -> bool:
        """Reads and hands over one batch; True where there may be more."""
        cursor = self.cursor
        batch = await self.db.read(lambda read: self._batch(read, cursor))
        if batch is None:
            await self._start_over()
            return False
        for fact, body in batch.facts:
            self._hand_over(fact, body)
        for shadow in batch.shadows:
            self._cast(shadow)
        self.cursor = batch.head
        return len(batch.facts) == BATCH

    async def _start_over(self) -> None:
        before = self.cursor
        await self.start()
        log.warning("the store has another history; every page loads afresh", was=before.body(), now=self.cursor.body())
        for listener in self.lost:
            listener()

    def _batch(self, read: Read, cursor: Cursor) -> Batch | None:
        if not journal.knows(read, cursor):
            return None
        facts = journal.after(read, cursor.position, limit=BATCH)
        shadows = [shadow for project in self.projections for shadow in project(read, facts)] if facts else []
        last = facts[-1] if facts else None
        head = Cursor(cursor.epoch, last.position or 0, last.mark) if last else cursor
        return Batch([(fact, journal.expanded(read, fact)) for fact in facts], shadows, head)

    def _hand_over(self, fact: Fact, body: dict[str, Any]) -> None:
        for listener in self.listeners:
            listener(fact)
        stream = self.streams.find(fact.place, fact.audience)
        if stream is None:
            return
        if fact.kind in self.last_words:
            self.ended(stream, fact)
            return
        stream.facts.append(body)
        self.streams.due(stream, fact.kind in self.urgent)

    def _cast(self, shadow: Shadow) -> None:
        stream = self.streams.find(shadow.place, shadow.audience)
        if stream is None:
            return
        for one in shadow.gone:
            stream.rows.pop(one, None)
        for one in shadow.rows:
            stream.lost.pop(one, None)
        stream.rows.update(shadow.rows)
        stream.lost.update(shadow.gone)
        stream.counts = shadow.counts or stream.counts
        self.streams.due(stream)
