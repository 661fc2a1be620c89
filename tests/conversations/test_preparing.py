"""Colleagues see that someone has begun a reply, and may read it; nobody else does."""

from typing import Any

import pytest

from tests.cast import Desk, Nora, Person


@pytest.fixture
def watched(hanna: Person, ticket: int) -> Any:
    tab = hanna.tab()
    assert tab.watches(f"ticket/{ticket}")["state"]["colleagues"] == []
    return tab


def word(tab: Any) -> Any:
    (one,) = tab.hears("passing")["words"]
    return one


def begun(person: Person, ticket: int) -> Any:
    tab = person.tab()
    found = tab.watches(f"ticket/{ticket}")["state"]["colleagues"]
    tab.closes()
    return found


def text(person: Person, ticket: int, of: Person) -> Any:
    return person.get(f"/tickets/{ticket}/drafts/{of.id}")


def test_who_comes_sees_who_has_begun_without_the_text(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora").ok()
    (shown,) = begun(hanna, ticket)
    assert (shown["person"], shown["name"], shown["kind"]) == (bianca.id, "Bianca", "reply")
    assert "body" not in shown


def test_who_is_there_is_told_that_it_began_and_that_it_went(bianca: Person, watched: Any, ticket: int) -> None:
    bianca.drafts(ticket, "Dear").ok()
    assert word(watched)["draft"]["name"] == "Bianca"
    bianca.replies(ticket, "Dear Nora").ok()
    assert word(watched) == {"what": "draft", "person": bianca.id, "draft": None}
    assert "Dear" not in str([one for one in watched.heard if one["type"] == "passing"])


def test_who_types_on_is_told_of_only_now_and_then(desk: Desk, bianca: Person, watched: Any, ticket: int) -> None:
    at = bianca.drafts(ticket, "D").ok()["draft"]["number"]
    word(watched)
    for length in range(2, 9):
        desk.travel(1)
        at = bianca.drafts(ticket, "Dear Nora"[:length], at).ok()["draft"]["number"]
    bianca.notes(ticket, "Later.").ok()
    watched.hears_fact("note_added")
    told = [one for one in watched.heard if one["type"] == "passing"]
    assert 2 <= len(told) <= 3


def test_since_is_when_it_was_begun_and_at_when_it_changed(desk: Desk, bianca: Person, hanna: Person, ticket: int):
    at = bianca.drafts(ticket, "Dear").ok()["draft"]["number"]
    since = begun(hanna, ticket)[0]["since"]
    desk.travel(120)
    bianca.drafts(ticket, "Dear Nora", at).ok()
    (shown,) = begun(hanna, ticket)
    assert shown["since"] == since < shown["at"]


def test_a_colleague_reads_it_and_an_outsider_does_not(
    bianca: Person, hanna: Person, lena: Person, ticket: int
) -> None:
    bianca.drafts(ticket, "Dear Nora").ok()
    assert text(hanna, ticket, bianca).ok()["body"] == "Dear Nora"
    assert text(lena, ticket, bianca).status == 404
    assert text(hanna, ticket, hanna).status == 404


def test_a_note_begun_is_neither_shown_nor_told(bianca: Person, hanna: Person, watched: Any, ticket: int) -> None:
    bianca.drafts(ticket, "Between me and myself", kind="note").ok()
    bianca.notes(ticket, "Later.").ok()
    watched.hears_fact("note_added")
    assert not [one for one in watched.heard if one["type"] == "passing"]
    assert begun(hanna, ticket) == []
    assert text(hanna, ticket, bianca).status == 404


def test_an_emptied_box_is_no_draft(bianca: Person, hanna: Person, ticket: int) -> None:
    at = bianca.drafts(ticket, "Dear").ok()["draft"]["number"]
    bianca.drafts(ticket, "  ", at).ok()
    assert begun(hanna, ticket) == []


def test_who_may_not_see_the_ticket_any_more_is_named_to_nobody(own_desk: Desk) -> None:
    ticket = Nora(own_desk).writes()
    ada, bianca, hanna = map(own_desk.person, ("ada", "bianca", "hanna"))
    bianca.drafts(ticket, "Dear Nora").ok()
    assert len(begun(hanna, ticket)) == 1
    version = next(one["version"] for one in ada.get("/people")["people"] if one["id"] == bianca.id)
    ada.send("PATCH", f"/people/{bianca.id}", {"from_version": version, "departments": [2]}).ok()
    assert begun(hanna, ticket) == []
    assert text(hanna, ticket, bianca).status == 404


def test_what_she_types_on_where_she_lost_the_ticket_is_said_to_nobody(own_desk: Desk) -> None:
    ticket = Nora(own_desk).writes()
    ada, bianca, lena = map(own_desk.person, ("ada", "bianca", "lena"))
    begun_at = bianca.drafts(ticket, "Dear").ok()["draft"]["number"]
    ada.changes(ticket, inbox=2).ok()
    tab = lena.watches(f"ticket/{ticket}")
    own_desk.travel(10)
    bianca.drafts(ticket, "Dear Nora", begun_at).ok()
    ada.drafts(ticket, "Dear customer").ok()
    assert word(tab)["draft"]["name"] == "Ada"
    assert "Bianca" not in str(tab.heard)
    assert f"'person': {bianca.id}" not in str([one for one in tab.heard if one["type"] == "passing"])


def test_what_a_merge_carries_out_of_her_sight_is_said_to_nobody(own_desk: Desk) -> None:
    ticket, theirs = Nora(own_desk).writes(), Nora(own_desk).writes(inbox="Billing")
    ada, bianca, lena = map(own_desk.person, ("ada", "bianca", "lena"))
    bianca.drafts(ticket, "Dear Nora").ok()
    ada.drafts(ticket, "Dear customer").ok()
    tab = lena.watches(f"ticket/{theirs}")
    ada.merges(ticket, theirs).ok()
    assert word(tab)["draft"]["name"] == "Ada"
    tab.hears_fact("ticket_merged")
    assert "Bianca" not in str(tab.heard)


def test_it_is_said_again_to_who_was_away(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.tab()
    tab.watches(f"ticket/{ticket}")
    begun = tab.welcome
    tab.closes()
    bianca.drafts(ticket, "Dear Nora").ok()
    back = hanna.tab(resume={name: begun[name] for name in ("epoch", "position", "mark")})
    resumed = back.watches(f"ticket/{ticket}", known=True)
    assert resumed["type"] == "resumed"
    assert [one["name"] for one in resumed["colleagues"]] == ["Bianca"]
