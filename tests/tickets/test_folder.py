"""Folders of an inbox: made by its managers, filled by everyone."""

from itertools import count
from typing import Any

import pytest

from elbowroom.tickets import emptying
from tests.cast import BILLING, Desk, Nora, Person, eventually

NAMES = (f"Returns {number}" for number in count())


@pytest.fixture
def omid(desk: Desk) -> Person:
    return desk.person("omid")


def made(person: Person, inbox: int = 1) -> Any:
    return person.send("POST", f"/inboxes/{inbox}/folders", {"name": next(NAMES)}).ok()


def new_in(person: Person, folder: int | None) -> int:
    counted = next(one["counts"] for one in person.get("/desk")["counts"] if one["inbox"] == 1)
    return sum(one["n"] for one in counted if one["folder"] == folder)


def test_a_new_one_is_on_everyones_page_at_once(omid: Person, bianca: Person, lena: Person) -> None:
    inside, outside = bianca.watches("department/1"), lena.watches("department/2")
    folder = made(omid)
    told = inside.hears_fact("folder_changed")
    assert (told["data"]["folder"]["id"], told["data"]["folder"]["name"]) == (folder["id"], folder["name"])
    assert folder["id"] in [one["id"] for one in bianca.get("/desk")["folders"]]
    assert folder["name"] not in str([lena.get("/desk").body, outside.heard])


def test_only_who_manages_the_department_makes_renames_and_removes(omid: Person, bianca: Person, lena: Person) -> None:
    folder = made(omid)
    path, change = f"/folders/{folder['id']}", {"from_version": folder["version"], "name": "Mine"}
    for person, status in ((bianca, 403), (lena, 404)):
        assert person.send("POST", "/inboxes/1/folders", {"name": "Mine"}).status == status
        assert person.send("PATCH", path, change).status == status
        assert person.send("DELETE", path).status == status
    renamed = omid.send("PATCH", path, {**change, "name": next(NAMES)}).ok()
    assert renamed["version"] > folder["version"]
    stale = omid.send("PATCH", path, change)
    assert (stale.status, stale.problem) == (409, "stale")
    assert (
        omid.send("PATCH", path, {"from_version": renamed["version"], "name": made(omid)["name"].upper()}).status == 422
    )


@pytest.mark.parametrize("name", ["", "  ", "x" * 81, "a\x00b"])
def test_what_is_no_name_is_refused(omid: Person, name: str) -> None:
    assert omid.send("POST", "/inboxes/1/folders", {"name": name}).status == 422


def test_a_ticket_is_filed_and_found_in_both(omid: Person, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket, folder = nora.writes(), made(omid)["id"]
    tab = hanna.watches("inbox/1")
    bianca.changes(ticket, folder=folder).ok()
    tab.hears("rows", lambda one: [(row["id"], row["folder"]) for row in one["rows"]] == [(ticket, folder)])
    assert hanna.lists(folder=folder) == [ticket]
    assert ticket in hanna.lists(inbox=1)
    assert new_in(hanna, folder) == 1
    bianca.changes(ticket, folder=None).ok()
    assert hanna.lists(folder=folder) == []


def test_of_two_who_file_it_the_second_is_told(omid: Person, bianca: Person, hanna: Person, ticket: int) -> None:
    first, second = made(omid)["id"], made(omid)["id"]
    seen = hanna.sees(ticket)["version"]
    bianca.changes(ticket, folder=first).ok()
    refused = hanna.changes(ticket, from_version=seen, folder=second)
    assert (refused.status, refused.problem) == (409, "stale")
    assert refused["fields"]["folder"]["value"] == first
    assert refused["fields"]["folder"]["by"]["name"] == "Bianca"


def test_it_is_one_of_the_inbox_in_which_the_ticket_lies(omid: Person, bianca: Person, ticket: int) -> None:
    other = made(omid, inbox=4)["id"]
    for wrong, status in ((other, 422), (99_999, 404), ("x", 422)):
        assert bianca.changes(ticket, folder=wrong).status == status
    moved = bianca.changes(ticket, inbox=4, folder=other).ok()
    assert (moved["inbox"], moved["folder"]) == (4, other)
    back = bianca.changes(ticket, inbox=1).ok()
    assert back["folder"] is None
    assert back["versions"]["folder"] == back["versions"]["inbox"]


def test_a_folder_of_others_is_not_even_there(ada: Person, bianca: Person, lena: Person, ticket: int) -> None:
    theirs = made(ada, inbox=BILLING)["id"]
    assert lena.get("/tickets", folder=theirs).status == 200
    assert bianca.get("/tickets", folder=theirs).body == bianca.get("/tickets", folder=99_999).body
    assert bianca.changes(ticket, folder=theirs).status == 404


def test_across_departments_it_stays_behind(omid: Person, ada: Person, lena: Person, ticket: int) -> None:
    folder = made(omid)["id"]
    ada.changes(ticket, folder=folder).ok()
    ada.changes(ticket, inbox=BILLING).ok()
    assert lena.sees(ticket)["folder"] is None


def test_when_it_is_removed_its_tickets_lie_in_the_inbox_alone(
    monkeypatch: pytest.MonkeyPatch, omid: Person, bianca: Person, nora: Nora
) -> None:
    monkeypatch.setattr(emptying, "AT_ONCE", 2)
    folder, filed = made(omid)["id"], [nora.writes() for _ in range(5)]
    for ticket in filed:
        bianca.changes(ticket, folder=folder).ok()
    bianca.throws_away(filed[0]).ok()
    inside, tab = bianca.watches("department/1"), bianca.watches(f"ticket/{filed[1]}")
    omid.send("DELETE", f"/folders/{folder}").ok()
    assert inside.hears_fact("folder_removed")["data"]["id"] == folder
    assert bianca.changes(nora.writes(), folder=folder).status == 404
    assert tab.hears_fact("field_changed")["by"]["name"] == "Omid"
    eventually(lambda: all(bianca.sees(ticket)["folder"] is None for ticket in filed), "all are taken out")
    assert set(filed[1:]) <= set(bianca.lists(inbox=1, limit=200))
    assert omid.send("DELETE", f"/folders/{folder}").status == 404
