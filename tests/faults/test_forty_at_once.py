"""Forty people take one ticket in the same instant: one holds it, and all others are told who."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from elbowroom.people import agents
from elbowroom.people.sessions import open_session
from elbowroom.together.tables import locks
from tests.cast import Person
from tests.served import ServedDesk, house

pytestmark = pytest.mark.faults
MANY = 40


def newcomer(desk: ServedDesk, number: int) -> Person:
    """An agent of Support, at this server."""

    def verb(tx: Any) -> tuple[int, str]:
        person = agents.make(tx, f"{number}@forty.example", f"Agent {number}", "agent", within=[1])
        return person, open_session(tx, person, "a browser")

    person, secret = desk.write(verb)
    return desk._came(Person(desk, f"Agent {number}", person, {"Cookie": f"elbowroom={secret}"}))


def tried(template: Path, folder: Path, nodes: int) -> None:
    with house(template, folder, nodes) as desks:
        omid = desks[0].person("omid")
        body = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken.", "inbox": 3}
        ticket = omid.send("POST", "/tickets", body).ok()["id"]
        people = [newcomer(desks[number % nodes], number) for number in range(MANY)]
        start = threading.Barrier(MANY)

        def takes(person: Person) -> Any:
            start.wait()
            return person.locks(ticket)

        with ThreadPoolExecutor(MANY) as hands:
            answers = list(hands.map(takes, people))
        (won,) = [one for one in answers if one.status == 200]
        assert {(one.status, one.problem) for one in answers if one is not won} == {(409, "locked")}
        assert {one["holder"]["id"] for one in answers} == {won["holder"]["id"]}
        rows = desks[0].read(lambda read: read.rows(select(locks)))
        assert [(row["person"], row["fence"]) for row in rows] == [(won["holder"]["id"], won["fence"])]
        assert won["fence"] == 1


@pytest.mark.sqlite
def test_on_one_server(template: Path, tmp_path: Path) -> None:
    tried(template, tmp_path / "desk", 1)


@pytest.mark.postgres
def test_between_two_servers(template: Path, tmp_path: Path) -> None:
    tried(template, tmp_path / "desk", 2)
