"""Waiting for what comes true by itself. Every wait has an end and none is a sleep."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 8.0


def eventually(asked: Callable[[], Any], what: str, within: float = PATIENCE) -> Any:
    """Asks until the answer is true; the one place where a test waits for something without a word of it."""
    end = time.monotonic() + within
    pause = threading.Event()
    while not (answer := asked()):
        assert time.monotonic() < end, f"never came true: {what}"
        pause.wait(0.005)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
