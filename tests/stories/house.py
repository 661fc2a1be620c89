"""The desk as people run it: `elbowroom serve`, a process of its own on a free port, with its real store."""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import httpx2 as httpx

from tests import cast
from tests.cast import NO_TLS, PASSWORD, WHO

ROOT = Path(__file__).parents[2]
# While the page is being worked on: a build that lies elsewhere.
OTHER_PAGE = (
    "import sys; from pathlib import Path; from elbowroom.pages import pages;"
    "pages.mount.__defaults__ = (Path(sys.argv.pop(1)),); from elbowroom.cli import main; sys.exit(main())"
)
LOUD = ("error", "critical")


class House:
    """`command` is "serve" or "demo"; what is logged as an error while it runs fails the test at the end."""

    def __init__(self, folder: Path, *, command: str = "serve", **settings: str) -> None:
        self.folder, self.command, self.settings = folder, command, settings
        self.port = 0
        self.page = os.environ.get("ELBOWROOM_TEST_PAGE")
        self.said: list[str] = []
        self.logged: list[str] = []
        self._keys: dict[str, str] = {}

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "House":
        program = ["-c", OTHER_PAGE, self.page] if self.page else ["-m", "elbowroom.cli"]
        ours = {"ELBOWROOM_DATA_DIR": str(self.folder), "ELBOWROOM_LOG_FORMAT": "json", **self.settings}
        self.process = subprocess.Popen(
            [sys.executable, *program, self.command, "--port", str(self.port)],
            cwd=ROOT, env=os.environ | ours, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        greeted = Event()
        self._ears = [
            threading.Thread(target=self._hear, args=(self.process.stdout, self.said, greeted), daemon=True),
            threading.Thread(target=self._hear, args=(self.process.stderr, self.logged, Event()), daemon=True),
        ]
        for ear in self._ears:
            ear.start()
        try:
            self._wait(greeted)
        except BaseException:
            self.kill()
            raise
        return self

    def _wait(self, greeted: Event) -> None:
        greeted.wait(30)
        assert self.said, f"it did not start: {self.logged}"
        self.port = int(next(found[1] for line in self.said if (found := re.search(r"http://127.0.0.1:(\d+)", line))))
        # The socket listens before it serves: the question waits as long as is needed.
        assert httpx.get(f"{self.origin}/readyz", timeout=30, trust_env=False, verify=NO_TLS).status_code == 200

    def _hear(self, pipe: Any, lines: list[str], greeted: Event) -> None:
        with pipe:
            for line in pipe:
                lines.append(line.rstrip())
                if "http://" in line:
                    greeted.set()
        greeted.set()

    def stop(self) -> None:
        """As an operator does. `kill` is what a power cut does."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        self.process.send_signal(how)
        self.process.wait(20)
        for ear in self._ears:
            ear.join(20)
            assert not ear.is_alive(), "a child of the server goes on without it"

    @property
    def errors(self) -> list[str]:
        """What was logged as an error, and what is no log line at all, like a traceback."""
        return [line for line in self.logged if not line.startswith("{") or json.loads(line)["level"] in LOUD]

    def visitor(self, name: str) -> cast.Person:
        """Someone of the cast over HTTP and the bare socket, with a session of her own."""
        shown = {"Cookie": f"elbowroom={self._signs_in(name)}"}
        return cast.Person(self, name.title(), list(WHO).index(name) + 1, shown)  # type: ignore[arg-type]

    def key_of(self, name: str) -> str:
        """The secret of the session that all her browsers share."""
        if name not in self._keys:
            self._keys[name] = self._signs_in(name)
        return self._keys[name]

    def forgets(self, name: str) -> None:
        """She signed out: next time she has a new session."""
        self._keys.pop(name, None)

    def _signs_in(self, name: str) -> str:
        answer = httpx.post(f"{self.origin}/api/session", json=entry(name), timeout=20, trust_env=False, verify=NO_TLS)
        assert answer.status_code == 200, answer.text
        return str(answer.cookies["elbowroom"])


@contextmanager
def running(house: House) -> Iterator[House]:
    house.start()
    try:
        yield house
    finally:
        house.stop()
    assert not house.errors, "\n".join(house.errors[-40:])


class HouseInTime(cast.Desk):
    """A house in the tests' own process, in which days pass when they are told to; browsers come to it like to any."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._keys: dict[str, str] = {}

    def visitor(self, name: str) -> cast.Person:
        return self.person(name)

    def key_of(self, name: str) -> str:
        if name not in self._keys:
            self._keys[name] = str(self.person(name).headers["Cookie"].removeprefix("elbowroom="))
        return self._keys[name]


def entry(name: str) -> dict[str, str]:
    return {"email": f"{name}@desk.example", "password": PASSWORD}


class Counter:
    """Where tickets are opened by telephone: what Nora says, Omid writes down over HTTP."""

    def __init__(self, house: House) -> None:
        self.omid = house.visitor("omid")

    async def writes(self, subject: str, body: str = "My lamp is broken.", inbox: str = "Support") -> int:
        """Returns the ticket's number."""
        requester = {"email": "nora@customer.example", "name": "Nora"}
        asked = {"subject": subject, "requester": requester, "body": body, "inbox": cast.INBOXES[inbox]}
        answer = await asyncio.to_thread(self.omid.send, "POST", "/tickets", asked, key=str(uuid.uuid4()))
        return int(answer.ok()["id"])
