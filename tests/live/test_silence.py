"""A page that says nothing for twelve seconds is gone for the others: should it wake, it must come back and be seen."""

import pytest

from elbowroom.live import pulse
from elbowroom.together.presence import Entry
from tests.cast import Desk, Person, Tab, eventually


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Desk:
    monkeypatch.setattr(pulse, "PING_FOR", 0.05)
    desk: Desk = request.getfixturevalue("own_desk")
    return desk


def hangs(tab: Tab) -> None:
    """And all that it said before has arrived."""
    tab.hangs()
    for place in ("inbox/1", "inbox/3"):
        tab.watches(place)


def falls_silent(desk: Desk, tab: Tab) -> None:
    """For thirteen seconds, while everyone else answers."""
    hangs(tab)
    tab.falls_silent()
    hers = entry_of(desk, tab)

    def past() -> None:
        hers.heard -= 13

    desk.on_loop(past)
    desk.travel(0)


def entry_of(desk: Desk, tab: Tab) -> Entry:
    entries: dict[str, Entry] = desk.live.crowds.board.entries
    return next(entry for key, entry in entries.items() if tab.name in key)


def test_who_slept_is_hung_up_on_so_that_she_comes_back(desk: Desk, bianca: Person, hanna: Person) -> None:
    watching, tab = hanna.watches("inbox/1"), bianca.tab()
    tab.is_here("inbox/1")
    watching.hears_crowd("inbox/1", lambda who: who.get("Bianca") == "viewing")
    falls_silent(desk, tab)
    watching.hears_crowd("inbox/1", lambda who: who.get("Bianca") == "left")
    tab.ends()
    again = bianca.tab(tab=tab.name, resume={name: tab.welcome[name] for name in ("epoch", "position", "mark")})
    assert again.welcome["resumed"] is True
    again.is_here("inbox/1")
    watching.hears_crowd("inbox/1", lambda who: who.get("Bianca") == "viewing")


def test_who_is_stuck_is_idle_and_not_hung_up_on(desk: Desk, bianca: Person, hanna: Person) -> None:
    watching, tab = hanna.watches("inbox/1"), bianca.tab()
    tab.is_here("inbox/1", "writing_note")
    watching.hears_crowd("inbox/1", lambda who: who.get("Bianca") == "writing_note")
    hangs(tab)
    hers = entry_of(desk, tab)

    def past() -> None:
        hers.heard -= 11
        hers.answered -= 13

    desk.on_loop(past)
    eventually(lambda: hers.heard == desk.clock.monotonic(), "her browser answers for her page")
    watching.hears_crowd("inbox/1", lambda who: who.get("Bianca") == "idle")
    tab.is_here("inbox/1")
    watching.hears_crowd("inbox/1", lambda who: who.get("Bianca") == "viewing")
    assert not tab.is_over


@pytest.mark.one_server
def test_who_answers_is_left_alone(desk: Desk, bianca: Person, hanna: Person) -> None:
    tab = bianca.tab()
    falls_silent(desk, hanna.tab())
    for _ in range(3):
        tab.hears("ping")
    assert tab.watches("inbox/1")["type"] == "snapshot"
