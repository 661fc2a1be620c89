"""The same number of sockets without a desk behind them, read by the same kind of client."""

import asyncio
import time
from contextlib import ExitStack
from typing import Literal, Self

from elbowroom.load.gathering import connected
from elbowroom.load.listener import Listener
from elbowroom.load.process import Process

SETTLES = 20  # frames: a fresh socket acknowledges each of its first 16 at once, and the writer pays for that


class Counting(asyncio.Protocol):
    def __init__(self) -> None:
        self.bytes = 0
        self.transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)


class Baseline:
    """`kernel`: bare TCP sockets. `uvicorn`: WebSockets. Opened all at once; `opened_for` says how long that took."""

    def __init__(self, kind: Literal["kernel", "uvicorn"], sockets: int) -> None:
        self._kind, self._sockets = kind, sockets
        self._clients: list[Counting | Listener] = []
        self._open = ExitStack()
        self.opened_for = 0.0

    async def __aenter__(self) -> Self:
        self._server = await asyncio.to_thread(Process, "elbowroom.load.plain", self._kind)
        self._open.callback(self._server.end)
        began = time.monotonic()
        self._clients = await asyncio.gather(*(self._one() for _ in range(self._sockets)))
        self.opened_for = time.monotonic() - began
        return self

    async def __aexit__(self, *_: object) -> None:
        for client in self._clients:
            if isinstance(client.transport, asyncio.Transport):
                client.transport.abort()
        await asyncio.to_thread(self._open.close)

    async def a_delivery(self, size: int, rounds: int, gap: float) -> float:
        """CPU seconds of the server for one message of so many bytes to one of the sockets."""
        used = float(await self._server.ask(f"{self._sockets} {size} {rounds} {gap}"))
        return used / rounds / self._sockets

    async def settle(self, size: int) -> None:
        """What a message costs once sockets have been open for a while is measured from here on."""
        await self.a_delivery(size, SETTLES, 0.02)

    async def _one(self) -> Counting | Listener:
        if self._kind == "uvicorn":
            listener = Listener("", [])
            await connected(("127.0.0.1", self._server.port), listener)
            await listener.live
            return listener
        counting = Counting()
        await connected(("127.0.0.1", self._server.port), counting)
        return counting
