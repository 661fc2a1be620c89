"""The matrix of the socket: every command × everyone, on places of Support."""

from contextlib import ExitStack
from typing import Any, get_args

import pytest
from websockets.exceptions import InvalidStatus

from elbowroom.live.messages import ClientMessage
from tests.cast import WHO, Desk, Nora, Person, Tab
from tests.rights.principals import PRINCIPALS, Principal, comes

LETS_IN = [one for one in PRINCIPALS if not one.over and not one.origin and "read" in one.scopes]
TURNED_AWAY = [one for one in PRINCIPALS if one not in LETS_IN]


@pytest.fixture
def ticket(nora: Nora) -> int:
    return nora.writes()


def enters(desk: Desk, principal: Principal) -> Tab:
    shown = comes(desk, principal)
    person = desk.stranger(**{name: value for name, value in shown.items() if name != "Origin"})
    tab = Tab(person, origin=None if principal.is_program else principal.origin or "ours")
    person.tabs.append(tab)
    return tab


def named(principal: Principal) -> str:
    return principal.name


@pytest.mark.parametrize("principal", TURNED_AWAY, ids=named)
def test_whoever_may_not_listen_is_turned_away_at_the_door(desk: Desk, principal: Principal) -> None:
    with pytest.raises(InvalidStatus) as refused:
        enters(desk, principal)
    assert refused.value.response.status_code == (401 if principal.over else 403)


@pytest.mark.parametrize("principal", LETS_IN, ids=named)
def test_places_are_heard_by_those_whose_they_are(desk: Desk, ticket: int, principal: Principal) -> None:
    tab = enters(desk, principal)
    me = tab.hears("welcome")["me"]["id"]
    other = 3 if me == 2 else 2
    inside = principal.who != "lena"
    rights = {
        f"ticket/{ticket}": inside, "inbox/1": inside, "department/1": inside, f"person/{me}": True,
        f"person/{other}": False, "ticket/999999": False, "inbox/999": False, "nowhere/1": False, "ticket": False,
        "department/2": principal.who in {"lena", "ada"}, "inbox/2": principal.who in {"lena", "ada"},
    }  # fmt: skip
    for place, may in rights.items():
        for known in (False, True):
            tab.says(type="watch", place=place, known=known)
            told = tab.hears(("snapshot", "resumed", "error"), place=place)
            assert (told["type"] != "error") is may, (place, told)
            assert may or told["problem"]["status"] == 404
        tab.says(type="unwatch", place=place)


@pytest.mark.parametrize("principal", LETS_IN, ids=named)
def test_one_is_seen_only_where_one_may_be(desk: Desk, omid: Person, ticket: int, principal: Principal) -> None:
    watching, tab = omid.watches(f"ticket/{ticket}"), enters(desk, principal)
    tab.is_here(f"ticket/{ticket}", "writing_reply")
    if principal.who == "lena":
        assert tab.hears("error")["problem"]["status"] == 404
    else:
        watching.hears_crowd(f"ticket/{ticket}", lambda who: who == {principal.who.title(): "writing_reply"})


@pytest.mark.parametrize("says", [{"type": "watch", "place": "inbox/1"}, {"type": "here", "place": "inbox/1"},
                                  {"type": "unwatch", "place": "inbox/1"}, {"type": "pong"}])  # fmt: skip
def test_nothing_is_answered_before_hello(bianca: Person, says: dict[str, Any]) -> None:
    tab = Tab(bianca, says_hello=False)
    bianca.tabs.append(tab)
    tab.says(**says)
    assert tab.hears("error")["problem"]["title"] == "Say hello first"


def test_every_command_stands_in_these_tests() -> None:
    kinds = {one.model_fields["type"].annotation for one in get_args(get_args(ClientMessage)[0])}
    assert {get_args(one)[0] for one in kinds} == {"hello", "watch", "unwatch", "here", "pong"}


def test_a_program_is_let_in_by_its_token_and_never_by_a_foreign_page(desk: Desk) -> None:
    for origin, may in (("ours", True), (None, True), ("https://evil.example", False)):
        person = desk.program("bianca", "read")
        with ExitStack() as stack:
            if not may:
                stack.enter_context(pytest.raises(InvalidStatus))
            tab = Tab(person, origin=desk.origin if origin == "ours" else origin)
            person.tabs.append(tab)
            assert tab.hears("welcome")["me"]["id"] == list(WHO).index("bianca") + 1


def test_a_cookie_without_an_origin_opens_nothing(desk: Desk, bianca: Person) -> None:
    with pytest.raises(InvalidStatus) as refused:
        Tab(bianca, origin=None)
    assert refused.value.response.status_code == 403
    assert bianca.tab().welcome["me"]["name"] == "Bianca"
