from typing import Any

import pytest

from elbowroom.kit import journal
from elbowroom.people import agents, departments
from elbowroom.people.places import DepartmentPlace, PersonPlace

from .conftest import BILLING, SUPPORT, Browser, Desk


def test_an_administrator_makes_one_and_is_in_it(desk: Desk, ada: Browser) -> None:
    made = ada.send("POST", "/departments", {"name": " Returns "})
    assert made.status_code == 201
    assert made.json()["name"] == "Returns"
    assert [one["name"] for one in ada.get("/departments").json()["departments"]] == ["Support", "Billing", "Returns"]
    told = desk.facts(f"person/{ada.id}")[-1]
    assert told["data"]["set"]["departments"] == ada.get("/me").json()["departments"]
    assert told["data"]["set"]["rights"] == ada.get("/me").json()["rights"]


def test_what_its_people_hold_plus_the_fact_is_what_they_would_fetch(desk: Desk, ada: Browser, bianca: Browser) -> None:
    before = bianca.get("/departments").json()["departments"][0]
    ada.send("PATCH", "/departments/1", {"from_version": 1, "name": "Help"})
    told = desk.facts(f"department/{SUPPORT}")[-1]
    assert {**before, **told["data"]["set"]} == bianca.get("/departments").json()["departments"][0]


def test_a_name_serves_once_in_any_case(ada: Browser) -> None:
    assert ada.send("POST", "/departments", {"name": "SUPPORT"}).status_code == 422
    assert ada.send("PATCH", "/departments/2", {"from_version": 1, "name": "support"}).status_code == 422
    assert ada.send("PATCH", "/departments/1", {"from_version": 1, "name": "SUPPORT"}).status_code == 200


def test_a_stale_name_shows_the_newer_one(ada: Browser) -> None:
    ada.send("PATCH", "/departments/1", {"from_version": 1, "name": "Help"})
    answer = ada.send("PATCH", "/departments/1", {"from_version": 1, "name": "Care"})
    assert answer.status_code == 409
    assert answer.json()["fields"]["name"]["value"] == "Help"
    assert answer.json()["fields"]["name"]["by"]["name"] == "Ada"


def test_who_joined_meanwhile_makes_no_form_stale(desk: Desk, ada: Browser) -> None:
    desk.write(lambda tx: agents.make(tx, "jonas@desk.example", "Jonas", "agent", within=[SUPPORT]))
    assert ada.send("PATCH", "/departments/1", {"from_version": 1, "name": "Help"}).status_code == 200


def test_agents_see_their_own_and_change_none(bianca: Browser, lena: Browser) -> None:
    assert [one["name"] for one in bianca.get("/departments").json()["departments"]] == ["Support"]
    assert [one["name"] for one in lena.get("/departments").json()["departments"]] == ["Billing"]
    assert bianca.send("POST", "/departments", {"name": "Mine"}).status_code == 403
    assert bianca.send("PATCH", "/departments/1", {"from_version": 1, "name": "Mine"}).status_code == 403


def test_the_floor_above_hears_of_a_new_one_in_the_same_transaction(empty_desk: Desk, monkeypatch: Any) -> None:
    asked: list[bool] = []

    def listener(_tx: Any, fact: journal.Fact) -> None:
        if fact.kind == "department_made":
            asked.append(fact.data["with_inbox"])

    monkeypatch.setattr(journal, "_within", [listener])
    empty_desk.write(lambda tx: agents.add(tx, "bianca@desk.example", "Bianca", "agent", "Support", None))
    empty_desk.write(lambda tx: agents.add(tx, "hanna@desk.example", "Hanna", "agent", "support", None))
    empty_desk.write(lambda tx: departments.make(tx, "Billing"))
    assert asked == [True, False]


def test_a_place_is_its_own_peoples(desk: Desk, bianca: Browser, lena: Browser) -> None:
    def standing(person: int, place: Any, id: int) -> Any:
        viewer = desk.viewer(person)
        return desk.read(lambda read: place.authorize(read, viewer, id))

    assert standing(bianca.id, DepartmentPlace(), SUPPORT).audience == f"department:{SUPPORT}"
    assert standing(bianca.id, DepartmentPlace(), BILLING) is None
    assert standing(lena.id, DepartmentPlace(), SUPPORT) is None
    assert standing(bianca.id, PersonPlace(), bianca.id).audience == f"person:{bianca.id}"
    assert standing(bianca.id, PersonPlace(), lena.id) is None


def test_its_snapshot_names_no_other_department(desk: Desk, bianca: Browser) -> None:
    viewer = desk.viewer(bianca.id)
    state = desk.read(lambda read: DepartmentPlace().snapshot(read, viewer, SUPPORT))
    assert state["department"]["name"] == "Support"
    assert {one["name"]: one["departments"] for one in state["people"]} == {
        name: [SUPPORT] for name in ("Ada", "Bianca", "Hanna", "Omid")
    }


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "two\nlines"])
def test_a_name_that_is_none_is_refused(ada: Browser, name: str) -> None:
    assert ada.send("POST", "/departments", {"name": name}).status_code == 422
