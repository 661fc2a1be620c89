from sqlalchemy import func, select

from elbowroom.people import sessions, tables, tidy
from tests.engines import stored

from .conftest import Browser, Desk


def test_she_sees_her_browsers_and_which_one_this_is(desk: Desk, bianca: Browser) -> None:
    desk.clock.travel(60)
    other = desk.browser()
    other.sign_in("bianca@desk.example", User_Agent="Other/1.0")
    listed = bianca.get("/sessions").json()
    assert [(one["device"], one["current"]) for one in listed] == [("Other/1.0", False), ("testclient", True)]


def test_signing_out_ends_the_session_itself_and_not_the_cookie_alone(desk: Desk, bianca: Browser) -> None:
    secret = bianca.client.cookies["elbowroom"]
    answer = bianca.send("DELETE", "/session")
    assert answer.status_code == 200
    assert "elbowroom" not in bianca.client.cookies
    bianca.client.cookies.set("elbowroom", secret)
    assert bianca.get("/me").json()["type"] == "/problems/signed-out"


def test_she_ends_one_other_session(desk: Desk, bianca: Browser) -> None:
    other = desk.signed_in("bianca@desk.example")
    id = next(one["id"] for one in bianca.get("/sessions").json() if not one["current"])
    desk.told.clear()
    assert bianca.send("DELETE", f"/sessions/{id}").status_code == 200
    assert ("sessions_ended", [id]) in desk.told
    assert other.get("/me").status_code == 401
    assert bianca.get("/me").status_code == 200


def test_she_ends_all_others(desk: Desk, bianca: Browser) -> None:
    others = [desk.signed_in("bianca@desk.example") for _ in range(2)]
    assert bianca.send("DELETE", "/sessions").status_code == 200
    assert [one.get("/me").status_code for one in others] == [401, 401]
    assert bianca.get("/me").status_code == 200


def test_nobody_ends_a_session_of_someone_else(desk: Desk, bianca: Browser, lena: Browser) -> None:
    hers = bianca.get("/sessions").json()[0]["id"]
    assert lena.send("DELETE", f"/sessions/{hers}").status_code == 404
    assert bianca.get("/me").status_code == 200
    assert hers not in [one["id"] for one in lena.get("/sessions").json()]


def test_a_session_ends_by_itself_when_it_is_not_used(desk: Desk, bianca: Browser) -> None:
    desk.clock.travel(sessions.LASTS_FOR - 1)
    assert bianca.get("/me").status_code == 200
    desk.clock.travel(1)
    assert bianca.get("/me").status_code == 401


def test_a_session_in_use_is_lengthened(desk: Desk, bianca: Browser) -> None:
    desk.clock.travel(sessions.LASTS_FOR - 1)
    session = bianca.get("/sessions").json()[0]["id"]
    desk.write(lambda tx: sessions.touch(tx, session))
    desk.clock.travel(sessions.LASTS_FOR - 1)
    assert bianca.get("/me").status_code == 200


def test_only_a_hash_of_the_session_is_stored(desk: Desk, bianca: Browser) -> None:
    secret = bianca.client.cookies["elbowroom"].encode()
    folder = desk.engines.config.data_dir
    assert secret not in stored(folder)


def test_what_is_over_is_forgotten_and_what_holds_is_not(desk: Desk, bianca: Browser) -> None:
    desk.clock.travel(sessions.LASTS_FOR)
    hanna = desk.signed_in("hanna@desk.example")
    desk.write(tidy.forget_old)
    assert hanna.get("/me").status_code == 200
    assert desk.read(lambda read: read.value(select(func.count()).select_from(tables.sessions))) == 1
