"""The heartbeat says "you have all up to here", so it must never say so too early, nor while nothing is delivered."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from elbowroom.live import pulse
from elbowroom.live.pulse import Pulse
from tests.cast import Desk, Nora, Person, eventually

pytestmark = pytest.mark.one_server


@pytest.fixture
def quick_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the house of the test starts."""
    monkeypatch.setattr(pulse, "HEARTBEAT_FOR", 0.01)
    monkeypatch.setattr(pulse, "PING_FOR", 0.2)  # whose answers are too many otherwise, where the machine is slow
    monkeypatch.setattr(pulse, "POLL_FOR", 0.02)


@pytest.fixture
def desk(quick_beats: None, own_desk: Desk) -> Desk:
    return own_desk


def test_it_is_never_ahead_of_what_was_heard(desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket, tab = nora.writes(), hanna.tab()
    shown = tab.watches(f"ticket/{ticket}")["version"]
    with ThreadPoolExecutor(3) as hands:
        list(hands.map(lambda number: bianca.notes(ticket, f"Note {number}").ok(), range(60)))
    kept = [fact["position"] for fact in desk.facts(f"ticket/{ticket}") if fact["version"] > shown]
    tab.hears("heartbeat", lambda one: one["position"] >= kept[-1])
    heard, beats = set(), 0
    for one in tab.heard:
        if one["type"] == "facts":
            heard |= {fact["position"] for fact in one["facts"]}
        if one["type"] == "heartbeat":
            assert {position for position in kept if position <= one["position"]} <= heard
            beats += bool(heard)
    assert beats > 3


def test_it_names_a_point_of_the_feed_that_one_can_resume_from(desk: Desk, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    beat = hanna.tab().hears("heartbeat", lambda one: one["position"] > 0)
    resume = {name: beat[name] for name in ("epoch", "position", "mark")}
    nora.answers(ticket, "Missed.")
    again = hanna.tab(resume=resume)
    assert again.welcome["resumed"] is True
    assert "message_added" in str(again.watches(f"ticket/{ticket}", known=True)["facts"])


def test_pings_are_numbered(desk: Desk, hanna: Person) -> None:
    tab = hanna.tab()
    first = tab.hears("ping")["n"]
    assert tab.hears("ping")["n"] == first + 1


@pytest.fixture
def silence(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """While it lasts the store answers nobody who looks after rights."""
    looks, silent = Pulse._look, [False]

    async def look(self: Pulse) -> None:
        if silent[0]:
            raise TimeoutError("the store is silent")
        await looks(self)

    monkeypatch.setattr(Pulse, "_look", look)
    yield silent
    silent[0] = False


def test_while_the_store_is_silent_nothing_is_delivered_and_then_everything(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora, silence: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, streams = nora.writes(), desk.live.streams
    tab = hanna.watches(f"ticket/{ticket}")
    silence[0] = True
    monkeypatch.setattr(pulse, "SILENT_FOR", 0.1)
    eventually(lambda: streams.paused, "delivery stopped")
    bianca.notes(ticket, "Nobody knows who may hear this.").ok()
    newest = desk.facts(f"ticket/{ticket}")[-1]["position"]
    eventually(lambda: desk.live.feed.cursor.position >= newest, "the feed has read it")
    beats = len(tab.heard)
    for _ in range(5):
        desk.on_loop(streams.flush_all)
        time.sleep(0.02)  # several heartbeats would fit in here
    assert "Nobody knows" not in str(tab.heard)
    assert [
        one["position"] for one in tab.heard[beats:] if one["type"] == "heartbeat" and one["position"] >= newest
    ] == []
    monkeypatch.setattr(pulse, "SILENT_FOR", 1.0)
    silence[0] = False
    assert tab.hears_fact("note_added")["data"]["message"]["text"] == "Nobody knows who may hear this."
    assert not streams.paused


def test_the_head_is_looked_at_so_that_a_lost_word_costs_half_a_second(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    tab = hanna.watches(f"ticket/{ticket}")
    desk.engines.bus._listeners["facts"] = []
    bianca.notes(ticket, "The bus lost it.").ok()
    assert tab.hears_fact("note_added")["data"]["message"]["text"] == "The bus lost it."
    assert pulse.POLL_FOR <= 0.5


def test_the_side_file_follows_the_feed(desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    nora.writes()
    file, newest = desk.folder / "position.json", desk.facts("ticket/1")[-1]["position"]
    hanna.tab()
    eventually(lambda: file.exists() and json.loads(file.read_text())["position"] >= newest, "it was noted")
