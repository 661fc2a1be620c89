"""Which sessions and tokens still hold, asked for all open sockets at once."""

import pytest
from sqlalchemy import select

from elbowroom.people import sessions
from elbowroom.people.sessions import living, living_tokens
from elbowroom.people.tables import tokens
from tests.cast import Desk


@pytest.mark.parametrize("named", [500, 0], ids=["a few are named", "beyond so many all are looked through"])
def test_those_that_hold_of_those_that_are_asked_for(desk: Desk, monkeypatch: pytest.MonkeyPatch, named: int) -> None:
    monkeypatch.setattr(sessions, "NAMED", named)
    hanna, bianca = desk.person("hanna"), desk.person("bianca")
    hers = next(one["id"] for one in hanna.get("/sessions").body if one["current"])
    other = next(one["id"] for one in bianca.get("/sessions").body if one["current"])
    assert desk.read(lambda read: living(read, {hers, 10**6})) == {hers}
    assert desk.read(lambda read: living(read, {hers, other})) == {hers, other}
    hanna.send("DELETE", "/session").ok()
    assert desk.read(lambda read: living(read, {hers, other})) == {other}
    desk.program("bianca", "read")
    one = desk.read(lambda read: read.value(select(tokens.c.id).order_by(tokens.c.id.desc())))
    assert desk.read(lambda read: living_tokens(read, {one, 10**6})) == {one}
    assert desk.read(lambda read: living_tokens(read, ())) == set()
