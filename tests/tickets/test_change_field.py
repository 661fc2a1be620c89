"""A field is changed as its changer saw it, all of a change or nothing of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.cast import Desk, Person


def test_a_change_shows_its_author_at_once(bianca: Person, ticket: int) -> None:
    answer = bianca.changes(ticket, subject="Two lamps", priority="high").ok()
    assert (answer["subject"], answer["priority"]) == ("Two lamps", "high")
    facts = [fact for fact in answer["facts"] if fact["kind"] == "field_changed"]
    assert [fact["data"]["field"] for fact in facts] == ["subject", "priority"]
    assert answer["version"] == facts[-1]["version"]
    assert answer["versions"]["subject"] == facts[0]["version"]


def test_colleagues_hear_the_value_the_former_one_and_who(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    bianca.changes(ticket, status="escalated").ok()
    told = tab.hears_fact("field_changed")
    assert told["data"] == {"field": "status", "was": "open", "set": {"status": "escalated", "queue": "new"}}
    assert told["by"] == {"id": bianca.id, "name": "Bianca"}


def test_two_who_change_different_fields_both_get_through(bianca: Person, hanna: Person, ticket: int) -> None:
    seen = bianca.sees(ticket)["version"]
    bianca.changes(ticket, from_version=seen, subject="Two lamps").ok()
    hanna.changes(ticket, from_version=seen, priority="urgent").ok()
    assert (bianca.sees(ticket)["subject"], bianca.sees(ticket)["priority"]) == ("Two lamps", "urgent")


def test_a_field_that_changed_meanwhile_is_refused_with_the_newer_value_and_its_author(
    bianca: Person, hanna: Person, ticket: int
) -> None:
    seen = hanna.sees(ticket)["version"]
    bianca.changes(ticket, priority="urgent").ok()
    refused = hanna.changes(ticket, from_version=seen, priority="low")
    assert (refused.status, refused.problem) == (409, "stale")
    newer = refused["fields"]["priority"]
    assert (newer["value"], newer["by"]) == ("urgent", {"id": bianca.id, "name": "Bianca"})
    assert newer["version"] == bianca.sees(ticket)["versions"]["priority"]
    assert newer["at"].endswith("Z")
    assert hanna.changes(ticket, from_version=newer["version"], priority="low").status == 200


def test_of_a_change_all_or_nothing_is_stored(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    seen = hanna.sees(ticket)["version"]
    bianca.changes(ticket, priority="urgent").ok()
    kept = desk.kinds(f"ticket/{ticket}")
    refused = hanna.changes(ticket, from_version=seen, subject="Two lamps", priority="low", status="closed")
    assert refused["fields"].keys() == {"priority"}
    assert (bianca.sees(ticket)["subject"], bianca.sees(ticket)["status"]) == ("Lamp broken", "open")
    assert desk.kinds(f"ticket/{ticket}") == kept


def test_a_wrong_value_beside_a_good_one_spoils_both(bianca: Person, ticket: int) -> None:
    refused = bianca.changes(ticket, subject="Two lamps", priority="very")
    assert (refused.status, refused["errors"][0]["field"]) == (422, "priority")
    assert bianca.sees(ticket)["subject"] == "Lamp broken"


def test_what_she_saw_may_be_any_version_since_the_field_changed(bianca: Person, hanna: Person, ticket: int) -> None:
    seen = bianca.sees(ticket)["version"]
    hanna.notes(ticket, "She called.").ok()
    hanna.labels(ticket, "lamp").ok()
    assert bianca.sees(ticket)["version"] > seen
    assert bianca.changes(ticket, from_version=seen, subject="Two lamps").status == 200


def test_a_page_ahead_of_the_desk_catches_up_first(bianca: Person, ticket: int) -> None:
    ahead = bianca.sees(ticket)["version"] + 1
    assert bianca.changes(ticket, from_version=ahead, subject="Two lamps").problem == "resync"
    assert bianca.changes(ticket, from_version=ahead - 1, subject="Two lamps").status == 200


def test_what_is_so_already_is_no_event_however_old_the_view(desk: Desk, bianca: Person, ticket: int) -> None:
    bianca.changes(ticket, priority="high").ok()
    kept = desk.kinds(f"ticket/{ticket}")
    answer = bianca.changes(ticket, from_version=1, priority="high")
    assert (answer.status, answer["facts"]) == (200, [])
    assert desk.kinds(f"ticket/{ticket}") == kept


def test_a_retried_change_does_not_conflict_with_itself(bianca: Person, hanna: Person, ticket: int) -> None:
    seen = bianca.sees(ticket)["version"]
    first = bianca.changes(ticket, from_version=seen, key="one", subject="Two lamps")
    hanna.changes(ticket, subject="Three lamps").ok()
    again = bianca.changes(ticket, from_version=seen, key="one", subject="Two lamps")
    assert (again.status, again.body) == (200, first.body)
    assert bianca.sees(ticket)["subject"] == "Three lamps"


@pytest.mark.two_servers
def test_of_many_who_change_one_field_at_once_one_gets_through(desk: Desk, ticket: int) -> None:
    everyone = [desk.person(name) for name in ("ada", "bianca", "hanna", "omid") for _ in range(2)]
    seen = everyone[0].sees(ticket)["version"]
    with ThreadPoolExecutor(len(everyone)) as hands:
        subjects = [f"Lamp {number}" for number in range(len(everyone))]
        answers = list(hands.map(lambda one, to: one.changes(ticket, from_version=seen, subject=to),
                                 everyone, subjects))  # fmt: skip
    assert sorted(answer.status for answer in answers) == [200, *[409] * 7]


@pytest.mark.parametrize(
    ("field", "to"),
    [("subject", ""), ("subject", " \t\n"), ("subject", 7), ("subject", "\u200b"), ("status", "unknown"),
     ("priority", "HIGH"), ("inbox", "1"), ("owner", 2), ("id", 1), ("deleted", "yes")],
)  # fmt: skip
def test_what_can_not_be_used_is_named(bianca: Person, ticket: int, field: str, to: Any) -> None:
    before = bianca.sees(ticket)
    refused = bianca.changes(ticket, **{field: to})
    assert (refused.status, refused["errors"][0]["field"]) == (422, field)
    assert bianca.sees(ticket) == before


def test_a_change_of_nothing_says_how_one_looks(bianca: Person, ticket: int) -> None:
    answer = bianca.send("PATCH", f"/tickets/{ticket}", {})
    assert (answer.status, "from_version" in answer["detail"]) == (422, True)


def test_a_subject_is_one_line_of_300_characters(bianca: Person, ticket: int) -> None:
    assert bianca.changes(ticket, subject="  Two\r\nBcc: \tlamps\x07 ")["subject"] == "Two Bcc: lamps"
    assert bianca.changes(ticket, subject="灯" * 400)["subject"] == "灯" * 300


def test_in_the_bin_nothing_changes(bianca: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    assert bianca.changes(ticket, subject="Two lamps").problem == "gone"
    bianca.restores(ticket).ok()
    assert bianca.changes(ticket, subject="Two lamps").status == 200
