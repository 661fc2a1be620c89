"""I15: the bus only wakes. It may lose, repeat and reorder; nothing is lost, doubled or wrongly accepted for that."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from elbowroom.kit.bus import Bus
from tests.cast import Desk, Nora, Person, desk_of, eventually
from tests.converge.follow import Follower


@pytest.fixture
def deaf(template: Path, tmp_path: Path, overheard: None, monkeypatch: pytest.MonkeyPatch, seed: int) -> Iterator[Desk]:
    dice, waiting = random.Random(seed), list[Any]()
    spread = Bus.publish_all

    def publish_all(bus: Bus, told: list[tuple[str, Any]]) -> None:
        """Half of it never comes, some comes twice, some only with a later word."""
        waiting.append(told)
        dice.shuffle(waiting)
        for _ in range(dice.choice((0, 0, 1, 2))):
            spread(bus, dice.choice(waiting))
        del waiting[: -3 or None]

    monkeypatch.setattr(Bus, "publish_all", publish_all)
    with desk_of(template, tmp_path / "desk") as desk:
        yield desk


def test_pages_agree_though_the_bus_loses_half(deaf: Desk) -> None:
    nora, bianca, hanna = Nora(deaf), deaf.person("bianca"), deaf.person("hanna")
    ticket = nora.writes()
    place = f"ticket/{ticket}"
    followers = [Follower(one, place, "inbox/1", f"person/{one.id}") for one in (bianca, hanna)]
    for number in range(6):
        bianca.labels(ticket, f"label {number}").ok()
        bianca.replies(ticket, f"reply {number}").ok()
        assert hanna.replies(ticket, f"blind {number}", seen=1).problem == "reply-held"
        hanna.changes(ticket, subject=f"subject {number}").ok()
    for follower in followers:
        eventually(follower.is_live, "live")
        for one in (place, "inbox/1"):
            follower.agrees(one)
    assert [one["text"] for one in hanna.messages(ticket)][1:] == [f"reply {number}" for number in range(6)]
    assert len(hanna.held(ticket)) == 6


def test_new_rights_and_a_log_out_are_felt_without_the_bus(deaf: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Bus, "publish_all", lambda _bus, _told: None)
    ada, bianca, hanna = deaf.person("ada"), deaf.person("bianca"), deaf.person("hanna")
    tab, other = bianca.watches("inbox/1"), hanna.watches("inbox/1")
    _moves(ada, bianca)
    tab.hears("gone", place="inbox/1")
    hanna.signs_out().ok()
    assert other.ends() == 4401


def _moves(ada: Person, person: Person) -> None:
    now = next(one for one in ada.get("/people").ok()["people"] if one["id"] == person.id)
    ada.send("PATCH", f"/people/{person.id}", {"from_version": now["version"], "departments": [2]}).ok()
