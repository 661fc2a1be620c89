"""Held texts that wait too long: the managers of the department see them, and nobody else does."""

import pytest
from sqlalchemy import update

from elbowroom.people.rights import raise_rights
from elbowroom.people.tables import people
from tests.cast import Desk, Nora, Person


@pytest.fixture
def held(bianca: Person, hanna: Person, ticket: int) -> int:
    """Hanna's text, which Bianca's reply holds."""
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    return int(hanna.replies(ticket, "And the bulb.", seen=1)["held"])


def waiting(person: Person, ticket: int) -> list[tuple[str, str, str]]:
    found = person.get("/held/waiting").ok()["waiting"]
    return [(one["author"]["name"], one["reason"], one["body"]) for one in found if one["ticket"] == ticket]


def test_managers_read_who_waits_since_when_why_and_the_text(omid: Person, ticket: int, held: int) -> None:
    assert waiting(omid, ticket) == [("Hanna", "unseen", "And the bulb.")]
    state = omid.tab().watches("managers/1")["state"]
    assert held in [one["id"] for one in state["waiting"]]


def test_they_see_it_come_and_go_live(omid: Person, bianca: Person, hanna: Person, ticket: int) -> None:
    tab = omid.watches("managers/1")
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    held = hanna.replies(ticket, "And the bulb.", seen=1)["held"]
    assert tab.hears_fact("held_changed")["data"]["awaiting"]["body"] == "And the bulb."
    hanna.send("DELETE", f"/held/{held}").ok()
    assert tab.hears_fact("held_changed")["data"] == {"held": held, "awaiting": None}
    assert waiting(omid, ticket) == []


def test_agents_and_outsiders_see_nothing(
    bianca: Person, hanna: Person, lena: Person, omid: Person, ticket: int, held: int
) -> None:
    for agent in (bianca, hanna, lena):
        assert agent.get("/held/waiting").ok()["waiting"] == []
        tab = agent.tab()
        tab.says(type="watch", place="managers/1", known=False)
        assert tab.hears("error")["problem"]["status"] == 404
    tab = omid.tab()
    tab.says(type="watch", place="managers/2", known=False)
    assert tab.hears("error")["problem"]["status"] == 404


def test_the_answer_to_its_author_says_nothing_of_the_managers(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    facts = hanna.replies(ticket, "And the bulb.", seen=1)["facts"]
    assert [fact["kind"] for fact in facts] == ["reply_held"]


def test_who_is_a_manager_no_more_hears_no_more(own_desk: Desk, omid: Person, bianca: Person, hanna: Person) -> None:
    tab = omid.watches("managers/1")
    ticket = Nora(own_desk).writes()
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()

    def verb(tx: object) -> None:
        tx.run(update(people).where(people.c.id == omid.id).values(role="agent"))  # type: ignore[attr-defined]
        raise_rights(tx, omid.id)  # type: ignore[arg-type]

    own_desk.write(verb)
    hanna.replies(ticket, "And the bulb.", seen=1)
    assert tab.hears("gone")["place"] == "managers/1"
    assert "And the bulb." not in str(tab.heard)


def test_a_text_on_a_foreign_ticket_is_its_authors_alone(lena: Person, omid: Person, ada: Person, ticket: int) -> None:
    """Lena tried a number of Support: its managers don't learn of her, nor hers of the ticket."""
    lena.replies(ticket, "Let me in.", seen=1)
    assert waiting(omid, ticket) == []
    assert waiting(ada, ticket) == []


def test_a_ticket_that_moves_away_takes_its_held_texts_out_of_sight(
    ada: Person, omid: Person, ticket: int, held: int
) -> None:
    tab = omid.watches("managers/1")
    ada.changes(ticket, inbox=2).ok()
    assert tab.hears_fact("held_changed")["data"] == {"held": held, "awaiting": None}
    assert waiting(omid, ticket) == []
    ada.changes(ticket, inbox=1).ok()
    assert tab.hears_fact("held_changed")["data"]["awaiting"]["id"] == held
