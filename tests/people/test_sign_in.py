import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from argon2 import PasswordHasher

from elbowroom.people import passwords

from .conftest import HASH, PASSWORD, STRONG, Browser, Desk


def test_bianca_signs_in_with_her_address_in_any_case(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.sign_in(" BIANCA@desk.example ").json()["me"]["name"] == "Bianca"
    assert browser.get("/me").json()["email"] == "bianca@desk.example"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(desk: Desk, monkeypatch: Any) -> None:
    checked: list[str | None] = []
    monkeypatch.setattr(passwords, "fits_now", lambda stored, _typed: checked.append(stored))
    known = desk.browser().sign_in("bianca@desk.example", "not her password")
    unknown = desk.browser().sign_in("nobody@desk.example", "not her password")
    assert known.status_code == unknown.status_code == 401
    assert known.json()["type"] == "/problems/wrong-password"
    assert known.content == unknown.content
    assert known.headers.keys() == unknown.headers.keys()
    assert checked == [HASH, None]  # both are checked, and the next test says how nobody is


def test_as_much_work_is_done_for_nobody_as_for_somebody(monkeypatch: Any) -> None:
    verified: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: Any, password: Any) -> Any:
            verified.append(str(hash).rpartition("$")[0].rpartition("$")[0])
            return super().verify(hash, password)

    passwords._nobody.cache_clear()
    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=1, memory_cost=64, parallelism=1))
    passwords.fits_now(passwords.hash_now(PASSWORD), "wrong")
    passwords.fits_now(None, "wrong")
    assert len(verified) == 2
    assert verified[0] == verified[1]  # the same cost too


def test_nobody_has_no_password_that_fits() -> None:
    assert passwords.fits_now(passwords.hash_now(PASSWORD), PASSWORD)
    assert not passwords.fits_now(None, "nobody's password")
    assert not passwords.fits_now("", PASSWORD)


def test_a_stored_password_is_slow_to_guess() -> None:
    """OWASP's least for argon2id: 19 MiB and two rounds."""
    assert STRONG.hash(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_each_sign_in_gets_a_new_session_and_ends_the_one_shown(desk: Desk, bianca: Browser) -> None:
    before = bianca.client.cookies["elbowroom"]
    desk.told.clear()
    bianca.sign_in()
    after = bianca.client.cookies["elbowroom"]
    assert before != after
    assert [topic for topic, _ in desk.told] == ["sessions_ended"]
    stolen = desk.browser()
    stolen.client.cookies.set("elbowroom", before)
    assert stolen.get("/me").status_code == 401
    assert bianca.get("/me").status_code == 200


def test_a_session_id_that_someone_else_planted_is_never_taken_over(desk: Desk) -> None:
    browser = desk.browser()
    browser.client.cookies.set("elbowroom", "planted")
    cookie = browser.sign_in("bianca@desk.example").headers["set-cookie"]
    assert cookie.startswith("elbowroom=")
    assert "planted" not in cookie


def test_the_cookie_is_for_the_server_alone(desk: Desk) -> None:
    cookie = desk.browser().sign_in("bianca@desk.example").headers["set-cookie"].split(", elbowroom-device")[0]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert "Secure" not in cookie
    assert "Domain" not in cookie


@pytest.mark.parametrize("url", ["https://desk.example"])
def test_on_https_the_cookie_is_bound_to_the_host(desk: Desk) -> None:
    browser = desk.browser()
    cookie = browser.sign_in("bianca@desk.example").headers["set-cookie"]
    assert cookie.startswith("__Host-elbowroom=")
    assert "Secure" in cookie
    assert browser.get("/me").status_code == 200


def test_a_form_of_another_site_signs_nobody_in(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.sign_in("bianca@desk.example", Origin="https://evil.example").status_code == 403
    assert browser.sign_in("bianca@desk.example", Sec_Fetch_Site="cross-site").status_code == 403
    assert browser.sign_in("bianca@desk.example", Origin="http://desk.example").status_code == 200


def test_many_wrong_tries_have_to_wait_and_say_how_long(desk: Desk) -> None:
    browser = desk.browser()
    answers = [browser.sign_in("bianca@desk.example", "wrong").status_code for _ in range(10)]
    assert answers == [401] * 10
    stopped = browser.sign_in("bianca@desk.example")
    assert stopped.status_code == 429
    assert stopped.json()["type"] == "/problems/too-many"
    desk.clock.travel(stopped.json()["retry_after"])
    assert browser.sign_in("bianca@desk.example").status_code == 200


def test_many_tries_at_the_same_moment_are_counted_all(desk: Desk) -> None:
    with ThreadPoolExecutor(20) as threads:
        tries = [threads.submit(desk.browser().sign_in, "bianca@desk.example", "wrong") for _ in range(20)]
    assert sorted(one.result().status_code for one in tries) == [401] * 10 + [429] * 10


def test_a_stranger_elsewhere_locks_nobody_out(desk: Desk) -> None:
    stranger = desk.browser("203.0.113.9")
    assert [stranger.sign_in("bianca@desk.example", "wrong").status_code for _ in range(12)][-1] == 429
    assert desk.browser("192.0.2.1").sign_in("bianca@desk.example").status_code == 200


def test_nor_one_behind_the_same_proxy_where_she_signed_in_before(desk: Desk, bianca: Browser) -> None:
    stranger = desk.browser()
    assert [stranger.sign_in("bianca@desk.example", "wrong").status_code for _ in range(12)][-1] == 429
    assert bianca.sign_in().status_code == 200


def test_the_sign_of_a_known_browser_serves_its_own_address_alone(desk: Desk, lena: Browser) -> None:
    assert [lena.sign_in("bianca@desk.example", "wrong").status_code for _ in range(12)][-1] == 429
    assert desk.browser().sign_in("bianca@desk.example", "wrong").status_code == 429  # counted with all of that place


def test_many_addresses_from_one_place_have_to_wait_too(desk: Desk) -> None:
    browser = desk.browser("2001:db8::1")
    answers = {browser.sign_in(f"a{n}@desk.example", "wrong").status_code for n in range(100)}
    assert answers == {401}
    assert desk.browser("2001:db8::2").sign_in("b@desk.example", "wrong").status_code == 429
    assert desk.browser("2001:db8:0:1::1").sign_in("b@desk.example", "wrong").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {"email": "bianca@desk.example"},
        {"email": "bianca@desk.example", "password": 7},
        {"email": "bianca@desk.example", "password": "x" * 2000},
        {"email": "bianca@desk.example", "password": PASSWORD, "role": "administrator"},
        {"email": "\ud800", "password": "\ud800"},
    ],
)
def test_what_is_no_sign_in_is_refused_in_words(desk: Desk, body: Any) -> None:
    headers = {"content-type": "application/json"}
    answer = desk.browser().client.post("/api/session", content=json.dumps(body), headers=headers)
    assert answer.status_code == 422
    assert answer.json()["type"] == "/problems/bad-request"
    assert answer.json()["errors"]
    assert PASSWORD not in answer.text
