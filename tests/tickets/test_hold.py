"""The lock's doors; who may hold what is in together/test_locks.py."""

from sqlalchemy import update

from elbowroom.people.tables import people
from tests.cast import Desk, Nora, Person


def test_its_shape(bianca: Person, ticket: int) -> None:
    held = bianca.locks(ticket).ok()
    assert {"holder", "fence", "since"} <= held.body.keys()
    assert "until" not in held.body
    assert held["holder"] == {"id": bianca.id, "name": "Bianca"}


def test_a_programs_lock_says_when_it_ends(desk: Desk, ticket: int) -> None:
    program = desk.program("bianca", "read", "reply")
    first = program.locks(ticket).ok()
    desk.travel(30)
    again = program.locks(ticket).ok()
    assert (again["fence"], again["until"] > first["until"]) == (first["fence"], True)


def test_freeing_what_is_free_is_fine(bianca: Person, ticket: int) -> None:
    assert bianca.frees(ticket).status == 200
    assert bianca.forces(ticket).status == 200


def test_a_lock_can_be_let_go_of_in_the_bin_but_not_taken(bianca: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    bianca.throws_away(ticket).ok()
    assert bianca.frees(ticket).status == 200
    assert bianca.locks(ticket).status == 410


def test_a_bot_releases_nobodys_lock(own_desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    bianca.locks(ticket).ok()
    own_desk.write(lambda tx: tx.run(update(people).where(people.c.id == hanna.id).values(kind="bot")))
    assert hanna.forces(ticket).problem == "forbidden"
    assert hanna.throws_away(ticket).problem == "forbidden"
    assert bianca.locks(ticket)["holder"]["name"] == "Bianca"


def test_a_forced_lock_stands_in_the_history_with_its_version(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    hanna.forces(ticket).ok()
    fact = hanna.get(f"/tickets/{ticket}/facts")["facts"][-1]
    assert (fact["kind"], fact["version"]) == ("lock_forced", hanna.sees(ticket)["version"])
