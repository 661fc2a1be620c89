"""A page that says nothing for twelve seconds is gone for the others: should it wake, it must come back and be seen."""

import pytest

from elbowroom.live import pulse
from tests.cast import Desk, Person, Tab


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Desk:
    monkeypatch.setattr(pulse, "PING_FOR", 0.05)
    desk: Desk = request.getfixturevalue("own_desk")
    return desk


def falls_silent(desk: Desk, tab: Tab) -> None:
    """For thirteen seconds, while everyone else answers."""
    tab.hangs()
    board = desk.live.crowds.board
    hers = next(entry for key, entry in board.entries.items() if tab.name in key)

    def past() -> None:
        hers.heard -= 13

    desk.on_loop(past)
    desk.travel(0)


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


@pytest.mark.one_server
def test_who_answers_is_left_alone(desk: Desk, bianca: Person, hanna: Person) -> None:
    tab = bianca.tab()
    falls_silent(desk, hanna.tab())
    for _ in range(3):
        tab.hears("ping")
    assert tab.watches("inbox/1")["type"] == "snapshot"
