"""Labels are added and removed, so that two people labelling at once both keep theirs."""

from typing import Any

import pytest
from sqlalchemy import update

from elbowroom.tickets.tables import labels
from tests.cast import SUPPORT, Desk, Nora, Person


def test_both_keep_theirs(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    bianca.labels(ticket, "lamp").ok()
    hanna.labels(ticket, "urgent call").ok()
    assert bianca.sees(ticket)["labels"] == ["lamp", "urgent call"]
    assert tab.hears_fact("label_added")["data"]["label"]["name"] == "lamp"
    assert tab.hears_fact("label_added")["by"]["name"] == "Hanna"


def test_adding_and_removing_twice_is_no_event(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.labels(ticket, "lamp").ok()
    assert hanna.labels(ticket, "lamp")["labels"] == ["lamp"]
    hanna.unlabels(ticket, "lamp").ok()
    assert bianca.unlabels(ticket, "lamp")["labels"] == []
    assert bianca.unlabels(ticket, "never was")["labels"] == []
    kinds = desk.kinds(f"ticket/{ticket}")
    assert (kinds.count("label_added"), kinds.count("label_removed")) == (1, 1)


def test_a_name_is_one_in_any_case_and_form(bianca: Person, ticket: int) -> None:
    bianca.labels(ticket, "Äpfel  und Birnen").ok()
    for same in ("ÄPFEL UND BIRNEN", "Äpfel und Birnen ", "A\u0308pfel und Birnen"):
        assert bianca.labels(ticket, same)["labels"] == ["Äpfel und Birnen"]
    assert bianca.unlabels(ticket, "äpfel und birnen")["labels"] == []


@pytest.mark.parametrize("name", ["a/b", "50 % off", "?", "#1", "наклейка", "发票", "a+b", "...", "🙂", "a%2Fb"])
def test_any_name_travels_percent_encoded(bianca: Person, ticket: int, name: str) -> None:
    assert bianca.labels(ticket, name).ok()["labels"] == [name]
    assert bianca.lists(label=name) == [ticket]
    assert bianca.unlabels(ticket, name)["labels"] == []


@pytest.mark.parametrize("name", [" ", "x" * 51, "bell\x07", "\u202etxt"])
def test_what_is_no_name_is_refused(bianca: Person, ticket: int, name: str) -> None:
    assert bianca.labels(ticket, name).problem == "bad-request"
    assert bianca.sees(ticket)["labels"] == []


def test_a_new_one_is_told_to_its_department_alone(bianca: Person, hanna: Person, lena: Person, nora: Nora) -> None:
    inside, outside = hanna.watches("department/1"), lena.watches("department/2")
    bianca.labels(nora.writes(), "brand new").ok()
    made = inside.hears_fact("label_made")["data"]["label"]
    assert (made["name"], made["department"]) == ("brand new", SUPPORT)
    lena.labels(nora.writes(inbox="Billing"), "invoice").ok()
    outside.hears_fact("label_made")
    assert "brand new" not in str(outside.heard)
    assert "brand new" not in str(lena.get("/desk").body)


def test_a_merged_name_lands_on_the_one_it_was_merged_into(desk: Desk, bianca: Person, nora: Nora) -> None:
    old, new = nora.writes(), nora.writes()
    bianca.labels(old, "lamps").ok()
    bianca.labels(new, "lighting").ok()

    def merge(tx: Any) -> None:
        target = tx.value(labels.select().where(labels.c.name == "lighting"))
        tx.run(update(labels).where(labels.c.name == "lamps").values(alias_of=target))

    desk.write(merge)
    ticket = nora.writes()
    assert bianca.labels(ticket, "Lamps")["labels"] == ["lighting"]
    assert bianca.labels(ticket, "lighting")["labels"] == ["lighting"]
    assert bianca.lists(label="lamps") == bianca.lists(label="lighting")
    assert bianca.unlabels(ticket, "lamps")["labels"] == []


def test_a_deleted_ticket_takes_none(bianca: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    assert bianca.labels(ticket, "lamp").status == 410
    bianca.restores(ticket).ok()
    assert bianca.labels(ticket, "lamp").status == 200
