from typing import Any

from tests.engines import stored

from .conftest import Browser, Desk


def make(browser: Browser, *scopes: str, **more: Any) -> Any:
    return browser.send("POST", "/tokens", {"name": "script", "scopes": list(scopes), **more})


def program(desk: Desk, token: str) -> Browser:
    browser = desk.browser()
    browser.client.headers["Authorization"] = f"Bearer {token}"
    return browser


def test_a_program_asks_as_the_person_who_made_its_token(desk: Desk, bianca: Browser) -> None:
    made = make(bianca, "read")
    assert made.status_code == 201
    script = program(desk, made.json()["token"])
    assert script.get("/me").json()["name"] == "Bianca"
    assert program(desk, "er_wrong").get("/me").status_code == 401


def test_a_token_does_what_its_scopes_say_and_no_more(desk: Desk, ada: Browser) -> None:
    reads = program(desk, make(ada, "read").json()["token"])
    rules = program(desk, make(ada, "read", "admin").json()["token"])
    assert reads.get("/departments").status_code == 200
    assert reads.get("/people").status_code == 403
    assert reads.send("POST", "/departments", {"name": "Returns"}, key=None).status_code == 403
    assert rules.get("/people").status_code == 200
    assert rules.send("POST", "/departments", {"name": "Returns"}, key=None).status_code == 201


def test_no_scope_makes_an_agent_an_administrator(desk: Desk, bianca: Browser) -> None:
    script = program(desk, make(bianca, "read", "admin").json()["token"])
    assert script.get("/people").status_code == 403


def test_a_token_without_the_scope_to_read_reads_nothing(desk: Desk, bianca: Browser) -> None:
    script = program(desk, make(bianca, "draft").json()["token"])
    assert script.get("/me").status_code == 403


def test_a_token_makes_no_tokens_and_touches_no_session_or_password(desk: Desk, bianca: Browser) -> None:
    script = program(desk, make(bianca, "read", "draft", "reply", "admin").json()["token"])
    passwords = {"current": "a quiet bicycle bell", "new": "another quiet bell"}
    assert make(script, "read").status_code == 403
    assert script.get("/tokens").status_code == 403
    assert script.get("/sessions").status_code == 403
    assert script.send("DELETE", "/sessions").status_code == 403
    assert script.send("PUT", "/me/password", passwords).status_code == 403
    assert bianca.get("/me").status_code == 200


def test_its_text_is_shown_once_and_stored_nowhere(desk: Desk, bianca: Browser) -> None:
    token = make(bianca, "read").json()["token"]
    assert token not in bianca.get("/tokens").text
    folder = desk.engines.config.data_dir
    assert token.encode() not in stored(folder)


def test_a_retry_gets_the_same_token(desk: Desk, bianca: Browser) -> None:
    body = {"name": "script", "scopes": ["read"]}
    first = bianca.send("POST", "/tokens", body, key="one").json()
    assert bianca.send("POST", "/tokens", body, key="one").json() == first
    assert len(bianca.get("/tokens").json()["tokens"]) == 1


def test_a_token_ends_by_itself_and_by_hand(desk: Desk, bianca: Browser, lena: Browser) -> None:
    short = make(bianca, "read", days=1).json()
    long = make(bianca, "read").json()
    desk.clock.travel(86_400)
    assert program(desk, short["token"]).get("/me").status_code == 401
    assert program(desk, long["token"]).get("/me").status_code == 200
    assert lena.send("DELETE", f"/tokens/{long['id']}").status_code == 404
    assert bianca.send("DELETE", f"/tokens/{long['id']}").status_code == 200
    assert ("tokens_ended", [long["id"]]) in desk.told
    assert program(desk, long["token"]).get("/me").status_code == 401


def test_an_unknown_scope_is_refused(bianca: Browser) -> None:
    assert make(bianca, "everything").status_code == 422
    assert make(bianca).status_code == 422


def test_a_page_elsewhere_cannot_use_the_cookie_by_adding_a_token(desk: Desk, bianca: Browser) -> None:
    answer = bianca.send("PATCH", "/me", {"theme": "dark"}, key=None, Authorization="Bearer wrong")
    assert answer.status_code == 401
