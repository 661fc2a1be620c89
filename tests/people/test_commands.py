"""Every write of a browser: once, from this desk's own pages, on this desk's own history."""

import pytest

from elbowroom.kit import journal

from .conftest import Browser, Desk


def test_a_write_without_a_key_is_refused(bianca: Browser) -> None:
    answer = bianca.send("PATCH", "/me", {"theme": "dark"}, key=None)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/key-missing"
    assert bianca.get("/me").json()["theme"] == "system"


def test_a_retried_write_gets_the_first_answer_and_does_nothing_twice(desk: Desk, ada: Browser) -> None:
    first = ada.send("POST", "/departments", {"name": "Returns"}, key="one")
    again = ada.send("POST", "/departments", {"name": "Returns"}, key="one")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert [one["name"] for one in ada.get("/departments").json()["departments"]].count("Returns") == 1


def test_a_retried_form_does_not_conflict_with_itself(ada: Browser) -> None:
    body = {"from_version": 1, "name": "Help"}
    assert ada.send("PATCH", "/departments/1", body, key="one").status_code == 200
    assert ada.send("PATCH", "/departments/1", body, key="one").status_code == 200


def test_a_key_serves_one_command_alone(ada: Browser) -> None:
    assert ada.send("POST", "/departments", {"name": "Returns"}, key="one").status_code == 201
    other = ada.send("POST", "/departments", {"name": "Repairs"}, key="one")
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/key-reused"


def test_two_people_may_have_the_same_key(bianca: Browser, hanna: Browser) -> None:
    assert bianca.send("PATCH", "/me", {"theme": "dark"}, key="one").json()["name"] == "Bianca"
    assert hanna.send("PATCH", "/me", {"theme": "dark"}, key="one").json()["name"] == "Hanna"


def test_a_page_of_hers_commands_nothing_once_another_is_signed_in(bianca: Browser, hanna: Browser) -> None:
    refused = hanna.send("PATCH", "/me", {"theme": "dark"}, key="one", X_Person=str(bianca.id))
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/signed-out")
    assert hanna.get("/me").json()["theme"] == bianca.get("/me").json()["theme"] == "system"
    assert hanna.send("PATCH", "/me", {"theme": "dark"}, key="one", X_Person=str(hanna.id)).status_code == 200


def test_what_was_refused_may_be_sent_again_with_the_same_key(ada: Browser) -> None:
    assert ada.send("PATCH", "/departments/1", {"from_version": 0, "name": "Help"}, key="one").status_code == 409
    assert ada.send("PATCH", "/departments/1", {"from_version": 1, "name": "Help"}, key="one").status_code == 200


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("Origin", "https://evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", "http://desk.example.evil.example", 403),
        ("Origin", "http://desk.example", 200),
        ("Sec_Fetch_Site", "cross-site", 403),
        ("Sec_Fetch_Site", "same-site", 403),
        ("Sec_Fetch_Site", "same-origin", 200),
    ],
)
def test_only_pages_of_this_desk_may_command(bianca: Browser, header: str, value: str, status: int) -> None:
    answer = bianca.send("PATCH", "/me", {"theme": "dark"}, **{header: value})
    assert answer.status_code == status
    assert (bianca.get("/me").json()["theme"] == "dark") == (status == 200)


def test_a_page_of_another_history_catches_up_first(desk: Desk, bianca: Browser) -> None:
    epoch = desk.read(lambda read: journal.keep_value(read, "epoch"))
    assert bianca.send("PATCH", "/me", {"theme": "dark"}, X_Epoch=epoch).status_code == 200
    answer = bianca.send("PATCH", "/me", {"theme": "light"}, X_Epoch="another")
    assert answer.status_code == 409
    assert answer.json()["type"] == "/problems/resync"


def test_a_write_answers_with_its_facts(bianca: Browser) -> None:
    facts = bianca.send("PATCH", "/me", {"theme": "dark"}).json()["facts"]
    assert [(one["place"], one["kind"], one["data"]["set"]) for one in facts] == [
        (f"person/{bianca.id}", "settings_changed", {"theme": "dark"})
    ]


def test_a_body_with_an_unknown_word_is_refused(bianca: Browser) -> None:
    answer = bianca.send("PATCH", "/me", {"role": "administrator"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "role"
    assert bianca.get("/me").json()["role"] == "agent"
