"""What was not delivered: on its author's list, live, until she sends it again or lets it go."""

from typing import Any

import pytest

from elbowroom.conversations.replying import delivery
from tests.cast import UNDO_FOR, Desk, Nora, Person, eventually


def failed(desk: Desk, author: Person, nora: Nora, words: str = "550 no such user") -> tuple[int, int]:
    """A ticket and its refused reply's id."""
    desk.postman.words = words
    ticket = nora.writes(inbox="Post")
    message = int(author.replies(ticket, "Dear Nora")["message"]["id"])
    desk.travel(UNDO_FOR)
    eventually(lambda: author.messages(ticket)[-1]["state"] == "refused", "it is refused")
    desk.postman.words = ""
    return ticket, message


def listed(who: Person) -> dict[int, Any]:
    return {one["message"]: one for one in who.get("/undelivered").ok()["undelivered"]}


def test_its_author_is_told_where_she_looks_and_nobody_else(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora
) -> None:
    tabs = [who.watches(f"person/{who.id}") for who in (bianca, hanna)]
    ticket, message = failed(desk, bianca, nora)
    told = tabs[0].hears_fact("delivery_failed")["data"]["failed"]
    assert (told["ticket"], told["state"], told["words"]) == (ticket, "refused", "550 no such user")
    assert told["to"] == [nora.address]
    assert listed(bianca)[message] == told
    assert message not in listed(hanna)
    assert "delivery_failed" not in str(tabs[1].heard)


def test_a_bounce_counts_too(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket = nora.writes()
    message = int(bianca.replies(ticket, "Dear Nora")["message"]["id"])
    assert message not in listed(bianca)
    desk.write(lambda tx: delivery.bounced(tx, message, "mailbox full"))
    assert listed(bianca)[message]["state"] == "bounced"


def test_letting_it_go_takes_it_off_the_list_and_changes_nothing_else(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket, message = failed(desk, bianca, nora)
    bianca.send("DELETE", f"/undelivered/{message}").ok()
    assert message not in listed(bianca)
    assert bianca.messages(ticket)[-1]["state"] == "refused"
    assert bianca.send("DELETE", f"/undelivered/{message}").status == 404


def test_who_sends_it_to_another_address_is_done(desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket, message = failed(desk, bianca, nora)
    resent = {"recipients": {"to": ["nora@new.example"]}}
    told = hanna.send("POST", f"/tickets/{ticket}/replies/2/resend", resent).ok()["message"]
    assert told["recipients"]["to"] == ["nora@new.example"]
    assert message not in listed(bianca)
    eventually(lambda: bianca.messages(ticket)[-1]["state"] == "left", "it left")


def test_a_wrong_address_is_refused_and_the_entry_stays(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket, message = failed(desk, bianca, nora)
    refused = bianca.send("POST", f"/tickets/{ticket}/replies/2/resend", {"recipients": {"to": ["nora"]}})
    assert refused.status == 422
    assert message in listed(bianca)


@pytest.mark.parametrize("again", ["refused", "bounced"])
def test_what_fails_again_is_on_the_list_again(desk: Desk, bianca: Person, nora: Nora, again: str) -> None:
    ticket, message = failed(desk, bianca, nora)
    bianca.send("DELETE", f"/undelivered/{message}").ok()
    desk.postman.words = "550 still not" if again == "refused" else ""
    bianca.send("POST", f"/tickets/{ticket}/replies/2/resend").ok()
    eventually(lambda: bianca.messages(ticket)[-1]["state"] != "waiting", "it was tried")
    desk.postman.words = ""
    if again == "bounced":
        desk.write(lambda tx: delivery.bounced(tx, message, "mailbox full"))
    assert listed(bianca)[message]["state"] == again


def test_it_follows_its_ticket_into_the_bin_and_out_again(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket, message = failed(desk, bianca, nora)
    tab = bianca.watches(f"person/{bianca.id}")
    bianca.throws_away(ticket).ok()
    assert tab.hears_fact("delivery_changed")["data"] == {"undelivered": message}
    assert message not in listed(bianca)
    bianca.restores(ticket).ok()
    assert tab.hears_fact("delivery_changed")["data"]["failed"] == listed(bianca)[message]


def test_it_follows_its_words_into_another_ticket_and_back(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket, message = failed(desk, bianca, nora)
    other = nora.writes("Dark stairs", inbox="Post")
    tab = bianca.watches(f"person/{bianca.id}")

    def goes_on_in() -> tuple[int, int]:
        told = tab.hears_fact("delivery_changed")["data"]["failed"]
        assert told == listed(bianca)[message]
        return told["ticket"], told["number"]

    bianca.merges(ticket, other).ok()
    assert goes_on_in() == (other, 3)
    bianca.parts(ticket).ok()
    assert goes_on_in() == (ticket, 2)
    made = bianca.splits(ticket, 2).ok()["id"]
    assert goes_on_in() == (made, 1)
    bianca.changes(made, subject="The lamp of the stairs").ok()
    assert (goes_on_in(), listed(bianca)[message]["subject"]) == ((made, 1), "The lamp of the stairs")


def test_where_it_moved_out_of_her_sight_it_is_off_her_list_and_she_may_let_it_go(
    desk: Desk, ada: Person, bianca: Person, hanna: Person, nora: Nora
) -> None:
    (ticket, message), (binned, other) = failed(desk, bianca, nora), failed(desk, bianca, nora)
    tab = bianca.watches(f"person/{bianca.id}")
    ada.changes(ticket, inbox=2).ok()
    assert tab.hears_fact("delivery_changed")["data"] == {"undelivered": message}
    assert message not in listed(bianca)
    ada.throws_away(binned).ok()
    for one in (message, other):
        assert hanna.send("DELETE", f"/undelivered/{one}").status == 404
        bianca.send("DELETE", f"/undelivered/{one}").ok()
    ada.changes(ticket, inbox=6).ok()
    ada.restores(binned).ok()
    assert listed(bianca).keys().isdisjoint({message, other})
