"""Waiting for what comes true by itself. Every wait has an end and none is a sleep."""

import asyncio
import random
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

PATIENCE = 20.0


def eventually(asked: Callable[[], Any], what: str, within: float = PATIENCE) -> Any:
    """Asks until the answer is true; the one place where a test waits for something without a word of it."""
    end = time.monotonic() + within
    pause = threading.Event()
    while not (answer := asked()):
        assert time.monotonic() < end, f"never came true: {what}"
        pause.wait(0.005)
    return answer


def free_port() -> int:
    """Below the ports that the system gives to outgoing connections, or one of those may take it before it is used."""
    while True:
        port = random.randrange(10_240, 32_768)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port


async def lets_nobody_in(server: asyncio.Server) -> None:
    """Whoever is at the door is in after this, and can be shown out: a server closed with someone there forgets him."""
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    await asyncio.sleep(0)
