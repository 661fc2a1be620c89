"""A page behind a real socket: follows its places in a thread of its own until it shows what a fresh one does."""

import contextlib
import threading
from typing import Any

from tests.cast import Person, Tab, eventually
from tests.converge.page import Page, crowds_of, same_form
from tests.waiting import PATIENCE


class Follower:
    """Everything that the socket brings goes through the page; what the page says goes out."""

    def __init__(self, person: Person, *places: str) -> None:
        self.person, self.page = person, Page()
        self.tab: Tab = person.tab()
        self.lock = threading.Lock()
        self.read = 0
        self._catch_up()
        for place in places:
            self._say(self.page.watch(place))
        eventually(self.is_live, "the page is live")

    def is_live(self) -> bool:
        self._catch_up()
        for inbox in list(self.page.lists):
            self.page.listed(inbox, listed(self.person, inbox))
        return self.page.is_live

    def agrees(self, place: str) -> None:
        """Waits until the page shows what a fresh socket is told."""
        for last in (False, False, True):  # something may still be under way when the fresh one is told
            fresh = self.person.tab()
            told = fresh.watches(place)
            fresh.closes()
            wanted = (same_form(place, told["state"]), crowds_of(told["crowds"]), self._rows(place))
            shown = self._shows(place, wanted, PATIENCE if last else 1.5)
            if shown == wanted:
                return
            assert not last or shown == wanted

    def _shows(self, place: str, wanted: Any, within: float) -> Any:
        """What the page shows, when it is as wanted or after a while."""
        shown: list[Any] = [None]

        def same() -> bool:
            if not self.is_live() or place not in self.page.places:
                return False
            rows = self.page.rows(place)
            shown[0] = (same_form(place, self.page.shows(place)), self.page.crowds(place), rows)
            return bool(shown[0] == wanted)

        with contextlib.suppress(AssertionError):
            eventually(same, "agreement", within)
        return shown[0]

    def _rows(self, place: str) -> dict[int, Any]:
        return {row["id"]: row for row in listed(self.person, place)} if place.startswith("inbox/") else {}

    def heard(self) -> set[str]:
        told = [one for one in self.tab.heard if one["type"] in ("facts", "resumed")]
        return {fact["kind"] for one in told for fact in one["facts"]}

    def _catch_up(self) -> None:
        while self.read < len(self.tab.heard):
            self._say(self.page.hear(self.tab.heard[self.read]))
            self.read += 1

    def _say(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            if message["type"] != "pong":  # the tab answers by itself
                self.tab.says(**message)


def listed(person: Person, inbox: str) -> list[dict[str, Any]]:
    """All rows of an inbox, page by page."""
    rows: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        page = person.get("/tickets", inbox=inbox.partition("/")[2], sort="id", limit=200, after=after).ok()
        rows += page["tickets"]
        if (after := page["next"]) is None:
            return rows
