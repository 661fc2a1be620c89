import re
from typing import Any

import pytest

from elbowroom.kit import journal
from elbowroom.kit.problems import Refused
from elbowroom.people import resets

from .conftest import Browser, Desk

NEW = "another quiet bell"


@pytest.fixture
def url() -> str:
    return "https://desk.example"


def ask(desk: Desk, email: str = "bianca@desk.example", ip: str = "192.0.2.1", **headers: str) -> Any:
    return desk.browser(ip).send("POST", "/resets", {"email": email}, key=None, **headers)


def token_of(mail: dict[str, str]) -> str:
    found = re.search(r"/reset/(\S+)", mail["text"])
    assert found
    return found[1]


def settle(desk: Desk, token: str, password: str = NEW) -> int:
    answer = desk.browser().send("POST", f"/resets/{token}", {"password": password}, key=None)
    return int(answer.status_code)


def test_the_mailed_link_sets_a_new_password_and_signs_out_everywhere(desk: Desk, bianca: Browser) -> None:
    assert ask(desk).status_code == 202
    (mail,) = desk.mails()
    assert mail["to"] == "bianca@desk.example"
    assert "https://desk.example/reset/" in mail["text"]
    assert settle(desk, token_of(mail)) == 204
    assert bianca.get("/me").status_code == 401
    assert bianca.sign_in().status_code == 401
    assert bianca.sign_in(password=NEW).status_code == 200


def test_whoever_asks_learns_nothing_of_who_exists(desk: Desk) -> None:
    known, unknown = ask(desk), ask(desk, "nobody@desk.example")
    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert len(desk.mails()) == 1


def test_the_answer_leaves_before_the_address_is_looked_up(desk: Desk, monkeypatch: Any) -> None:
    order: list[str] = []
    monkeypatch.setattr(resets, "ask", lambda *_all: order.append("looked up"))
    app = desk.app

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            order.append(message["type"])
            await send(message)

        await app(scope, receive, noted)

    desk.app = watched  # type: ignore[assignment]
    ask(desk)
    assert order.index("looked up") > order.index("http.response.body")


def test_it_opens_once_and_takes_the_others_with_it(desk: Desk) -> None:
    ask(desk)
    ask(desk)
    first, second = map(token_of, desk.mails())
    assert settle(desk, second) == 204
    assert settle(desk, second) == 404
    assert settle(desk, first) == 404


def test_asking_again_does_not_void_the_link_she_has(desk: Desk) -> None:
    ask(desk)
    ask(desk, ip="203.0.113.9")  # a stranger
    assert settle(desk, token_of(desk.mails()[0])) == 204


def test_it_lasts_an_hour(desk: Desk) -> None:
    ask(desk)
    token = token_of(desk.mails()[0])
    desk.clock.travel(3600)
    assert settle(desk, token) == 410
    assert desk.browser().sign_in("bianca@desk.example").status_code == 200


def test_a_weak_password_leaves_the_link_open(desk: Desk) -> None:
    ask(desk)
    token = token_of(desk.mails()[0])
    assert settle(desk, token, "short") == 422
    assert settle(desk, token) == 204


def test_an_empty_or_guessed_token_opens_nothing(desk: Desk) -> None:
    ask(desk)
    for token in ("", "guess"):
        with pytest.raises(Refused) as refused:
            desk.read(lambda read, token=token: resets.owner(read, token))
        assert refused.value.status == 404
    assert settle(desk, "guess") == 404


def test_a_disabled_person_gets_no_link_and_her_open_one_is_void(desk: Desk, ada: Browser, bianca: Browser) -> None:
    ask(desk)
    token = token_of(desk.mails()[0])
    version = bianca.get("/me").json()["version"]
    ada.send("PATCH", f"/people/{bianca.id}", {"from_version": version, "disabled": True})
    ask(desk)
    assert len(desk.mails()) == 1
    assert settle(desk, token) == 404


def test_a_password_changed_by_herself_voids_open_links(desk: Desk, bianca: Browser) -> None:
    ask(desk)
    bianca.send("PUT", "/me/password", {"current": "a quiet bicycle bell", "new": NEW})
    assert settle(desk, token_of(desk.mails()[0]), "a third quiet bell") == 404


def test_nobody_is_buried_in_mails(desk: Desk) -> None:
    for n in range(9):
        assert ask(desk, ip=f"203.0.113.{n}").status_code == 202
    assert len(desk.mails()) == resets.AT_ONCE
    answers = [ask(desk, "nobody@desk.example").status_code for _ in range(6)]
    assert answers == [202] * 5 + [429]


@pytest.mark.parametrize(
    ("language", "word"), [("de", "Passwort"), ("ru", "пароль"), ("zh", "密码"), (None, "password")]
)
def test_the_mail_is_in_her_language(desk: Desk, bianca: Browser, language: str | None, word: str) -> None:
    bianca.send("PATCH", "/me", {"language": language})
    ask(desk)
    assert word in desk.mails()[0]["subject"]
    assert desk.mails()[0]["language"] == (language or "en")


@pytest.mark.parametrize("url", [""])
def test_without_a_known_address_no_link_is_mailed_to_wherever_the_request_said(desk: Desk) -> None:
    assert ask(desk, Host="evil.example").status_code == 202
    assert desk.mails() == []


@pytest.mark.parametrize("url", [""])
def test_where_none_is_set_the_link_is_the_address_at_which_an_administrator_signed_in(
    desk: Desk, ada: Browser
) -> None:
    ask(desk, Host="evil.example")
    assert "http://desk.example/reset/" in desk.mails()[0]["text"]
    assert desk.read(lambda read: journal.keep_value(read, "address")) == "http://desk.example"
