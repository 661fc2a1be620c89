"""Lists: narrowed, sorted, page by page."""

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest

from tests.cast import Desk, Nora, Person

ADVICE = 4


def stocked(bianca: Person, nora: Nora) -> dict[str, int]:
    """Five tickets in one inbox, each unlike the others."""
    made = {name: nora.writes(name.title(), inbox="Advice") for name in ("aster", "birch", "cedar", "daisy", "elder")}
    bianca.changes(made["aster"], priority="urgent").ok()
    bianca.changes(made["birch"], status="on_hold", priority="low").ok()
    bianca.changes(made["cedar"], status="closed").ok()
    bianca.takes(made["daisy"]).ok()
    bianca.gives(made["elder"], 3).ok()
    for name in ("aster", "birch"):
        bianca.labels(made[name], "Garden").ok()
    return made


@pytest.fixture
def lamps(own_desk: Desk, bianca: Person, nora: Nora) -> dict[str, int]:
    """To be changed."""
    return stocked(bianca, nora)


@pytest.fixture(scope="module")
def shelf(house: Desk) -> dict[str, int]:
    """To be looked at."""
    return stocked(house.person("bianca"), Nora(house))


def names(person: Person, made: dict[str, int], **query: Any) -> list[str]:
    known = {number: name for name, number in made.items()}
    return [known[one] for one in person.lists(**{"inbox": ADVICE, "sort": "id", **query})]


@pytest.mark.parametrize(
    ("query", "found"),
    [({"queue": "new"}, "aster daisy elder"), ({"queue": "pending,resolved"}, "birch cedar"),
     ({"status": "closed"}, "cedar"), ({"status": "open,on_hold"}, "aster birch daisy elder"),
     ({"priority": "urgent,low"}, "aster birch"), ({"owner": "me"}, "daisy"), ({"owner": "none"}, "aster birch cedar"),
     ({"owner": "3"}, "elder"), ({"label": "garden"}, "aster birch"), ({"label": "nothing"}, ""),
     ({"label": "GARDEN", "queue": "new"}, "aster"), ({"queue": "unheard"}, ""), ({"priority": ""}, "")],
)  # fmt: skip
def test_it_is_narrowed_by_what_is_asked(
    bianca: Person, shelf: dict[str, int], query: dict[str, str], found: str
) -> None:
    assert names(bianca, shelf, **query) == found.split()


@pytest.mark.parametrize(
    ("sort", "found"),
    [("subject", "aster birch cedar daisy elder"), ("-subject", "elder daisy cedar birch aster"),
     ("-priority", "aster elder daisy cedar birch"), ("priority", "birch cedar daisy elder aster"),
     ("-id", "elder daisy cedar birch aster"), ("status", "cedar birch aster daisy elder")],
)  # fmt: skip
def test_it_is_sorted_by_what_is_asked_and_then_by_number(
    bianca: Person, shelf: dict[str, int], sort: str, found: str
) -> None:
    assert names(bianca, shelf, sort=sort) == found.split()


def test_the_newest_message_stands_first_unless_told_otherwise(
    own_desk: Desk, bianca: Person, nora: Nora, lamps: dict[str, int]
) -> None:
    for name in ("cedar", "aster"):
        own_desk.travel(60)
        nora.answers(lamps[name])
    assert bianca.lists(inbox=ADVICE)[:2] == [lamps["aster"], lamps["cedar"]]


def paged(person: Person, between: Any = lambda: None, **query: Any) -> list[int]:
    found: list[int] = []
    after: str | None = None
    while True:
        page = person.get("/tickets", **query, after=after).ok()
        found += [row["id"] for row in page["tickets"]]
        assert len(page["tickets"]) <= query["limit"]
        after = page["next"]
        if after is None:
            return found
        between()


@pytest.mark.parametrize(
    "sort", ["-last_message_at", "created_at", "-changed_at", "-priority", "subject", "status", "id"]
)
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_are_the_whole_list_however_it_is_sorted(
    desk: Desk, bianca: Person, nora: Nora, sort: str, limit: int
) -> None:
    for number in range(max(0, 7 - bianca.get("/tickets", inbox=ADVICE)["total"])):
        nora.writes(f"Lamp {number % 3}", inbox="Advice")
    whole = bianca.lists(inbox=ADVICE, sort=sort, limit=200)
    assert paged(bianca, inbox=ADVICE, sort=sort, limit=limit) == whole


def test_rows_that_come_go_and_change_in_between_move_no_others(
    own_desk: Desk, bianca: Person, hanna: Person, nora: Nora
) -> None:
    stay = [nora.writes(inbox="Advice") for _ in range(9)]
    goes = [nora.writes(inbox="Advice") for _ in range(4)]
    todo = list(goes)

    def between() -> None:
        own_desk.travel(1)
        nora.writes(inbox="Advice")
        if todo:
            hanna.throws_away(todo.pop(0)).ok()

    found = paged(bianca, between, inbox=ADVICE, limit=2)
    assert [one for one in found if one in stay] == sorted(stay, reverse=True)
    assert len(found) == len(set(found))


def test_a_total_counts_all_pages(bianca: Person, lamps: dict[str, int]) -> None:
    page = bianca.get("/tickets", inbox=ADVICE, limit=2).ok()
    assert (page["total"], len(page["tickets"])) == (5, 2)
    assert bianca.get("/tickets", inbox=ADVICE, limit=2, after=page["next"])["total"] == 5


@pytest.mark.parametrize(
    "query",
    [{"sort": "owner; DROP TABLE tickets"}, {"sort": "made_at"}, {"sort": "--id"}, {"owner": "bianca"}, {"owner": "²"},
     {"owner": "9" * 40}, {"limit": 0}, {"limit": 201}, {"inbox": "one"}, {"after": "x"}, {"after": "!!!"},
     {"after": "9" * 50}, {"bin": "perhaps"}, {"inbox": "9" * 40}],
)  # fmt: skip
def test_what_can_not_be_asked_is_refused(bianca: Person, query: dict[str, str]) -> None:
    answer = bianca.get("/tickets", **query)
    assert answer.status in ({404, 422} if "inbox" in query else {422})


@pytest.mark.parametrize("written", ["[1, 2, 3]", "{}", "null", "[null, 1]", '["x", "1"]', "[[1], 1]", "[1, 1e9]",
                                     f"[1, {10**30}]", f"[{10**30}, 1]", "[" * 5000, "[NaN, 1]", "[true, 1]",
                                     "[1, false]", "[Infinity, 1]", '["soon", 1]'])  # fmt: skip
@pytest.mark.parametrize("path", ["/tickets", "/bin"])
def test_a_made_up_cursor_is_refused(bianca: Person, path: str, written: str) -> None:
    assert bianca.get(path, after=encoded(written)).status == 422


@pytest.mark.parametrize("written", ["[1, 1]", '["\\u0000", 1]', '["\\ud800", 1]'])
def test_so_is_one_of_another_order(bianca: Person, written: str) -> None:
    assert bianca.get("/tickets", sort="subject", after=encoded(written)).status == 422


def encoded(written: str) -> str:
    return urlsafe_b64encode(written.encode()).decode().rstrip("=")


def test_a_row_is_the_same_everywhere(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches("inbox/1")
    bianca.changes(ticket, subject="Two lamps").ok()
    live = tab.hears("rows", lambda one: any(row["subject"] == "Two lamps" for row in one["rows"]))["rows"]
    row = next(one for one in live if one["id"] == ticket)
    listed = next(one for one in bianca.get("/tickets", sort="-id")["tickets"] if one["id"] == ticket)
    whole = bianca.sees(ticket)
    assert {name: value for name, value in row.items() if name != "changed_by"} == listed
    assert {name: whole[name] for name in listed} == listed
    assert json.dumps(row["changed_by"]) == json.dumps({"id": bianca.id, "name": "Bianca"})
