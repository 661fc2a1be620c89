"""Hello, watch, snapshot, then everything that happens there, once and in order."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from elbowroom.live import watching
from elbowroom.live.watching import Watching
from tests.cast import Desk, Nora, Person, Tab, eventually


def frames(tab: Tab, place: str) -> list[dict[str, Any]]:
    return [one for one in tab.heard if one.get("place") == place and "n" in one and one["type"] != "ping"]


def facts(tab: Tab, place: str) -> list[dict[str, Any]]:
    return [fact for one in frames(tab, place) for fact in one.get("facts", ())]


def test_hello_is_answered_with_who_one_is_and_how_far_the_feed_went(desk: Desk, bianca: Person) -> None:
    welcome = bianca.tab().welcome
    assert welcome["me"] == bianca.get("/me").body
    assert {"epoch", "position", "mark", "now"} <= welcome.keys()
    assert (welcome["resumed"], welcome["settling"]) == (False, False) or welcome["settling"] is True


def test_a_snapshot_is_what_one_would_fetch(bianca: Person, hanna: Person, ticket: int) -> None:
    hanna.drafts(ticket, "Not for Bianca").ok()
    bianca.drafts(ticket, "Dear Nora").ok()
    told = bianca.tab().watches(f"ticket/{ticket}")
    state = told["state"]
    assert state["ticket"] == bianca.sees(ticket)
    assert state["messages"] == bianca.messages(ticket)
    assert [one["body"] for one in state["drafts"]] == ["Dear Nora"]
    assert told["version"] == state["ticket"]["version"]


def test_every_frame_has_its_number_and_every_fact_comes_once(
    desk: Desk, bianca: Person, hanna: Person, ticket: int
) -> None:
    place, tab = f"ticket/{ticket}", hanna.tab()
    first = tab.watches(place)
    with ThreadPoolExecutor(4) as hands:
        list(hands.map(lambda number: bianca.notes(ticket, f"Note {number}").ok(), range(40)))
    fresh = range(first["version"] + 1, first["version"] + 41)  # older ones may echo, and are known
    eventually(lambda: any(fact["version"] == fresh[-1] for fact in facts(tab, place)), "she heard the last one")
    assert [fact["version"] for fact in facts(tab, place) if fact["version"] in fresh] == list(fresh)
    assert [one["n"] for one in frames(tab, place)] == list(range(first["n"], first["n"] + len(frames(tab, place))))


@pytest.mark.one_server  # a stream is one process's
def test_tabs_that_share_a_stream_share_its_numbers(bianca: Person, hanna: Person, ticket: int) -> None:
    early, place = bianca.watches(f"ticket/{ticket}"), f"ticket/{ticket}"
    hanna.notes(ticket, "One").ok()
    early.hears_fact("note_added")
    late = hanna.tab()
    first = late.watches(place)
    bianca.notes(ticket, "Two").ok()
    for tab in (early, late):
        tab.hears_fact("note_added")
    assert frames(early, place)[-1]["n"] == frames(late, place)[-1]["n"] == first["n"] + 1


def test_watching_again_brings_a_fresh_snapshot_and_no_echo(bianca: Person, hanna: Person, ticket: int) -> None:
    tab, place = hanna.watches(f"ticket/{ticket}"), f"ticket/{ticket}"
    bianca.notes(ticket, "One").ok()
    tab.hears_fact("note_added")
    again = tab.watches(place)
    assert len(again["state"]["messages"]) == 2
    bianca.notes(ticket, "Two").ok()
    heard = tab.hears("facts", place=place)
    assert (heard["n"], len(heard["facts"])) == (again["n"] + 1, 1)


def test_whoever_stopped_watching_hears_no_more(bianca: Person, hanna: Person, nora: Nora, ticket: int) -> None:
    tab, other = hanna.watches(f"ticket/{ticket}"), nora.writes()
    tab.watches(f"ticket/{other}")
    tab.says(type="unwatch", place=f"ticket/{ticket}")
    tab.watches(f"ticket/{other}")
    bianca.notes(ticket, "Unheard").ok()
    bianca.notes(other, "Heard").ok()
    tab.hears_fact("note_added", place=f"ticket/{other}")
    assert "Unheard" not in str(tab.heard)


def test_a_thousand_places_are_too_many(hanna: Person, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "WATCHED", 3)
    tab = hanna.tab()
    for place in ("inbox/1", "inbox/3", "inbox/4"):
        tab.watches(place)
    tab.says(type="watch", place="inbox/5")
    assert tab.hears("error")["place"] == "inbox/5"
    tab.watches("inbox/4")
    tab.says(type="unwatch", place="inbox/4")
    tab.watches("inbox/5")


@pytest.fixture
def around_the_read(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Does something right before, or right after, a snapshot is read and before it is told."""

    def put(*, before: Callable[[], Any] = lambda: None, after: Callable[[], Any] = lambda: None) -> None:
        read = Watching._view

        def slow(self: Watching, *asked: Any) -> Any:
            before()
            told = read(self, *asked)
            after()
            return told

        monkeypatch.setattr(Watching, "_view", slow)

    return put


@pytest.fixture(params=["nobody listens yet", "others listen"])
def ways(request: pytest.FixtureRequest, desk: Desk, bianca: Person, ticket: int) -> None:
    """Both ways in: asked whose the place is and then what is there, or both at once beside those who are there."""
    if request.param == "others listen":
        bianca.watches(f"ticket/{ticket}")


def fed(desk: Desk, ticket: int, body: str) -> Callable[[], None]:
    """A note is committed and through the feed, so that it was given out to all who listen."""

    def happens() -> None:
        desk.person("omid").notes(ticket, body).ok()
        stream = desk.live.streams.find(f"ticket/{ticket}", "department:1")
        newest = desk.facts(f"ticket/{ticket}")[-1]["position"]
        eventually(lambda: desk.live.feed.cursor.position >= newest and not stream.facts, "the feed has passed it")

    return happens


@pytest.mark.one_server
def test_what_is_committed_after_the_snapshot_was_read_is_heard_once(
    desk: Desk, hanna: Person, ticket: int, ways: None, around_the_read: Callable[..., None]
) -> None:
    around_the_read(after=fed(desk, ticket, "In between"))
    tab = hanna.tab()
    snapshot = tab.watches(f"ticket/{ticket}")
    assert len(snapshot["state"]["messages"]) == 1
    heard = tab.hears("facts")
    assert (heard["n"], heard["facts"][0]["data"]["message"]["text"]) == (snapshot["n"] + 1, "In between")
    hanna.notes(ticket, "Later").ok()
    tab.hears("facts", n=snapshot["n"] + 2)
    assert [fact["version"] for fact in facts(tab, f"ticket/{ticket}")] == [
        snapshot["version"] + 1, snapshot["version"] + 2]  # fmt: skip


@pytest.mark.one_server
def test_what_is_committed_before_the_snapshot_was_read_is_in_it_and_bears_its_version(
    desk: Desk, hanna: Person, ticket: int, ways: None, around_the_read: Callable[..., None]
) -> None:
    around_the_read(before=fed(desk, ticket, "Just before"))
    tab = hanna.tab()
    snapshot = tab.watches(f"ticket/{ticket}")
    assert snapshot["state"]["messages"][-1]["text"] == "Just before"
    heard = tab.hears("facts")
    assert heard["n"] == snapshot["n"] + 1
    assert {fact["version"] for fact in heard["facts"]} == {snapshot["version"]}  # known, so a page passes it over


@pytest.mark.parametrize("others", [False, True])
@pytest.mark.one_server
def test_who_loses_the_right_while_her_snapshot_is_read_gets_none(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, nora: Nora, around_the_read: Callable[..., None],
    others: bool,
) -> None:  # fmt: skip
    ticket = nora.writes()
    if others:
        bianca.watches(f"ticket/{ticket}")
    version = next(one["version"] for one in ada.get("/people")["people"] if one["id"] == hanna.id)
    rights, live = hanna.get("/me")["rights"], own_desk.live

    def moved() -> None:
        ada.send("PATCH", f"/people/{hanna.id}", {"from_version": version, "departments": [2]})
        eventually(lambda: live.rights[hanna.id] > rights, "this process knows of it")

    around_the_read(after=moved)
    tab = hanna.tab()
    tab.says(type="watch", place=f"ticket/{ticket}")
    tab.hears("rights")
    hanna.tab().watches(f"person/{hanna.id}")
    assert "My lamp is broken." not in str(tab.heard)


def test_a_ticket_that_moves_while_her_snapshot_is_read_beside_others_is_told_from_where_it_lies(
    own_desk: Desk, ada: Person, bianca: Person, nora: Nora, around_the_read: Callable[..., None]
) -> None:
    """She is of both departments: what she watches in the end is the place as it is told now."""
    ticket = nora.writes()
    place = f"ticket/{ticket}"
    bianca.watches(place)

    def moves() -> None:
        if not own_desk.live.streams.find(place, "department:2"):
            ada.changes(ticket, inbox=2)
            newest = own_desk.facts(place)[-1]["position"]
            eventually(lambda: own_desk.live.feed.cursor.position >= newest, "the feed has passed it")

    around_the_read(after=moves)
    tab = ada.tab()
    snapshot = tab.watches(place)
    assert snapshot["state"]["ticket"]["inbox"] == 2
    ada.notes(ticket, "In its new place.").ok()
    tab.hears_fact("note_added", place=place)


@pytest.mark.one_server
def test_beside_others_one_question_is_enough(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.watches(f"ticket/{ticket}")
    tab = hanna.tab()
    asked = desk.live.turns
    before = asked.answered
    assert tab.watches(f"ticket/{ticket}")["type"] == "snapshot"
    assert asked.answered == before + 1
