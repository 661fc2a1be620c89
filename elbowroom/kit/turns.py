"""Questions that wait are asked together: one transaction and one hop to a reader thread for all of them.

A herd asks by the thousand. Asked one by one, the hop and the transaction cost more than the answer. Together, what
several ask alike (`Read.same`) is answered once, and the other readers stay free for whoever else asks.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from elbowroom.kit.db import Database, Read
from elbowroom.kit.problems import Refused

T = TypeVar("T")
MOST = 32  # of a line in a turn
NEWCOMERS = 8  # while others wait: each of them asks two or three times more, and is to be done before the last comes
TURN_FOR = 0.01  # seconds, after which a turn comes to no further question


@dataclass(eq=False)
class Asked:
    """A question in its line; `is_over` once `result` or `error` stands."""

    question: Callable[[Read], Any]
    line: deque["Asked"]
    answer: asyncio.Future[Any]
    result: Any = None
    error: Exception | None = None
    is_over: bool = False


class Turns:
    """One at a time. Each begins after all of its questions were asked, so it sees what was committed until then."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._inside: deque[Asked] = deque()
        self._outside: deque[Asked] = deque()
        self._running: asyncio.Task[None] | None = None
        self.answered = 0

    async def ask(self, question: Callable[[Read], T], *, newcomer: bool = False) -> T:
        """Raises what the question raised. Newcomers stand in a line of their own: however long, nobody waits there."""
        line = self._outside if newcomer else self._inside
        asked = Asked(question, line, asyncio.get_running_loop().create_future())
        line.append(asked)
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return cast(T, await asked.answer)

    async def _run(self) -> None:
        try:
            while self._inside or self._outside:
                await self._take(self._next())
        finally:
            self._running = None

    def _next(self) -> list[Asked]:
        waiting = [*_first(self._outside, NEWCOMERS if self._inside else MOST), *_first(self._inside, MOST)]
        return [asked for asked in waiting if not asked.answer.done()]  # who was cancelled needs no answer

    async def _take(self, turn: list[Asked]) -> None:
        try:
            await self._db.read(lambda read: _answer(read, turn))
        except Exception as failed:  # noqa: BLE001  the store gave no turn, or took it back
            for asked in turn:
                if not asked.is_over:
                    asked.error, asked.is_over = failed, True
        for asked in reversed(turn):
            if not asked.is_over:
                asked.line.appendleft(asked)
        for asked in turn:
            if asked.is_over and not asked.answer.done():
                self._tell(asked)

    def _tell(self, asked: Asked) -> None:
        self.answered += 1
        if asked.error is not None:
            asked.answer.set_exception(asked.error)
        else:
            asked.answer.set_result(asked.result)


def _first(line: deque[Asked], most: int) -> list[Asked]:
    return [line.popleft() for _ in range(min(most, len(line)))]


def _answer(read: Read, turn: Iterable[Asked]) -> None:
    """In a reader thread. Who is not come to, because it got late or one before her failed, stays in line."""
    until = time.monotonic() + TURN_FOR
    for asked in turn:
        if asked.is_over:  # the connection broke, and the turn is asked anew
            continue
        try:
            asked.result = asked.question(read)
        except Exception as failed:
            if getattr(failed, "connection_invalidated", False):
                raise
            asked.error = failed
        asked.is_over = True
        # A question that failed may have spoilt the transaction; one that refused has not.
        spoilt = asked.error is not None and not isinstance(asked.error, Refused)
        if spoilt or time.monotonic() > until:
            return
