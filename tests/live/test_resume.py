"""A connection that comes back gets what it missed, or a snapshot where nobody can say what that is."""

from typing import Any

import pytest

from elbowroom.kit import journal
from elbowroom.overview import places
from tests.cast import Desk, Nora, Person, Tab


def left_off(tab: Tab) -> dict[str, Any]:
    """What a page would resume from: the feed as far as it heard."""
    return {name: tab.welcome[name] for name in ("epoch", "position", "mark")}


def comes_back(person: Person, resume: dict[str, Any]) -> Tab:
    return person.tab(resume=resume)


def test_she_gets_what_she_missed_and_nothing_else(bianca: Person, hanna: Person, nora: Nora, ticket: int) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    resume = left_off(hanna.tab())
    version = bianca.sees(ticket)["version"]
    tab.closes()
    bianca.notes(ticket, "She called.").ok()
    bianca.changes(ticket, priority="high").ok()
    nora.writes()
    again = comes_back(hanna, resume)
    assert again.welcome["resumed"] is True
    missed = again.watches(f"ticket/{ticket}", known=True)
    assert missed["type"] == "resumed"
    assert [fact["version"] for fact in missed["facts"]] == [version + 1, version + 2]
    assert missed["facts"][0]["data"]["message"]["text"] == "She called."
    bianca.notes(ticket, "And again.").ok()
    heard = again.hears("facts", place=f"ticket/{ticket}")
    assert (heard["n"], heard["facts"][0]["version"]) == (missed["n"] + 1, version + 3)


def test_who_missed_nothing_is_told_so(hanna: Person, ticket: int) -> None:
    again = comes_back(hanna, left_off(hanna.tab()))
    assert again.watches(f"ticket/{ticket}", known=True)["facts"] == []


def test_a_list_resumes_with_rows_those_that_went_and_counts(bianca: Person, hanna: Person, nora: Nora) -> None:
    stays, goes = nora.writes(inbox="Advice"), nora.writes(inbox="Advice")
    resume = left_off(hanna.tab())
    bianca.changes(stays, subject="Two lamps").ok()
    bianca.changes(goes, inbox=1).ok()
    missed = comes_back(hanna, resume).watches("inbox/4", known=True)
    assert [(row["id"], row["subject"], row["changed_by"]["name"]) for row in missed["rows"]] == [
        (stays, "Two lamps", "Bianca")]  # fmt: skip
    assert [(one["id"], one["why"]) for one in missed["gone"]] == [(goes, "moved")]
    assert sum(one["n"] for one in missed["counts"]["counts"]) == 1


def test_what_is_not_known_comes_as_a_snapshot(bianca: Person, hanna: Person, ticket: int) -> None:
    again = comes_back(hanna, left_off(hanna.tab()))
    assert again.watches(f"ticket/{ticket}", known=False)["type"] == "snapshot"


@pytest.mark.parametrize("wrong", [{"epoch": "another"}, {"mark": 1}, {"position": 10**9}])
def test_a_point_of_another_history_is_no_point_to_go_on_from(
    hanna: Person, ticket: int, wrong: dict[str, Any]
) -> None:
    right = left_off(hanna.tab())
    again = comes_back(hanna, {**right, **wrong})
    assert again.welcome["resumed"] is False
    assert again.watches(f"ticket/{ticket}", known=True)["type"] == "snapshot"
    assert comes_back(hanna, right).welcome["resumed"] is True


def test_a_new_epoch_makes_everyone_begin_anew(own_desk: Desk, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    first = hanna.tab()
    resume = left_off(first)
    own_desk.write(journal.new_epoch)
    first.hears("bye")  # her server has noticed, or it would send her away once more
    again = comes_back(hanna, resume)
    assert again.welcome["resumed"] is False
    assert again.watches(f"ticket/{ticket}", known=True)["type"] == "snapshot"


@pytest.mark.one_server
def test_who_missed_very_much_gets_a_snapshot(
    bianca: Person, hanna: Person, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "MISSED", 3)
    resume = left_off(hanna.tab())
    bianca.notes(ticket, "One").ok()
    assert comes_back(hanna, resume).watches("inbox/1", known=True)["type"] == "resumed"
    for number in range(3):
        bianca.notes(ticket, f"And {number}").ok()
    assert comes_back(hanna, resume).watches("inbox/1", known=True)["type"] == "snapshot"


def test_after_a_restart_it_goes_on_where_it_was(own_desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    resume = left_off(hanna.tab())
    own_desk.restart()
    bianca.notes(ticket, "The desk was away.").ok()
    again = comes_back(hanna, resume)
    assert again.welcome["resumed"] is True
    missed = again.watches(f"ticket/{ticket}", known=True)
    # Where she left off may lie before the ticket: the feed had not told it yet.
    assert (missed["type"], missed["facts"][-1]["kind"]) == ("resumed", "note_added")


def test_whoever_lost_the_place_meanwhile_does_not_get_what_was_missed(
    own_desk: Desk, ada: Person, hanna: Person, nora: Nora
) -> None:
    """An old position is no key: the signed name of a stream once outlived the membership elsewhere."""
    ticket, kept = nora.writes(), nora.writes()
    resume = left_off(hanna.tab())
    ada.changes(ticket, inbox=2).ok()
    ada.notes(ticket, "Between us in Billing.").ok()
    again = comes_back(hanna, resume)
    again.says(type="watch", place=f"ticket/{ticket}", known=True)
    assert again.hears("error")["problem"]["status"] == 404
    missed = again.watches("inbox/1", known=True)
    assert [one["id"] for one in missed["gone"]] == [ticket]
    assert again.watches(f"ticket/{kept}", known=True)["type"] == "resumed"
    assert "Billing" not in str(again.heard)
