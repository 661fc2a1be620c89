"""The desk as a process of its own, which can be killed. `python -m tests.served PORT` is what runs in it."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2 as httpx

from elbowroom import cli
from elbowroom.channels import email
from elbowroom.kit import failpoints
from elbowroom.kit.clock import SystemClock
from elbowroom.kit.db import Database
from tests import engines
from tests.cast import NO_TLS, Desk, Postman, eventually, free_port
from tests.forked import Forked
from tests.valkey import Wire, valkey


class ServedDesk(Desk):
    """`elbowroom serve` in a child; the test writes beside it, as the command line does."""

    def __init__(self, folder: Path, database_url: str = "", bus_url: str = "") -> None:
        super().__init__(folder, SystemClock())
        self.config = replace(self.config, database_url=database_url or self.config.database_url, bus_url=bus_url)
        self.port = free_port()
        self.beside = Database(self.config.database, SystemClock(), readers=2)
        self.process: Forked | None = None
        self.dies_at = ""  # a failpoint, for the next start alone

    @property
    def engines(self) -> Any:
        return SimpleNamespace(db=self.beside)

    def start(self) -> "ServedDesk":
        if not self.beside._started:
            self.beside.start()
        env = os.environ | {
            "ELBOWROOM_DATA_DIR": str(self.folder),
            "ELBOWROOM_DATABASE_URL": self.config.database_url,
            "ELBOWROOM_BUS_URL": self.config.bus_url,
            "ELBOWROOM_LOG_LEVEL": "error",
        }
        if self.dies_at:
            env[failpoints.NAME], self.dies_at = self.dies_at, ""
        module, *arguments = self.command()
        self.process = Forked(module, arguments, env, self.folder / "server.log")
        eventually(self.is_up, "the process serves", within=120)
        return self

    def command(self) -> list[str]:
        """The module that runs, and its arguments."""
        return ["tests.served", str(self.port)]

    def is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.words()
        try:
            return httpx.get(f"{self.origin}/readyz", timeout=2, trust_env=False, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    def is_dead(self) -> bool:
        """It ended by itself."""
        return self.process is not None and self.process.poll() is not None

    def words(self) -> str:
        """What the server logged: errors alone."""
        return (self.folder / "server.log").read_text(errors="replace")

    def kill(self) -> None:
        """kill -9: whatever was not on the disk is lost."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def close(self) -> None:
        self.nobody_stays()
        self.kill()
        self.beside.close()

    def _end(self, how: int) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(20)
            self.process = None


@contextmanager
def house(template: Path, folder: Path, nodes: int, wire: Wire | None = None) -> Iterator[list[ServedDesk]]:
    """So many servers on one desk like the template's, with a wire between them: a new one, or the one given."""
    engines.copied(template, folder)
    with ExitStack() as stack:
        desk = ServedDesk(folder)
        if nodes > 1:
            wire = wire or stack.enter_context(valkey(folder.parent / "valkey"))
            desk.config = replace(desk.config, bus_url=wire.url)
        desks = [desk.start()]
        stack.callback(desk.close)
        for _ in range(nodes - 1):
            desks.append(ServedDesk(folder, bus_url=desk.config.bus_url).start())
            stack.callback(desks[-1].close)
        yield desks


def main(port: str) -> int:
    email.handlers = Postman(Path(os.environ["ELBOWROOM_DATA_DIR"])).handlers  # type: ignore[assignment]
    return cli.main(["serve", "--port", port])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
