"""Many listeners opened together and kept alive."""

import asyncio
import socket
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from elbowroom.load.listener import PONG, Listener
from elbowroom.load.world import World

PONG_FOR, PIECES = 4.0, 40


@dataclass
class Seat:
    """One tab of one agent: who it is for the desk, what it looks at, where it went on from."""

    token: str
    watches: list[str]
    here: str | None = None
    follows: bool = False
    receives: int | None = None  # bytes that its kernel takes in while nobody reads
    tab: str = field(default_factory=lambda: str(uuid.uuid4()))
    resume: dict[str, Any] | None = None

    def first(self) -> list[dict[str, Any]]:
        known = self.resume is not None
        hello = {"type": "hello", "tab": self.tab, "nonce": "1", "resume": self.resume}
        watched = [{"type": "watch", "place": place, "known": known} for place in self.watches]
        stands = [{"type": "here", "place": self.here}] if self.here else []
        return [hello, *watched, *stands]


class Gathering:
    """Answers the desk's pings by its own clock, so that most listeners need not read what they get."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.listeners: list[Listener] = []
        self._beat = asyncio.create_task(self._pongs())

    async def sit(self, seats: Iterable[Seat], at_once: int = 50) -> list[Listener]:
        """Opens all, so many at once; raises ConnectionError where one is turned away."""
        gate = asyncio.Semaphore(at_once)

        async def opened(seat: Seat) -> Listener:
            async with gate:
                return await self.open(seat)

        return list(await asyncio.gather(*map(opened, seats)))

    async def open(self, seat: Seat) -> Listener:
        listener = Listener(seat.token, seat.first(), follows=seat.follows)
        await connected(self.world.address, listener, seat.receives)
        self.listeners.append(listener)
        await listener.live
        return listener

    @property
    def bytes(self) -> int:
        return sum(one.bytes for one in self.listeners)

    def forget(self, gone: Iterable[Listener]) -> None:
        left = set(gone)
        self.listeners = [one for one in self.listeners if one not in left]

    async def end(self) -> None:
        self._beat.cancel()
        for one in self.listeners:
            one.transport.abort()
        await asyncio.sleep(0)

    async def _pongs(self) -> None:
        while True:
            for piece in range(PIECES):
                for one in self.listeners[piece::PIECES]:
                    if one.upgraded and not one.transport.is_closing():  # who waits for a long state is not silent
                        one.transport.write(PONG)
                await asyncio.sleep(PONG_FOR / PIECES)


async def connected(address: tuple[str, int], protocol: asyncio.Protocol, receives: int | None = None) -> None:
    """Raises OSError. A socket that takes in little must say so before it is connected."""
    loop = asyncio.get_running_loop()
    if receives is None:
        await loop.create_connection(lambda: protocol, *address)
        return
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receives)
    wire.setblocking(False)
    await loop.sock_connect(wire, address)
    await loop.create_connection(lambda: protocol, sock=wire)
