from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from elbowroom.people import agents, setup

from .conftest import Browser, Desk

ADA = {"name": "Ada", "email": "ada@desk.example", "password": "a quiet bicycle bell", "language": "de"}


@pytest.fixture
def token(empty_desk: Desk) -> str:
    return str(empty_desk.write(setup.setup_token))


def set_up(desk: Desk, token: str, **values: Any) -> tuple[Browser, Any]:
    browser = desk.browser()
    return browser, browser.send("POST", "/setup", {"token": token, **ADA, **values}, key=None)


def test_the_printed_token_makes_the_first_administrator(empty_desk: Desk, token: str) -> None:
    assert empty_desk.browser().get("/setup").json() == {"needed": True, "demo": False, "signed_in": False}
    ada, answer = set_up(empty_desk, token)
    assert answer.status_code == 200
    me = ada.get("/me").json()
    assert (me["role"], me["language"]) == ("administrator", "de")
    assert ada.get("/setup").json() == {"needed": False, "demo": False, "signed_in": True}


def test_her_first_department_is_hers_at_once(empty_desk: Desk, token: str) -> None:
    ada, _ = set_up(empty_desk, token)
    made = ada.send("POST", "/departments", {"name": "Support"})
    assert made.status_code == 201
    assert ada.get("/me").json()["departments"] == [made.json()["id"]]


def test_another_token_makes_nobody(empty_desk: Desk, token: str) -> None:
    for wrong in ("", "guess", token + "x"):
        assert set_up(empty_desk, wrong)[1].status_code == 403
    assert set_up(empty_desk, token)[1].status_code == 200


def test_without_a_printed_token_there_is_no_way_in(empty_desk: Desk) -> None:
    for guess in ("", "guess"):
        assert set_up(empty_desk, guess)[1].status_code == 403


def test_each_start_prints_a_new_one_and_the_old_one_is_void(empty_desk: Desk, token: str) -> None:
    newer = empty_desk.write(setup.setup_token)
    assert set_up(empty_desk, token)[1].status_code == 403
    assert set_up(empty_desk, newer)[1].status_code == 200


def test_it_serves_once(empty_desk: Desk, token: str) -> None:
    set_up(empty_desk, token)
    assert set_up(empty_desk, token, email="eve@desk.example")[1].status_code == 410
    assert set_up(empty_desk, "guess")[1].status_code == 410


def test_a_race_of_two_makes_one(empty_desk: Desk, token: str) -> None:
    with ThreadPoolExecutor(2) as threads:
        both = [threads.submit(set_up, empty_desk, token, email=f"{one}@desk.example") for one in ("ada", "eve")]
    assert sorted(one.result()[1].status_code for one in both) == [200, 410]


def test_a_desk_with_an_administrator_is_set_up(empty_desk: Desk, token: str) -> None:
    empty_desk.write(lambda tx: agents.add(tx, "omid@desk.example", "Omid", "manager", "Support", None))
    assert empty_desk.browser().get("/setup").json() == {"needed": True, "demo": False, "signed_in": False}
    empty_desk.write(lambda tx: agents.add(tx, "root@desk.example", "Root", "administrator", "Support", None))
    assert empty_desk.browser().get("/setup").json() == {"needed": False, "demo": False, "signed_in": False}
    assert set_up(empty_desk, token)[1].status_code == 410


def test_a_weak_password_leaves_the_token_good(empty_desk: Desk, token: str) -> None:
    assert set_up(empty_desk, token, password="short")[1].status_code == 422
    assert set_up(empty_desk, token)[1].status_code == 200


def test_a_page_of_another_site_sets_nothing_up(empty_desk: Desk, token: str) -> None:
    body = {"token": token, **ADA}
    assert empty_desk.browser().send("POST", "/setup", body, Origin="https://evil.example").status_code == 403
    assert set_up(empty_desk, token)[1].status_code == 200
