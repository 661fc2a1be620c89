"""Whoever hides is not seen viewing, idle, writing a note or leaving; a held lock or a begun reply is always named."""

import pytest

from tests.cast import Desk, Nora, Person, eventually
from tests.engines import looked_at


@pytest.fixture
def hidden(own_desk: Desk, bianca: Person) -> Person:
    bianca.send("PATCH", "/me", {"hidden": True}).ok()
    return bianca


def names(someone: Person, place: str) -> list[str]:
    """Whom a page that is opened now is told of."""
    crowds = someone.tab().watches(place)["crowds"]
    return [f"{one['name']} {one['doing']}" for crowd in crowds for one in crowd["people"]]


def test_what_she_looks_at_is_not_shown(hidden: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    hidden.opens(ticket)
    assert names(hanna, f"ticket/{ticket}") == []
    assert names(hanna, "inbox/1") == []


def test_a_begun_reply_and_a_held_lock_are_named(hidden: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    tab = hidden.opens(ticket)
    watching = hanna.watches(f"ticket/{ticket}")
    tab.is_here(f"ticket/{ticket}", "writing_note")
    hidden.locks(ticket).ok()
    watching.hears_lock(f"ticket/{ticket}", "Bianca")
    tab.is_here(f"ticket/{ticket}", "writing_reply")
    watching.hears_crowd(f"ticket/{ticket}", lambda crowd: crowd == {"Bianca": "writing_reply"})
    assert "writing_note" not in str(watching.heard)


def test_going_leaves_no_trace(own_desk: Desk, hidden: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    tab = hidden.opens(ticket)
    tab.is_here(None)
    tab.closes()
    own_desk.travel(6)
    assert names(hanna, f"ticket/{ticket}") == []


def test_hiding_takes_effect_at_once_and_back(own_desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    place = f"ticket/{ticket}"
    bianca.opens(ticket)
    watching = hanna.watches(place)
    assert names(hanna, place) == ["Bianca viewing"]
    bianca.send("PATCH", "/me", {"hidden": True}).ok()
    watching.hears_crowd(place, lambda crowd: crowd == {})
    bianca.send("PATCH", "/me", {"hidden": False}).ok()
    watching.hears_crowd(place, lambda crowd: list(crowd) == ["Bianca"])


def test_a_trace_from_before_goes_too(own_desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    tab = bianca.opens(ticket)
    tab.is_here(None)
    eventually(lambda: names(hanna, f"ticket/{ticket}") == ["Bianca left"], "she has left")
    bianca.send("PATCH", "/me", {"hidden": True}).ok()
    eventually(lambda: names(hanna, f"ticket/{ticket}") == [], "her trace is gone")


def test_nothing_is_kept_of_who_looked_at_what(own_desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    """Read from the store itself: no row joins a person with a place where she only looked."""
    ticket = nora.writes()
    tabs = [one.opens(ticket, "viewing") for one in (bianca, hanna)]
    tabs[1].is_here(f"ticket/{ticket}", "writing_reply")
    tabs[0].is_here(None)
    for tab in tabs:
        tab.closes()
    own_desk.travel(20)
    with looked_at(own_desk.folder) as store:
        assert store.rows("SELECT * FROM locks WHERE person IS NOT NULL") == []
        assert store.rows("SELECT * FROM drafts") == []
        told = store.rows("SELECT kind FROM facts WHERE place = ?", [f"ticket/{ticket}"])
        assert {row["kind"] for row in told} <= {"ticket_opened", "message_added", "follower_added"}
        sessions = store.rows("SELECT * FROM sessions")
    assert not [row for row in sessions if f"ticket/{ticket}" in str(row)]
