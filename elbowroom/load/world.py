"""The desk that is measured: one of its own in a folder that goes with it, or one that runs already."""

import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from elbowroom.app import engines
from elbowroom.conversations import incoming
from elbowroom.kit.config import BadSetting, Config
from elbowroom.kit.db import Tx
from elbowroom.load.process import Meter, Process
from elbowroom.people import agents, customers, departments, sessions
from elbowroom.tickets import inboxes, opening

STARTS_FOR = 30.0
SCOPES = ["read", "draft", "reply"]


class World:
    """`tokens` of agents and `people`, their ids in the same order; `tickets` and `inbox` by id."""

    address: tuple[str, int]
    tokens: list[str]
    people: list[int]
    tickets: list[int]
    inbox: int
    meter: Meter

    def token(self, number: int) -> str:
        return self.tokens[number % len(self.tokens)]


class OwnDesk(World):
    """Its own server process on 127.0.0.1, with so many people and tickets."""

    def __init__(self, agents: int, tickets: int) -> None:
        self._agents, self._tickets = agents, tickets

    def __enter__(self) -> Self:
        with ExitStack() as opening:
            folder = opening.enter_context(tempfile.TemporaryDirectory(prefix="elbowroom-load-"))
            own = engines(Config(data_dir=Path(folder)))
            made = own.db.write_now(lambda tx: _people_it(tx, self._agents, self._tickets))
            own.db.close()
            self.tokens, self.people, self.tickets, self.inbox = made
            settings = {"ELBOWROOM_DATA_DIR": folder, "ELBOWROOM_URL": "", "ELBOWROOM_DATABASE_URL": ""}
            server = Process("elbowroom.cli", "serve", "--port", "0", **settings)
            opening.callback(server.end)
            self.address, self.meter = ("127.0.0.1", server.port), server.meter
            _await_ready(server.port)
            self._open = opening.pop_all()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._open.close()


class RunningDesk(World):
    """One that listens at `url`, seen through these tokens. Its process is measured where its `pid` is told."""

    def __init__(self, url: str, tokens: list[str], inbox: int | None, pid: int | None) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or not tokens:
            raise BadSetting("--url takes a desk like http://127.0.0.1:8000, together with one or more --token er_…")
        self.address, self.tokens = (parts.hostname, parts.port or 80), tokens
        self.meter = Meter(pid)
        self._base = f"http://{parts.netloc}"
        self._inbox = inbox

    def __enter__(self) -> Self:
        desks = [self._asked(token, "/api/desk") for token in self.tokens]
        self.people = [desk["me"]["id"] for desk in desks]
        seen = [inbox["id"] for inbox in desks[0]["inboxes"]]
        self.inbox = self._inbox or next(iter(seen), 0)
        listed = self._asked(self.tokens[0], f"/api/tickets?limit=200&inbox={self.inbox}")
        self.tickets = [ticket["id"] for ticket in listed["tickets"]]
        if not self.tickets:
            raise BadSetting("the inbox has no tickets to look at; name another with --inbox")
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None: ...

    def _asked(self, token: str, path: str) -> Any:
        request = urllib.request.Request(self._base + path, headers={"Authorization": f"Bearer {token}"})  # noqa: S310  checked: http
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return msgspec.json.decode(answer.read())


def _people_it(tx: Tx, people: int, tickets: int) -> tuple[list[str], list[int], list[int], int]:
    department = departments.find_or_make(tx, "Load", inbox=False)
    inbox = inboxes.make(tx, department, "Load")
    made = [
        agents.make(tx, f"agent{number}@load.example", f"Agent {number}", "agent", within=[department])
        for number in range(people)
    ]
    tokens = [sessions.make_token(tx, person, "load", SCOPES, None) for person in made]
    customer = customers.find_or_make(tx, "nora@load.example", "Nora")
    channel = opening.channel_of(tx, inbox)
    opened = [
        incoming.open_ticket(tx, inbox, f"Ticket {n}", customer, "Hello.", channel=channel) for n in range(tickets)
    ]
    return tokens, made, opened, inbox


def _await_ready(port: int) -> None:
    until = time.monotonic() + STARTS_FOR
    while not _is_ready(port):
        if time.monotonic() > until:
            raise RuntimeError("the server did not get ready")
        time.sleep(0.05)


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
