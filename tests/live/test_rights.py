"""Rights count at delivery: what was taken away is felt on an open socket within a second, with or without the bus."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete

from elbowroom.people.tables import sessions, tokens
from tests.cast import Desk, Nora, Person, Tab, eventually

TOPICS = ("rights", "sessions_ended", "tokens_ended", "facts")


@pytest.fixture(params=["the bus speaks", "the bus is silent"])
def desk(own_desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """Both ways: the bus only wakes, and may lose every word."""
    if request.param == "the bus is silent":
        own_desk.is_deaf_to(TOPICS)
    return own_desk


def changes(ada: Person, person: Person, **values: Any) -> None:
    version = next(one["version"] for one in ada.get("/people")["people"] if one["id"] == person.id)
    ada.send("PATCH", f"/people/{person.id}", {"from_version": version, **values}).ok()


def within_a_second(what: Callable[[], Any]) -> Any:
    begin = time.monotonic()
    told = what()
    assert time.monotonic() - begin < 1.5, "a second, and half of one for a busy machine"
    return told


def test_whoever_left_a_department_hears_first_that_and_then_nothing_of_it(
    desk: Desk, ada: Person, hanna: Person, nora: Nora
) -> None:
    ticket, tab = nora.writes(), hanna.tab()
    places = [f"ticket/{ticket}", "inbox/1", "department/1"]
    for place in (*places, f"person/{hanna.id}"):
        tab.watches(place)
    changes(ada, hanna, departments=[2])
    nora.answers(ticket, "Between Nora and Support.")
    told = within_a_second(lambda: tab.hears("rights"))
    assert told["me"]["departments"] == [2]
    assert {tab.hears("gone")["place"] for _ in places} == set(places)
    tab.hears("behind", place=f"person/{hanna.id}")
    nora.answers(ticket, "And some more.")
    tab.watches("inbox/2")
    after = tab.heard[tab.heard.index(told) :]
    assert [one for one in after if one["type"] in ("facts", "rows", "crowd") and one["place"] in places] == []
    assert "Between Nora" not in str(tab.heard)


def test_and_is_no_longer_seen_there(desk: Desk, ada: Person, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    hanna.opens(ticket, "writing_reply")
    watching = bianca.watches(f"ticket/{ticket}")
    eventually(lambda: "Hanna" in str(bianca.tab().watches(f"ticket/{ticket}")["crowds"]), "Hanna is there")
    changes(ada, hanna, departments=[2])
    watching.hears_crowd(f"ticket/{ticket}", lambda who: who == {})


def test_a_new_role_is_told_and_every_place_watched_anew(desk: Desk, ada: Person, hanna: Person) -> None:
    tab = hanna.watches("inbox/1")
    changes(ada, hanna, role="manager")
    assert within_a_second(lambda: tab.hears("rights"))["me"]["role"] == "manager"
    tab.hears("behind", place="inbox/1")
    assert tab.watches("inbox/1")["type"] == "snapshot"


def test_a_new_department_can_be_watched_at_once(desk: Desk, ada: Person, hanna: Person) -> None:
    tab = hanna.watches("inbox/1")
    changes(ada, hanna, departments=[1, 2])
    within_a_second(lambda: tab.hears("rights"))
    assert tab.watches("inbox/2")["type"] == "snapshot"


def test_a_disabled_person_is_out(desk: Desk, ada: Person, hanna: Person, nora: Nora) -> None:
    tab = hanna.watches("inbox/1")
    changes(ada, hanna, disabled=True)
    nora.writes("After she left")
    assert within_a_second(lambda: tab.hears("bye"))["why"] == "signed-out"
    assert tab.ends() == 4401
    assert "After she left" not in str(tab.heard)


def test_an_ended_session_closes_its_sockets_and_no_others(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora
) -> None:
    tab, phone = hanna.watches("inbox/1"), desk.person("hanna").watches("inbox/1")
    current = next(one["id"] for one in hanna.get("/sessions").body if one["current"])
    desk.write(lambda tx: tx.run(delete(sessions).where(sessions.c.id == current)))
    assert within_a_second(tab.ends) == 4401
    nora.writes("Still here")
    phone.hears("rows", lambda one: any(row["subject"] == "Still here" for row in one["rows"]))


@pytest.mark.two_servers
def test_signing_out_everywhere_else_is_felt_everywhere_else(desk: Desk, hanna: Person) -> None:
    here, there = hanna.watches("inbox/1"), desk.person("hanna").watches("inbox/1")
    hanna.send("DELETE", "/sessions").ok()
    assert within_a_second(there.ends) == 4401
    assert here.watches("inbox/1")["type"] == "snapshot"


@pytest.mark.two_servers
def test_a_session_that_runs_out_closes_its_socket(desk: Desk, hanna: Person) -> None:
    tab = hanna.watches("inbox/1")
    desk.travel(15 * 86_400)
    assert within_a_second(tab.ends) == 4401


@pytest.mark.two_servers
def test_a_revoked_token_closes_its_socket(desk: Desk) -> None:
    program = desk.program("hanna", "read")
    tab = program.watches("inbox/1")
    desk.write(lambda tx: tx.run(delete(tokens)))
    assert within_a_second(tab.ends) == 4401


def test_a_socket_opened_with_an_old_position_has_the_rights_of_now(
    desk: Desk, ada: Person, hanna: Person, nora: Nora
) -> None:
    first = hanna.tab()
    resume = {name: first.welcome[name] for name in ("epoch", "position", "mark")}
    changes(ada, hanna, departments=[2])
    ticket = nora.writes("Not for her")
    tab: Tab = hanna.tab(resume=resume)
    for place in ("inbox/1", "department/1", f"ticket/{ticket}"):
        tab.says(type="watch", place=place, known=True)
        assert tab.hears("error", place=place)["problem"]["status"] == 404
    assert "Not for her" not in str(tab.heard)
