"""Who has a scripted colleague beside her just now: one a person, and some at most."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from websockets.exceptions import WebSocketException

from elbowroom.demo import seed
from elbowroom.demo.colleague import Colleague
from elbowroom.demo.participant import Address, entered
from elbowroom.kit.problems import Refused
from elbowroom.kit.web import Engines

log = structlog.get_logger("demo")
MOST = 20


@dataclass
class Company:
    address: Address
    words: seed.Colleague
    pace: float = 1.0
    _tasks: dict[int, asyncio.Task[None]] = field(default_factory=dict)

    async def come(self, her: int, you: int, ticket: int | None, is_there: Callable[[], bool]) -> None:
        """Anew where she is there already. Raises Refused (429) where too many are at work."""
        await self.leave(you)
        if len(self._tasks) >= MOST:
            raise Refused(429, "too-many", "All colleagues are busy", "Try again in some minutes.", retry_after=60)
        task = asyncio.create_task(self._work(her, you, ticket, is_there))
        self._tasks[you] = task
        task.add_done_callback(lambda _: self._tasks.pop(you, None) if self._tasks.get(you) is task else None)

    async def leave(self, you: int) -> None:
        task = self._tasks.pop(you, None)
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def is_with(self, you: int) -> bool:
        return you in self._tasks

    @asynccontextmanager
    async def service(self, _engines: Engines) -> AsyncIterator[None]:
        try:
            yield
        finally:
            for you in list(self._tasks):
                await self.leave(you)

    async def _work(self, her: int, you: int, ticket: int | None, is_there: Callable[[], bool]) -> None:
        try:
            async with entered(self.address, her) as participant:
                await Colleague(participant, you, self.words, is_there, self.pace).work(ticket)
        except (WebSocketException, OSError):
            pass  # the desk ended and closed her socket
        except Exception:
            log.exception("the scripted colleague stumbled")
