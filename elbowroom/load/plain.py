"""What a delivery costs without a desk: the kernel's own write, and uvicorn's plain send to each recipient.

`python -m elbowroom.load.plain kernel|uvicorn` serves until its standard input ends. Each line of it names
recipients, size in bytes, rounds, and seconds between two rounds; the answer is the CPU seconds of all rounds.
"""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn

from elbowroom.kit.open_files import raise_limit


def kernel(listening: socket.socket) -> None:
    wires: list[socket.socket] = []
    threading.Thread(target=_accept, args=(listening, wires), daemon=True).start()
    for recipients, size, rounds, gap in map(_asked, sys.stdin):
        while len(wires) < recipients:  # the kernel has connected them, we may not have accepted them yet
            time.sleep(0.01)
        payload, sends = b"x" * size, [wire.send for wire in wires]
        before = time.process_time()
        for _ in range(rounds):
            for send in sends:
                send(payload)
            time.sleep(gap)
        _answer(time.process_time() - before)


def _accept(listening: socket.socket, wires: list[socket.socket]) -> None:
    while True:
        wires.append(listening.accept()[0])


def plain_uvicorn(listening: socket.socket) -> None:
    """Sockets that are accepted and sent to, with the settings that `serve` uses."""
    sends: list[Callable[[Any], Awaitable[None]]] = []

    async def app(scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        if scope["type"] != "websocket":
            return
        await receive()
        await send({"type": "websocket.accept"})
        sends.append(send)
        while (await receive())["type"] == "websocket.receive":
            pass
        sends.remove(send)

    async def serve() -> None:
        config = uvicorn.Config(
            app, ws="websockets-sansio", ws_per_message_deflate=False, ws_ping_interval=None, http="httptools",
            log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=1,
        )  # fmt: skip
        serving = asyncio.create_task(uvicorn.Server(config).serve(sockets=[listening]))
        while line := await asyncio.to_thread(sys.stdin.readline):
            recipients, size, rounds, gap = _asked(line)
            while len(sends) < recipients:  # noqa: ASYNC110  they come by themselves, and nothing is measured yet
                await asyncio.sleep(0.01)
            _answer(await _rounds(sends, size, rounds, gap))
        serving.cancel()

    factory = uvicorn.Config(app, loop="uvloop").get_loop_factory()
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(serve())


async def _rounds(sends: list[Callable[[Any], Awaitable[None]]], size: int, rounds: int, gap: float) -> float:
    text = "x" * size
    before = time.process_time()
    for _ in range(rounds):
        for send in sends:
            await send({"type": "websocket.send", "text": text})
        await asyncio.sleep(gap)
    return time.process_time() - before


def _asked(line: str) -> tuple[int, int, int, float]:
    recipients, size, rounds, gap = line.split()
    return int(recipients), int(size), int(rounds), float(gap)


def _answer(seconds: float) -> None:
    sys.stdout.write(f"{seconds:.6f}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise_limit()
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as the desk's loop sets it; accepted ones inherit
    sys.stdout.write(f"port :{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    {"kernel": kernel, "uvicorn": plain_uvicorn}[sys.argv[1]](listening)
