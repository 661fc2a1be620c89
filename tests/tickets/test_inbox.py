"""Inboxes: how strictly people keep out of each other's way there."""

from typing import Any

import pytest

from tests.cast import BILLING, SUPPORT, Desk, Nora, Person


def change(ada: Person, inbox: int, version: int, **values: Any) -> Any:
    return ada.send("PATCH", f"/inboxes/{inbox}", {"from_version": version, **values})


def test_a_new_one_is_in_everyones_list_at_once(own_desk: Desk, ada: Person, bianca: Person, lena: Person) -> None:
    inside, outside = bianca.watches("department/1"), lena.watches("department/2")
    made = ada.send("POST", "/inboxes", {"department": SUPPORT, "name": " Returns ", "lock_mode": "exclusive"}).ok()
    assert (made["name"], made["lock_mode"], made["may_force"], made["address"]) == (
        "Returns", "exclusive", "anyone", None)  # fmt: skip
    told = inside.hears_fact("inbox_changed")
    assert told["data"]["inbox"]["name"] == "Returns"
    assert made["version"] == told["version"]
    assert "Returns" in [one["name"] for one in bianca.get("/inboxes").body]
    assert "Returns" not in str([lena.get("/inboxes").body, lena.get("/desk").body])
    ada.send("POST", "/inboxes", {"department": BILLING, "name": "Reminders"}).ok()
    assert outside.hears_fact("inbox_changed")["data"]["inbox"]["name"] == "Reminders"
    assert "Returns" not in str(outside.heard)


def test_a_stricter_mode_counts_from_the_next_reply_on(
    own_desk: Desk, ada: Person, bianca: Person, ticket: int
) -> None:
    bianca.replies(ticket, "Change the fuse.").ok()
    version = next(one["version"] for one in ada.get("/inboxes").body if one["id"] == 1)
    change(ada, 1, version, lock_mode="exclusive").ok()
    assert bianca.replies(ticket, "And the bulb.").status == 423
    assert bianca.replies(ticket, "And the bulb.", fence=bianca.locks(ticket)["fence"]).status == 201


def test_a_stale_form_shows_the_newer_values(own_desk: Desk, ada: Person) -> None:
    version = next(one["version"] for one in ada.get("/inboxes").body if one["id"] == 4)
    change(ada, 4, version, name="Counsel").ok()
    refused = change(ada, 4, version, name="Advice desk", lock_mode="write")
    assert (refused.status, refused.problem) == (409, "stale")
    assert refused["fields"]["name"]["value"] == "Counsel"
    assert refused["fields"]["name"]["by"]["name"] == "Ada"
    assert refused["fields"]["lock_mode"]["value"] == "advice"
    assert change(ada, 4, refused["fields"]["name"]["version"], name="Advice desk").status == 200


def test_a_change_of_another_inbox_makes_no_form_stale(own_desk: Desk, ada: Person) -> None:
    seen = {one["id"]: one["version"] for one in ada.get("/inboxes").body}
    change(ada, 3, seen[3], name="Very important").ok()
    assert change(ada, 4, seen[4], name="Counsel").status == 200


@pytest.mark.parametrize("values", [{"name": ""}, {"name": "x" * 81}, {"name": "a\x00b"}, {"lock_mode": "iron"},
                                    {"may_force": "nobody"}, {"department": 2}])  # fmt: skip
def test_what_can_not_be_used_is_refused(ada: Person, values: dict[str, Any]) -> None:
    assert change(ada, 4, 10**6, **values).status in {409, 422}
    refused = ada.send("POST", "/inboxes", {"department": SUPPORT, "name": "Fine", "undo": 3, **values})
    assert refused.status == 422
    assert "Fine" not in str(ada.get("/inboxes").body)


def test_of_an_unknown_department_there_is_none(ada: Person) -> None:
    assert ada.send("POST", "/inboxes", {"department": 99, "name": "Lost"}).status == 422
    assert change(ada, 99, 0, name="Lost").status == 404


def test_an_inbox_of_an_outsider_is_not_even_there(lena: Person, nora: Nora) -> None:
    nora.writes()
    assert lena.get("/tickets", inbox=1).body == lena.get("/tickets", inbox=99).body
    assert lena.get("/tickets", inbox=2).status == 200
