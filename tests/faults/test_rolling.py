"""Two servers behind a proxy are started anew, one after the other, while people work: they notice a blink."""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from websockets.exceptions import WebSocketException

from tests.cast import Person, Tab, doings, eventually, stage
from tests.converge.proxy import Proxy
from tests.engines import Postgres
from tests.faults.test_postgres_dies import heard, write
from tests.served import ServedDesk
from tests.valkey import valkey

BACK_WITHIN = 10.0
GONE_WITHIN = 9.0  # the grace of 5 s, the goodbyes of uvicorn, a busy machine; of a killed server it is 12 s
pytestmark = pytest.mark.faults


class Page:
    """A tab on a ticket that comes back by itself, as the browser's does: same tab, same load, where it was."""

    def __init__(self, person: Person, ticket: int) -> None:
        self.person, self.place = person, f"ticket/{ticket}"
        self.tabs = [person.opens(ticket)]
        self.away: list[float] = []  # seconds, each time
        self.is_closed = threading.Event()
        self._thread = threading.Thread(target=self._stay)
        self._thread.start()

    @property
    def tab(self) -> Tab:
        return self.tabs[-1]

    @property
    def heard(self) -> set[str]:
        return set().union(*(heard(tab) for tab in self.tabs))

    def _stay(self) -> None:
        while not self.is_closed.wait(0.02):
            if not self.tab.is_over:
                continue
            began = time.monotonic()
            while not self._is_back():
                if self.is_closed.wait(0.2):
                    return
            self.away.append(time.monotonic() - began)

    def _is_back(self) -> bool:
        before = self.tab
        beats = [one for one in before.heard if one["type"] in ("welcome", "heartbeat")]
        resume = {name: beats[-1][name] for name in ("epoch", "position", "mark")}
        try:
            tab = self.person.tab(tab=before.name, nonce=before.nonce, resume=resume)
            tab.watches(self.place, known=tab.welcome["resumed"])
        except (OSError, WebSocketException, AssertionError):
            return False
        tab.is_here(self.place)
        self.tabs.append(tab)
        return True

    def closes(self) -> None:
        self.is_closed.set()
        self._thread.join(20)


@contextmanager
def door_to(*desks: ServedDesk) -> Iterator[int]:
    """A proxy in a thread of its own; gives its port."""
    loop, proxy = asyncio.new_event_loop(), Proxy(*(desk.port for desk in desks))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(proxy.start(), loop).result(5)
    finally:
        asyncio.run_coroutine_threadsafe(proxy.stop(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@dataclass
class Fleet:
    """Two servers, and the address that people open."""

    servers: list[ServedDesk]
    front: ServedDesk


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    with ExitStack() as house:
        postgres = Postgres(quick=True).made().start()
        house.callback(postgres.close)
        wire = house.enter_context(valkey(tmp_path / "valkey"))
        url, folder = postgres.new_database(), tmp_path / "desk"
        stage(folder, url)
        servers = [ServedDesk(folder, url, wire.url).start() for _ in range(2)]
        front = ServedDesk(folder, url)
        front.beside.start()
        for desk in (*servers, front):
            house.callback(desk.close)
        front.port = house.enter_context(door_to(*servers))
        yield Fleet(servers, front)


def crowds(tab: Tab, place: str) -> list[dict[str, str]]:
    """Who was there by each word of it that was heard."""
    told: list[dict[str, Any]] = [crowd for one in tab.heard for crowd in one.get("crowds", ())]
    return [doings(crowd) for crowd in told if crowd["place"] == place]


def started_anew(server: ServedDesk, other: ServedDesk, ticket: int, pages: list[Page]) -> None:
    """Those who come back never leave, for those who look on; who does not come back has left soon."""
    place = f"ticket/{ticket}"
    before = {page: page.tab for page in pages}
    witness = other.person("omid").watches(place)
    server.person("ada").opens(ticket)
    witness.hears_crowd(place, lambda who: who.keys() == {"Ada", "Bianca", "Hanna"})
    since = len(crowds(witness, place))
    server.stop()
    stopped = time.monotonic()
    eventually(lambda: not any(page.tab.is_over for page in pages), "pages are back", BACK_WITHIN)
    eventually(lambda: "Ada" not in crowds(witness, place)[-1], "who did not come back is gone", 15)
    assert time.monotonic() - stopped < GONE_WITHIN
    server.start()
    assert any(page.tab is not before[page] for page in pages), "nobody was on it"
    assert all({"Bianca", "Hanna"} <= who.keys() for who in crowds(witness, place)[since:])
    assert "left" not in {who[name] for who in crowds(witness, place)[since:] for name in ("Bianca", "Hanna")}
    witness.closes()


def test_one_after_the_other_while_people_write(fleet: Fleet) -> None:
    front = fleet.front
    body = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken."}
    ticket = int(front.person("ada").send("POST", "/tickets", body).ok()["id"])
    people = [front.person(name) for name in ("bianca", "hanna")]
    pages = [Page(person, ticket) for person in people]
    over, acknowledged, doubted = threading.Event(), list[str](), list[str]()
    hands = [threading.Thread(target=write, args=(one, ticket, over, acknowledged, doubted)) for one in people]
    for hand in hands:
        hand.start()
    try:
        for server, other in (fleet.servers, fleet.servers[::-1]):
            said = len(acknowledged)
            eventually(lambda said=said: len(acknowledged) > said + 5, "they write")  # type: ignore[misc]
            started_anew(server, other, ticket, pages)
    finally:
        over.set()
        for hand in hands:
            hand.join(30)
    eventually(lambda: all(page.heard >= set(acknowledged) for page in pages), "each page heard of all", BACK_WITHIN)
    for page in pages:
        page.closes()
    stored = [one["text"] for one in front.person("ada").messages(ticket)][1:]
    assert set(acknowledged) <= set(stored), "acknowledged and lost"
    assert len(stored) == len(set(stored)), "done twice"
    away = [gap for page in pages for gap in page.away]
    assert len(away) >= 2
    assert max(away) < BACK_WITHIN
    assert "rror" not in front.words()
    assert "Traceback" not in front.words()
    print(f"\nrolling: {len(acknowledged)} acknowledged, 0 lost, away {', '.join(f'{gap:.1f} s' for gap in away)}")
