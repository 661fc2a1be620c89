"""A ticket opened by hand or by a program."""

from typing import Any

import pytest

from tests.cast import Desk, Person

NORA = {"email": "nora@customer.example", "name": "Nora"}


def opens(person: Person, **more: Any) -> Any:
    asked = {"subject": "Lamp", "requester": NORA, "body": "It is broken.", **more}
    return person.send("POST", "/tickets", asked)


def test_it_lands_in_the_first_inbox_of_her_department(bianca: Person, hanna: Person, lena: Person) -> None:
    tab = hanna.watches("inbox/1")
    made = opens(bianca)
    assert (made.status, made["inbox"], made["status"], made["queue"]) == (201, 1, "open", "new")
    assert made["requester"]["name"] == "Nora"
    tab.hears("rows", lambda one: any(row["id"] == made["id"] for row in one["rows"]))
    assert opens(lena)["inbox"] == 2


def test_its_first_message_is_the_customers(bianca: Person) -> None:
    made = opens(bianca, inbox=3)
    first = bianca.messages(made["id"])[0]
    assert (first["number"], first["kind"], first["author"]["email"]) == (1, "customer", NORA["email"])
    assert (made["inbox"], made["head"], made["last_number"], made["preview"]) == (3, 1, 1, "It is broken.")


def test_one_address_is_one_customer_in_any_case(bianca: Person) -> None:
    first = opens(bianca)["requester"]
    again = opens(bianca, requester="NORA@Customer.Example")["requester"]
    assert again["id"] == first["id"]
    assert again["name"] == "Nora"


def test_a_retry_opens_no_second_one(bianca: Person) -> None:
    asked = {"subject": "Once", "requester": "nora@customer.example", "body": "Once."}
    first = bianca.send("POST", "/tickets", asked, key="opened once")
    again = bianca.send("POST", "/tickets", asked, key="opened once")
    assert first.body == again.body
    assert bianca.finds("once") == [first["id"]]


@pytest.mark.parametrize(
    "more",
    [{"subject": ""}, {"subject": "\n\t"}, {"body": "  "}, {"requester": "nora"}, {"requester": "a b@c.example"},
     {"requester": {"email": "nora@x", "name": "n" * 201}}, {"requester": "x@y>\r\nBcc: z@z"}, {"extra": 1},
     {"body": "x" * 200_001}, {"inbox": "one"}],
)  # fmt: skip
def test_what_can_not_be_used_makes_none(bianca: Person, more: dict[str, Any]) -> None:
    before = bianca.get("/tickets")["total"]
    assert opens(bianca, **more).status == 422
    assert bianca.get("/tickets")["total"] == before


def test_nobody_opens_one_where_she_may_not_look(bianca: Person) -> None:
    assert opens(bianca, inbox=2).status == 404
    assert opens(bianca, inbox=99).status == 404


def test_a_program_opens_one_as_its_person(desk: Desk, hanna: Person) -> None:
    program = desk.program("bianca", "read", "reply")
    made = opens(program).ok()
    assert desk.facts(f"ticket/{made['id']}")[0]["by"]["name"] == "Bianca"
