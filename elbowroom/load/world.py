"""A desk in a folder that goes with it: its own server process, people with API tokens, some tickets."""

import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from elbowroom.app import engines
from elbowroom.conversations import incoming
from elbowroom.kit.config import Config
from elbowroom.kit.db import Tx
from elbowroom.people import agents, customers, departments, sessions
from elbowroom.tickets import inboxes, opening

AGENTS, TICKETS = 20, 40
STARTS_FOR = 30.0


class World:
    """`tokens` of the agents, `tickets` and `inbox` by id; the server listens on 127.0.0.1:`port`.

    `mover` is who makes the changes, as a crowd shows her; her token is the second.
    """

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="elbowroom-load-")
        config = Config(data_dir=Path(self._folder.name))
        own = engines(config)
        self.tokens, self.tickets, self.inbox, self.mover = own.db.write_now(_people_it)
        own.db.close()
        self.port, self._server = _start(self._folder.name)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._server.terminate()
        self._server.wait(20)
        self._folder.cleanup()

    def memory(self) -> int:
        """Resident bytes of the server."""
        fields = Path(f"/proc/{self._server.pid}/statm").read_text().split()
        return int(fields[1]) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> float:
        """Seconds of CPU that the server has used."""
        fields = Path(f"/proc/{self._server.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _people_it(tx: Tx) -> tuple[list[str], list[int], int, dict[str, Any]]:
    department = departments.find_or_make(tx, "Load", inbox=False)
    inbox = inboxes.make(tx, department, "Load")
    tokens, made = [], []
    for number in range(AGENTS):
        person = agents.make(tx, f"agent{number}@load.example", f"Agent {number}", "agent", within=[department])
        made.append({"person": person, "name": f"Agent {number}", "hue": person % 12})
        tokens.append(sessions.make_token(tx, person, "load", ["read", "draft", "reply"], None))
    customer = customers.find_or_make(tx, "nora@load.example", "Nora")
    channel = opening.channel_of(tx, inbox)
    tickets = [
        incoming.open_ticket(tx, inbox, f"Ticket {n}", customer, "Hello.", channel=channel) for n in range(TICKETS)
    ]
    return tokens, tickets, inbox, made[1]


def _start(folder: str) -> tuple[int, "subprocess.Popen[str]"]:
    command: list[Any] = [sys.executable, "-m", "elbowroom.cli", "serve", "--port", "0"]
    environ = {**os.environ, "ELBOWROOM_DATA_DIR": folder, "ELBOWROOM_URL": ""}
    server = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True)
    if hasattr(os, "sched_setaffinity") and len(cores := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(server.pid, {cores[0]})
        os.sched_setaffinity(0, set(cores[1:]))
    assert server.stdout is not None
    for line in server.stdout:
        if "http://" in line:
            port = int(line.rpartition(":")[2].partition("/")[0])
            break
    else:
        raise RuntimeError("the server ended before it listened; its log says why")
    until = time.monotonic() + STARTS_FOR
    while not _is_ready(port):
        if time.monotonic() > until:
            raise RuntimeError("the server did not get ready")
    return port, server


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        time.sleep(0.05)
        return False
