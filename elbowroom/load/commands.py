"""Commands over HTTP connections that stay open, as a browser's do, and how long each took."""

import asyncio
import itertools
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress

import msgspec

from elbowroom.load.world import World

KEPT_FOR = 3.0  # the desk hangs up on a connection that is silent for 5 s


class Caller:
    """One agent's connection; one command at a time."""

    def __init__(self, world: World, token: str) -> None:
        self._world, self._token = world, token
        self._wires: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._asked = -KEPT_FOR

    async def ask(self, method: str, path: str, body: dict[str, object] | None = None) -> bytes:
        """Raises RuntimeError with the desk's words where it refuses."""
        reader, writer = await self._opened()
        content = b"" if body is None else msgspec.json.encode(body)
        writer.write(self._head(method, path, len(content)) + content)
        head = await reader.readuntil(b"\r\n\r\n")
        answer = await reader.readexactly(_length(head))
        if not head.split(b" ", 2)[1].startswith(b"2"):
            raise RuntimeError(f"{method} {path}: {answer[:300].decode(errors='replace')}")
        return answer

    def close(self) -> None:
        if self._wires is not None:
            self._wires[1].close()

    async def _opened(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        before, self._asked = self._asked, time.monotonic()
        if self._wires is None or self._asked - before > KEPT_FOR:
            self.close()
            self._wires = await asyncio.open_connection(*self._world.address)
        return self._wires

    def _head(self, method: str, path: str, length: int) -> bytes:
        return (
            f"{method} {path} HTTP/1.1\r\nHost: {self._world.address[0]}\r\nAuthorization: Bearer {self._token}\r\n"
            f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        ).encode()


class Clerks:
    """Agents who write notes on one ticket after the other, evenly; `took` holds seconds per command."""

    def __init__(self, world: World, clerks: int, rate: float) -> None:
        self._world, self._rate = world, rate
        self._callers = [Caller(world, world.token(number)) for number in range(clerks)]
        self._over = asyncio.Event()
        self.took: list[float] = []

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """They are connected before, and what was begun is waited for at the end. Raises what a command raised."""
        for caller in self._callers:
            await caller.ask("GET", "/api/me")
        turns = itertools.count()
        working = [asyncio.create_task(self._work(number, turns)) for number in range(len(self._callers))]
        try:
            yield
        finally:
            self._over.set()
            await asyncio.gather(*working)
            for caller in self._callers:
                caller.close()

    async def _work(self, number: int, turns: Iterator[int]) -> None:
        caller, each = self._callers[number], len(self._callers) / self._rate
        due = time.monotonic() + each * number / len(self._callers)
        while await self._goes_on(due):
            # Counted from when it was due: a command that waited behind a slow one has waited as well.
            ticket = self._world.tickets[next(turns) % len(self._world.tickets)]
            await caller.ask("POST", f"/api/tickets/{ticket}/notes", {"body": "A word among colleagues."})
            self.took.append(time.monotonic() - due)
            due += each

    async def _goes_on(self, due: float) -> bool:
        """Waits until then; False where the work ended before."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, due - time.monotonic())):
                await self._over.wait()
        return not self._over.is_set()


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    raise RuntimeError("an answer without a length")
