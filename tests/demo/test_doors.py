"""The doors that stand in the demo alone."""

import pytest
from fastapi.testclient import TestClient

from elbowroom.app import Extra, bare
from elbowroom.demo.participant import Address, call
from elbowroom.demo.routes import Doors
from elbowroom.people.caller import POLICIES

BIANCA, LENA = 1, 4


def test_an_ordinary_desk_has_none_of_them() -> None:
    stranger = TestClient(bare(Extra()))
    assert stranger.get("/api/demo").status_code == 404
    assert stranger.post("/api/demo/session", json={"person": BIANCA}).status_code in {404, 405}
    assert "/api/demo" not in bare(Extra()).openapi()["paths"]


def test_who_is_there_and_where_one_can_write_to(demo: Address) -> None:
    _, _, told = call(demo, "GET", "/api/demo")
    assert [one["name"] for one in told["people"][:4]] == ["Bianca Rossi", "Hanna Weber", "Omid Karimi", "Lena Novak"]
    assert {"address": "nora@customer.example", "name": "Nora Ellis"} in told["addresses"]
    assert [one["address"] for one in told["inboxes"]] == [
        f"{one}@desk.example" for one in ("support", "vip", "billing")
    ]
    assert told["mail"]


def test_one_enters_as_anybody_without_a_password(demo: Address) -> None:
    status, cookie, answer = call(demo, "POST", "/api/demo/session", {"person": BIANCA})
    assert (status, answer["me"]["name"]) == (200, "Bianca Rossi")
    assert call(demo, "GET", "/api/me", cookie=cookie)[2]["name"] == "Bianca Rossi"
    _, _, seen = call(demo, "GET", "/api/desk", cookie=cookie)
    assert seen["demo"]
    assert {one["name"]: one["lock_mode"] for one in seen["inboxes"]} == {"Support": "write", "VIP": "exclusive"}


def test_nobody_enters_as_nobody_nor_from_another_site(demo: Address) -> None:
    assert call(demo, "POST", "/api/demo/session", {"person": 99})[0] == 404
    elsewhere = Address(demo.url, "https://elsewhere.example")
    assert call(elsewhere, "POST", "/api/demo/session", {"person": BIANCA})[0] == 403


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_only_who_is_signed_in_has_a_colleague(demo: Address, method: str) -> None:
    assert call(demo, method, "/api/demo/colleague", {} if method == "POST" else None)[0] == 401


def test_a_colleague_comes_to_no_ticket_that_is_not_yours(demo: Address) -> None:
    _, cookie, _ = call(demo, "POST", "/api/demo/session", {"person": LENA})
    assert call(demo, "POST", "/api/demo/colleague", {"ticket": 62}, cookie)[0] == 404


def test_every_door_declares_one_policy() -> None:
    router = Doors(None, None).router()  # type: ignore[arg-type]
    for route in router.routes:
        declared = [one.call for one in route.dependant.dependencies if one.call in POLICIES]  # type: ignore[attr-defined]
        assert len(declared) == 1, route
