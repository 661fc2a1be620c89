from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from elbowroom.kit.problems import Refused
from elbowroom.people import invitations, post
from tests.engines import stored

from .conftest import BILLING, SUPPORT, Browser, Desk

MINE = {"name": "Jonas", "password": "a loud bicycle horn"}


def invite(ada: Browser, **values: Any) -> Any:
    body = {"email": "jonas@desk.example", "name": "Jonas", "role": "agent", "departments": [SUPPORT], **values}
    return ada.send("POST", "/invitations", body)


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[1]


def accept(desk: Desk, token: str, **values: Any) -> tuple[Browser, Any]:
    browser = desk.browser()
    return browser, browser.send("POST", f"/invitations/token/{token}", {**MINE, **values}, key=None)


def test_the_link_makes_an_account_as_invited_and_signs_it_in(desk: Desk, ada: Browser) -> None:
    made = invite(ada, role="manager").json()
    assert made["link"].startswith("http://desk.example/invitation/")
    assert made["mailed"] is False
    token = token_of(made["link"])
    read = desk.browser().get(f"/invitations/token/{token}").json()
    assert read == {"email": "jonas@desk.example", "name": "Jonas"}
    jonas, answer = accept(desk, token, name="Jonas B.")
    assert answer.status_code == 200
    me = jonas.get("/me").json()
    assert (me["name"], me["role"], me["departments"]) == ("Jonas B.", "manager", [SUPPORT])
    assert desk.facts(f"department/{SUPPORT}")[-1]["data"]["person"]["name"] == "Jonas B."


def test_it_opens_once(desk: Desk, ada: Browser) -> None:
    token = token_of(invite(ada).json()["link"])
    assert accept(desk, token)[1].status_code == 200
    assert accept(desk, token)[1].status_code == 410
    assert desk.browser().get(f"/invitations/token/{token}").status_code == 410


def test_of_two_who_open_it_at_once_one_gets_in(desk: Desk, ada: Browser) -> None:
    token = token_of(invite(ada).json()["link"])
    with ThreadPoolExecutor(2) as threads:
        answers = [threads.submit(accept, desk, token) for _ in range(2)]
    assert sorted(one.result()[1].status_code for one in answers) == [200, 410]


def test_it_lasts_a_day(desk: Desk, ada: Browser) -> None:
    token = token_of(invite(ada).json()["link"])
    desk.clock.travel(86_399)
    assert desk.browser().get(f"/invitations/token/{token}").status_code == 200
    desk.clock.travel(1)
    assert accept(desk, token)[1].status_code == 410
    assert ada.get("/invitations").json() == {"invitations": []}


def test_an_open_one_is_listed_without_its_link_and_can_be_taken_back(desk: Desk, ada: Browser) -> None:
    made = invite(ada).json()
    listed = ada.get("/invitations")
    assert [one["email"] for one in listed.json()["invitations"]] == ["jonas@desk.example"]
    assert token_of(made["link"]) not in listed.text
    assert ada.send("DELETE", f"/invitations/{made['id']}").status_code == 200
    assert accept(desk, token_of(made["link"]))[1].status_code == 404
    assert ada.send("DELETE", f"/invitations/{made['id']}").status_code == 404


def test_a_second_one_to_the_same_address_voids_the_first(desk: Desk, ada: Browser) -> None:
    first = invite(ada).json()
    second = invite(ada, email="JONAS@desk.example").json()
    assert accept(desk, token_of(first["link"]))[1].status_code == 404
    assert accept(desk, token_of(second["link"]))[1].status_code == 200


def test_who_lost_the_right_to_invite_leaves_no_door_open(desk: Desk, ada: Browser, omid: Browser) -> None:
    people = {one["name"]: one for one in ada.get("/people").json()["people"]}
    raised = {"from_version": people["Omid"]["version"], "role": "administrator"}
    version = ada.send("PATCH", f"/people/{omid.id}", raised).json()["version"]
    token = token_of(invite(omid, role="administrator").json()["link"])
    assert desk.browser().get(f"/invitations/token/{token}").status_code == 200
    ada.send("PATCH", f"/people/{omid.id}", {"from_version": version, "role": "agent"})
    assert accept(desk, token)[1].status_code == 410


def test_only_administrators_invite(omid: Browser, bianca: Browser) -> None:
    for someone in (omid, bianca):
        assert invite(someone).status_code == 403
        assert someone.get("/invitations").status_code == 403
        assert someone.send("DELETE", "/invitations/1").status_code == 403


def test_whoever_has_an_account_needs_no_invitation(ada: Browser) -> None:
    answer = invite(ada, email="Bianca@desk.example")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "email"


def test_an_agent_is_invited_into_a_department(ada: Browser) -> None:
    assert invite(ada, departments=[]).status_code == 422
    assert invite(ada, departments=[77]).status_code == 422
    assert invite(ada, departments=[], role="administrator").status_code == 201


@pytest.mark.parametrize("email", ["", "jonas", "a b@c.example", "jonas@desk.example\nBcc: x@y.example", "<a@b>"])
def test_an_address_that_is_none_is_refused(ada: Browser, email: str) -> None:
    assert invite(ada, email=email).status_code == 422


def test_an_empty_or_guessed_token_opens_nothing(desk: Desk, ada: Browser) -> None:
    invite(ada)
    for token in ("", "guess"):
        with pytest.raises(Refused) as refused:
            desk.read(lambda read, token=token: invitations.invited(read, token))
        assert refused.value.status == 404


def test_a_weak_password_leaves_the_invitation_open(desk: Desk, ada: Browser) -> None:
    token = token_of(invite(ada).json()["link"])
    assert accept(desk, token, password="jonas@desk.example")[1].status_code == 422
    assert accept(desk, token)[1].status_code == 200


def test_the_link_is_stored_nowhere_in_the_clear(desk: Desk, ada: Browser) -> None:
    token = token_of(invite(ada).json()["link"]).encode()
    folder = desk.engines.config.data_dir
    assert token not in stored(folder)


@pytest.mark.parametrize("url", ["https://desk.example"])
def test_it_goes_by_mail_in_the_inviters_language_where_there_is_a_way(
    desk: Desk, ada: Browser, monkeypatch: Any
) -> None:
    monkeypatch.setattr(post, "_ways", [lambda read: True])
    ada.send("PATCH", "/me", {"language": "de"})
    made = invite(ada, departments=[BILLING]).json()
    assert made["mailed"] is True
    (mail,) = desk.mails()
    assert (mail["to"], mail["language"]) == ("jonas@desk.example", "de")
    assert made["link"] in mail["text"]
    assert made["link"].startswith("https://desk.example/invitation/")
