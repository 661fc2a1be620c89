"""A Chromium as people have it, in which a tab behind another one is hidden: Playwright keeps all of its own shown."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.browser import FLAGS, chromium
from tests.waiting import eventually

PATIENCE = 20


class PlainBrowser:
    """Spoken to in its own words (the DevTools protocol); a tab is named by its target and session."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire, self._numbers = wire, count(1)

    def takes(self, cookie: str, value: str, url: str) -> None:
        self._say("Storage.setCookies", cookies=[{"name": cookie, "value": value, "url": url}])

    def opens(self, url: str) -> tuple[str, str]:
        """A new tab, in front of the others."""
        target = self._say("Target.createTarget", url=url)["targetId"]
        session = self._say("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return target, session

    def puts_in_front(self, tab: tuple[str, str]) -> None:
        self._say("Target.activateTarget", targetId=tab[0])

    def is_hidden(self, tab: tuple[str, str]) -> bool:
        found = self._say("Runtime.evaluate", tab[1], expression="document.hidden")
        return bool(found["result"]["value"])

    def hangs(self, tab: tuple[str, str]) -> None:
        """The page is busy for ever from its next turn on."""
        self._say("Runtime.evaluate", tab[1], expression="void setTimeout(() => { for (;;); })")

    def _say(self, method: str, session: str | None = None, **words: Any) -> Any:
        number = next(self._numbers)
        said = {"id": number, "method": method, "params": words}
        self._wire.send(json.dumps(said | ({"sessionId": session} if session else {})))
        while True:
            answer = json.loads(self._wire.recv(timeout=PATIENCE))
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]


@contextmanager
def plain_browser(folder: Path) -> Iterator[PlainBrowser]:
    program = chromium()
    assert program is not None
    command = [program, "--headless=new", *FLAGS, f"--user-data-dir={folder}", "--remote-debugging-port=0"]
    browser = Popen([*command, "about:blank"], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL)
    try:
        with connect(_address(folder, browser), max_size=None, proxy=None) as wire:
            yield PlainBrowser(wire)
    finally:
        browser.kill()
        browser.wait(PATIENCE)


def _address(folder: Path, browser: "Popen[bytes]") -> str:
    """Where it listens: it writes its port and path into a file once it does."""
    file = folder / "DevToolsActivePort"

    def said() -> list[str]:
        assert browser.poll() is None, "the browser ended"
        words = file.read_text().split() if file.exists() else []
        return words if len(words) == 2 else []

    port, path = eventually(said, "the browser listens", within=PATIENCE)
    return f"ws://127.0.0.1:{port}{path}"
