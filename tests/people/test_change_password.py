from sqlalchemy import select

from elbowroom.kit.commands import commands, fingerprint

from .conftest import PASSWORD, Browser, Desk

NEW = "another quiet bell"


def change(browser: Browser, current: str = PASSWORD, new: str = NEW, **more: str):
    return browser.send("PUT", "/me/password", {"current": current, "new": new}, **more)


def test_a_new_password_signs_out_everywhere_else(desk: Desk, bianca: Browser) -> None:
    other = desk.signed_in("bianca@desk.example")
    assert change(bianca).status_code == 200
    assert bianca.get("/me").status_code == 200
    assert other.get("/me").status_code == 401
    assert other.sign_in(password=PASSWORD).status_code == 401
    assert other.sign_in(password=NEW).status_code == 200


def test_who_does_not_know_the_old_one_changes_nothing(desk: Desk, bianca: Browser) -> None:
    other = desk.signed_in("bianca@desk.example")
    answer = change(bianca, current="not it at all")
    assert answer.status_code == 401
    assert answer.json()["type"] == "/problems/wrong-password"
    assert other.get("/me").status_code == 200
    assert desk.browser().sign_in("bianca@desk.example").status_code == 200


def test_a_retry_after_success_gets_the_first_answer(bianca: Browser) -> None:
    first = change(bianca, key="one")
    again = change(bianca, key="one")
    assert first.status_code == again.status_code == 200
    assert first.content == again.content


def test_the_same_key_with_another_password_is_refused(desk: Desk, bianca: Browser) -> None:
    change(bianca, key="one")
    answer = change(bianca, current=NEW, new="a third quiet bell", key="one")
    assert answer.json()["type"] == "/problems/key-reused"
    assert desk.browser().sign_in("bianca@desk.example", NEW).status_code == 200


def test_no_fast_hash_of_a_password_is_kept(desk: Desk, bianca: Browser) -> None:
    change(bianca, key="one")
    print_ = desk.read(lambda read: read.value(select(commands.c.print).where(commands.c.id == "one")))
    request = f'{{"current":"{PASSWORD}","new":"{NEW}"}}'.encode()
    own = desk.engines.vault.key("commands")
    assert print_ not in {
        fingerprint("PUT", "/api/me/password", "", request),
        fingerprint(own, "PUT", "/api/me/password", "", request),
    }


def test_weak_ones_are_refused_with_what_to_choose_instead(desk: Desk, bianca: Browser) -> None:
    for weak in ("short", "x" * 201, "aaaaaaaaaaaa", "Bianca@desk.example"):
        answer = change(bianca, new=weak)
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["field"] == "new"
    assert change(bianca, new="ten chars!").status_code == 200


def test_a_password_is_the_same_whatever_keyboard_typed_it(desk: Desk, bianca: Browser) -> None:
    assert change(bianca, new="Fahrradklingel gr\u00fcn").status_code == 200
    assert desk.browser().sign_in("bianca@desk.example", "Fahrradklingel gru\u0308n").status_code == 200


def test_guessing_the_old_one_from_an_open_browser_has_to_wait(desk: Desk, bianca: Browser) -> None:
    answers = [change(bianca, current="wrong").status_code for _ in range(11)]
    assert answers == [401] * 10 + [429]
    desk.clock.travel(30)
    assert change(bianca).status_code == 200
