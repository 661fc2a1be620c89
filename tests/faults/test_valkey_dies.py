"""People on two servers while the wire between these is killed, paused, emptied: who stays is there, with all."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import pytest

from tests.cast import INBOXES, Person, Tab, doings, eventually, holder_of
from tests.served import ServedDesk, house
from tests.valkey import Wire, valkey

pytestmark = [pytest.mark.faults, pytest.mark.postgres]
WHOLE_AGAIN = 15.0  # where others keep the machine busy; by itself it takes less than five, as is printed
TYPES_EVERY = 1.0
ELSEWHERE_FOR = 12.0  # who is on a server that is not heard for so long is not shown by the others
# How it fails, and how it comes back; seconds in between.
OUTAGES: dict[str, tuple[Callable[[Wire], None], Callable[[Wire], None], float]] = {
    "emptied": (Wire.is_emptied, lambda _wire: None, 0.0),
    "killed": (Wire.is_killed, Wire.is_started_again, 3.0),
    "paused": (Wire.is_paused, Wire.goes_on, 8.0),
    "killed for long": (Wire.is_killed, Wire.is_started_again, ELSEWHERE_FOR + 3.0),
}


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with valkey(tmp_path_factory.mktemp("valkey")) as running:
        yield running


@pytest.fixture(scope="module")
def two(template: Path, tmp_path_factory: pytest.TempPathFactory, wire: Wire) -> Iterator[list[ServedDesk]]:
    with house(template, tmp_path_factory.mktemp("two") / "desk", 2, wire) as desks:
        yield desks


@pytest.fixture
def desks(two: list[ServedDesk]) -> Iterator[list[ServedDesk]]:
    yield two
    for desk in two:
        desk.nobody_stays()


class Watch:
    """Somebody who looks at a ticket by one of the servers, from beside."""

    def __init__(self, person: Person, ticket: int) -> None:
        self.place = f"ticket/{ticket}"
        self.tab = person.watches(self.place)

    def told(self) -> list[tuple[dict[str, str], str | None]]:
        """Each that was said so far: who does what, and who holds it."""
        crowds = [crowd for one in list(self.tab.heard) for crowd in one.get("crowds", ())]
        return [(doings(crowd), holder_of(crowd)) for crowd in crowds if crowd["place"] == self.place]

    def shows(self, who: dict[str, str], holder: str) -> bool:
        return self.told()[-1] == (who, holder)


@contextmanager
def typing(*people: tuple[Tab, int]) -> Iterator[None]:
    """They write, and their pages say so again and again."""
    over = threading.Event()

    def types(tab: Tab, ticket: int) -> None:
        while not over.wait(TYPES_EVERY):
            tab.writes(ticket)

    with ThreadPoolExecutor(len(people)) as hands:
        running = [hands.submit(types, *one) for one in people]
        try:
            yield
        finally:
            over.set()
        for one in running:
            one.result()


def opened(person: Person, inbox: str) -> int:
    body = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken.", "inbox": INBOXES[inbox]}
    return int(person.send("POST", "/tickets", body).ok()["id"])


def drafts(person: Person, ticket: int) -> list[str]:
    return [one["body"] for one in person.get(f"/tickets/{ticket}/drafts").ok()["drafts"]]


@pytest.mark.parametrize("outage", OUTAGES)
def test_nobody_who_stays_is_missed_and_no_text_is_harmed(desks: list[ServedDesk], wire: Wire, outage: str) -> None:
    fails, comes_back, span = OUTAGES[outage]
    here, there = desks
    bianca, ada, hanna = here.person("bianca"), here.person("ada"), there.person("hanna")
    first, second = opened(ada, "VIP"), opened(ada, "Support")
    watches = [[Watch(desk.person("omid"), ticket) for desk in desks] for ticket in (first, second)]
    hers, theirs, adas = bianca.opens(first), hanna.opens(second), ada.opens(second)
    fences = [bianca.locks(first).ok()["fence"], hanna.locks(second).ok()["fence"]]
    begun = bianca.drafts(first, "Dear Nora").ok()
    with typing((hers, first), (theirs, second)):

        def is_whole(ada_does: str) -> bool:
            expected = {"Bianca": "writing_reply"}, {"Hanna": "writing_reply", "Ada": ada_does}
            holders = "Bianca", "Hanna"
            return all(
                watch.shows(who, holder)
                for two, who, holder in zip(watches, expected, holders, strict=True)
                for watch in two
            )

        eventually(lambda: is_whole("viewing"), "both servers show everyone")
        since = [[len(watch.told()) for watch in two] for two in watches]
        failed = time.monotonic()
        fails(wire)
        try:
            bianca.drafts(first, "Dear Nora, it is", begun["draft"]["number"]).ok()
            ada.replies(second, f"During: {outage}").ok()
            blind = ada.replies(second, f"Blind: {outage}", seen=1)
            ada.notes(first, f"A note: {outage}").ok()
            assert ada.locks(first).problem == hanna.locks(first).problem == "locked"
            threading.Event().wait(max(0.0, failed + span - time.monotonic()))  # the outage itself
        finally:
            comes_back(wire)
        back = time.monotonic()
        adas.writes(second, "writing_note")
        eventually(lambda: is_whole("writing_note"), "whole again on both servers", WHOLE_AGAIN)
        print(f"\n{outage}: whole again on both servers after {time.monotonic() - back:.2f} s")
    words = [watch.told()[at:] for watch, at in zip(chain(*watches), chain(*since), strict=True)]
    assert not [one for told in words for one in told if "left" in one[0].values()], "somebody left"
    assert {holder for told in words[:2] for _, holder in told} <= {"Bianca"}
    assert {holder for told in words[2:] for _, holder in told} <= {"Hanna"}
    own = [words[0], words[3]] if span > ELSEWHERE_FOR else words
    assert all({"Bianca", "Hanna"} & who.keys() for told in own for who, _ in told)
    assert [bianca.locks(first).ok()["fence"], hanna.locks(second).ok()["fence"]] == fences
    assert blind.problem == "reply-held"
    for desk in desks:
        reader = desk.person("ada")
        assert [one["text"] for one in reader.messages(second)] == ["Broken.", f"During: {outage}"]
        assert [one["text"] for one in reader.messages(first)] == ["Broken.", f"A note: {outage}"]
        assert [one["body"] for one in reader.held(second)] == [f"Blind: {outage}"]
        assert drafts(desk.person("bianca"), first) == ["Dear Nora, it is"]
    for desk in desks:
        assert "Traceback" not in desk.words()
