"""Who called by telephone gets an address; and whom one writes to is found while one types."""

from elbowroom.tickets import followers
from elbowroom.tickets.tables import tickets
from tests.cast import Desk, Person

ROSA = "rosa@customer.example"


def calls(person: Person, phone: str, name: str = "Rosa") -> int:
    requester = {"phone": phone, "name": name}
    asked = {"kind": "phone", "subject": "Call", "body": "It is dark.", "requester": requester}
    return int(person.send("POST", "/tickets", asked).ok()["id"])


def is_given(person: Person, ticket: int, email: str = ROSA) -> None:
    person.send("PUT", f"/tickets/{ticket}/requester", {"email": email}).ok()


def test_whom_the_ticket_is_for_follows_it_no_more(bianca: Person, hanna: Person) -> None:
    ticket = calls(bianca, "+49 30 111")
    bianca.send("PUT", f"/tickets/{ticket}/followers", {"email": ROSA}).ok()
    tab = hanna.watches(f"ticket/{ticket}")
    is_given(bianca, ticket)
    rosa = bianca.sees(ticket)["requester"]
    assert (rosa["email"], bianca.sees(ticket)["followers"]) == (ROSA, [])
    assert tab.hears_fact("follower_removed")["data"]["follower"] == rosa["id"]


def test_nor_does_she_wait_to_be_accepted(desk: Desk, bianca: Person) -> None:
    ticket = calls(bianca, "+49 30 112")
    rosa = bianca.send("POST", "/tickets", {"subject": "Lamp", "requester": ROSA, "body": "Dark."}).ok()["requester"]
    stored = desk.read(lambda read: read.first(tickets.select().where(tickets.c.id == ticket)))
    desk.write(lambda tx: followers.propose(tx, stored, rosa["id"]))
    assert [one["id"] for one in bianca.sees(ticket)["unverified"]] == [rosa["id"]]
    is_given(bianca, ticket)
    assert bianca.sees(ticket)["unverified"] == []


def test_a_number_noted_beside_an_address_is_found_however_it_is_written(bianca: Person) -> None:
    is_given(bianca, calls(bianca, "0049 (30) 22-33", "Tilda"), "tilda@customer.example")
    for words in ("4930", "49 30 / 22", "+4930223", "0049 (30) 2233", "30-2233"):
        assert [one["name"] for one in bianca.get("/customers", q=words).ok()["customers"]][:1] == ["Tilda"]
    assert bianca.get("/customers", q="33-44").ok()["customers"] == []
