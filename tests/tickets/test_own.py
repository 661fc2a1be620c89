"""Whose it is: compared before it is set, so that a taking never overrides one that was not seen."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import Desk, Person


def test_bianca_takes_it_and_everyone_sees_that(bianca: Person, hanna: Person, ticket: int) -> None:
    inside, beside = hanna.watches(f"ticket/{ticket}"), hanna.watches("inbox/1")
    assert bianca.takes(ticket)["ticket"]["owner"] == bianca.id
    told = inside.hears_fact("owner_changed")
    assert (told["data"]["set"]["owner"], told["data"]["was"], told["by"]["name"]) == (bianca.id, None, "Bianca")
    beside.hears("rows", lambda one: any(row["owner"] == bianca.id for row in one["rows"] if row["id"] == ticket))


def test_whoever_comes_second_is_told_who_has_it_by_whom_and_since_when(
    bianca: Person, hanna: Person, omid: Person, ticket: int
) -> None:
    omid.gives(ticket, bianca.id).ok()
    refused = hanna.takes(ticket)
    assert (refused.status, refused.problem) == (409, "owner-taken")
    assert refused["owner"] == {"id": bianca.id, "name": "Bianca"}
    assert refused["by"] == {"id": omid.id, "name": "Omid"}
    assert refused["version"] == bianca.sees(ticket)["versions"]["owner"]
    assert bianca.sees(ticket)["owner"] == bianca.id


def test_taking_over_says_from_whom(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.takes(ticket).ok()
    assert hanna.takes(ticket, instead_of=bianca.id)["ticket"]["owner"] == hanna.id
    assert bianca.takes(ticket, instead_of=bianca.id)["owner"]["name"] == "Hanna"


def test_letting_go_compares_as_well(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.takes(ticket).ok()
    assert hanna.gives(ticket, None).problem == "owner-taken"
    assert bianca.gives(ticket, None, instead_of=bianca.id)["ticket"]["owner"] is None
    refused = hanna.takes(ticket, instead_of=bianca.id)
    assert (refused["owner"], refused["title"]) == (None, "Nobody has it any more")


def test_what_is_so_already_is_no_event(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.takes(ticket).ok()
    assert bianca.takes(ticket).status == 200
    assert hanna.gives(ticket, bianca.id).status == 200
    assert desk.kinds(f"ticket/{ticket}").count("owner_changed") == 1


def test_nobody_gets_what_she_may_not_see(bianca: Person, lena: Person, ticket: int) -> None:
    for nobody in (lena.id, 999, 0, -1, 2**60):
        refused = bianca.gives(ticket, nobody)
        assert (refused.status, refused["errors"][0]["field"]) == (422, "agent")
    assert bianca.sees(ticket)["owner"] is None


def test_nobody_gets_what_whoever_left_could_not_do(own_desk: Desk, ada: Person, bianca: Person, ticket: int) -> None:
    hanna = next(one for one in ada.get("/people")["people"] if one["name"] == "Hanna")
    change = {"from_version": hanna["version"], "disabled": True}
    ada.send("PATCH", f"/people/{hanna['id']}", change).ok()
    assert bianca.gives(ticket, hanna["id"]).status == 422
    assert bianca.takes(ticket).status == 200


@pytest.mark.two_servers
def test_of_many_who_take_at_once_one_has_it(desk: Desk, ticket: int) -> None:
    everyone = [desk.person(name) for name in ("ada", "bianca", "hanna", "omid")]
    with ThreadPoolExecutor(len(everyone)) as hands:
        answers = list(hands.map(lambda one: one.takes(ticket), everyone))
    won = [one for one, answer in zip(everyone, answers, strict=True) if answer.status == 200]
    assert [one.id for one in won] == [won[0].sees(ticket)["owner"]]
    assert {answer["owner"]["id"] for answer in answers if answer.status == 409} == {won[0].id}
