"""Frames over real sockets: narrow ones that take a part of a frame, and ones that the other side broke."""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Any

import pytest
import uvloop

from elbowroom.live.connection import Connection, write_to_all
from elbowroom.live.frames import frame

NARROW, PONG = 4096, b"\x8a\x00"


class Served(asyncio.Protocol):
    """The desk's side of one socket, with a transport as uvicorn has it."""

    def __init__(self) -> None:
        self.transport: Any = None
        self.lost: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set_result(exc)

    async def send(self, message: Any) -> None: ...


class Sockets:
    """Who reads and who is written to, two by two."""

    def __init__(self) -> None:
        self._open: list[tuple[socket.socket, Served]] = []

    async def pair(self) -> tuple[socket.socket, Served]:
        ours, theirs = _connected()
        theirs.setblocking(False)
        _, served = await asyncio.get_running_loop().connect_accepted_socket(Served, ours)
        self._open.append((theirs, served))
        return theirs, served

    async def end(self) -> None:
        for theirs, served in self._open:
            theirs.close()
            served.transport.abort()
            await served.lost


def _connected() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as unless:
        theirs = unless.enter_context(socket.socket())
        theirs.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
        theirs.connect(listening.getsockname())
        ours, _ = listening.accept()
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, NARROW)
        unless.pop_all()
        return ours, theirs


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def on_a_loop(request: pytest.FixtureRequest) -> Callable[[Callable[[Sockets], Awaitable[None]]], None]:
    def told(story: Callable[[Sockets], Awaitable[None]]) -> None:
        sockets = Sockets()

        async def whole() -> None:
            try:
                await asyncio.wait_for(story(sockets), 10)
            finally:
                await sockets.end()

        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(whole())

    return told


async def read(reader: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size and (more := await asyncio.get_running_loop().sock_recv(reader, 1024)):
        got += more
    return got


def test_whatever_part_of_a_frame_a_socket_takes_the_bytes_keep_their_order(on_a_loop: Any) -> None:
    async def story(sockets: Sockets) -> None:
        pairs = [await sockets.pair() for _ in range(3)]
        wires = [served.transport for _, served in pairs]
        connections = [Connection(served.send) for _, served in pairs]
        written, waited = b"", 0

        async def reading(reader: socket.socket) -> bytes:
            return await read(reader, 60 * (3001 + len(PONG)))

        readers = [asyncio.create_task(reading(reader)) for reader, _ in pairs]
        for number in range(60):
            whole = frame({"n": number, "text": "x" * (2 * number)}).ljust(3001, b"x")
            if number % 3:
                write_to_all(wires, whole)
            else:
                for one in connections:
                    one.write(whole)
            for wire in wires:
                wire.write(PONG)  # as the library answers a ping
            written += whole + PONG
            waited += any(wire.get_write_buffer_size() for wire in wires)
            if number % 5 == 0:
                await asyncio.sleep(0)
        assert waited > 10, "the sockets were not narrow enough to show anything"
        assert await asyncio.gather(*readers) == [written] * 3

    on_a_loop(story)


def test_a_broken_wire_ends_alone(on_a_loop: Any) -> None:
    async def story(sockets: Sockets) -> None:
        (first, one), (breaks, broken), (last, other) = [await sockets.pair() for _ in range(3)]
        breaks.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        breaks.close()  # with a reset
        whole = frame({"n": 1})
        for _ in range(3):
            assert not write_to_all([one.transport, broken.transport, other.transport], whole)
        assert broken.transport.is_closing()
        assert [await read(reader, 3 * len(whole)) for reader in (first, last)] == [3 * whole] * 2
        assert isinstance(await broken.lost, ConnectionError)
        assert not one.lost.done()

    on_a_loop(story)
