"""Who gets a reply: the ticket's own, or whom its author chose; bcc is told to nobody but colleagues."""

from collections.abc import Callable
from email.parser import BytesHeaderParser
from typing import Any

import pytest

from elbowroom.people import customers
from elbowroom.tickets.tables import followers, tickets
from tests.cast import Person

from .conftest import NORA, Mailbox, answer_to, becomes, nora

EVE, CARL, DORA = "eve@elsewhere.example", "carl@elsewhere.example", "dora@elsewhere.example"


def test_cc_and_bcc_get_it_and_bcc_stands_in_no_head(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    chosen = {"to": [NORA], "cc": [EVE], "bcc": [CARL]}
    bianca.replies(ticket, "Hello all", recipients=chosen).ok()
    becomes(bianca, ticket, 2, "left")
    mail = box.sink.wait()[0]
    assert mail.recipients == [NORA, EVE, CARL]
    assert CARL.encode() not in mail.raw
    head = BytesHeaderParser().parsebytes(mail.raw)
    assert (NORA in head["To"], EVE in head["Cc"], head["Bcc"]) == (True, True, None)
    assert bianca.messages(ticket)[-1]["recipients"] == chosen


def test_who_follows_gets_it_unless_she_was_taken_off(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.send("PUT", f"/tickets/{ticket}/followers", {"email": EVE}).ok()
    bianca.replies(ticket, "To both").ok()
    becomes(bianca, ticket, 2, "left")
    bianca.replies(ticket, "To Nora alone", recipients={"to": [NORA]}).ok()
    becomes(bianca, ticket, 3, "left")
    assert [one.recipients for one in box.sink.wait(2)] == [[NORA, EVE], [NORA]]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ({"to": []}, "at least one"),
        ({"to": ["no address"]}, "no address"),
        ({"to": [NORA], "cc": ["eve@elsewhere.example\nBcc: all@x.example"]}, "can't be sent"),
        ({"to": [NORA], "bcc": [f"{n}@many.example" for n in range(60)]}, "at most 50"),
    ],
)
def test_what_is_no_address_is_refused_and_nothing_is_said(
    box: Mailbox, bianca: Person, chosen: Any, words: str
) -> None:
    ticket = box.ticket_of(nora())
    refused = bianca.replies(ticket, "Hello", recipients=chosen)
    assert (refused.status, refused.problem) == (422, "bad-request")
    assert words in refused["detail"]
    assert len(bianca.messages(ticket)) == 1


def test_the_desk_never_writes_to_itself(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    refused = bianca.replies(ticket, "Hello", recipients={"to": [NORA], "cc": [box.address.upper()]})
    assert "address of this desk" in refused["detail"]


def test_an_address_stands_once_where_it_stands_first(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    told = bianca.replies(ticket, "Hello", recipients={"to": [NORA], "cc": [EVE, NORA.upper()], "bcc": [EVE]}).ok()
    assert told["message"]["recipients"] == {"to": [NORA], "cc": [EVE], "bcc": []}


def test_what_is_taken_back_gives_its_recipients_back(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(undo_for=10)
    ticket, chosen = box.ticket_of(nora()), {"to": [NORA], "cc": [], "bcc": [CARL]}
    bianca.replies(ticket, "Too early", recipients=chosen).ok()
    assert bianca.withdraws(ticket, 2).ok()["recipients"] == chosen
    assert bianca.messages(ticket)[-1]["recipients"] is None


def test_what_is_held_keeps_its_recipients(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(undo_for=10)
    chosen = {"to": [NORA], "cc": [EVE], "bcc": []}
    ticket = box.ticket_of(nora("Message-ID: <held@customer.example>"))
    bianca.replies(ticket, "At once", seen=0, recipients=chosen)
    assert bianca.held(ticket)[0]["recipients"] == chosen
    number = bianca.replies(ticket, "Later", recipients=chosen).ok()["message"]["number"]
    box.takes(answer_to("<held@customer.example>", body="It works again."))
    box.desk.travel(11)
    becomes(bianca, ticket, number, "paused")
    assert [one["recipients"] for one in bianca.held(ticket)] == [chosen, chosen]


def test_who_answers_from_cc_is_accepted_and_gets_the_next_one(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Hello", recipients={"to": [NORA], "cc": [EVE]}).ok()
    first = str(box.sent().message_id)
    becomes(bianca, ticket, 2, "left")
    assert box.takes(answer_to(first, who=f"Eve <{EVE}>", body="I know more.")) == "message"
    now = bianca.sees(ticket)
    assert ([one["email"] for one in now["unverified"]], now["followers"]) == ([EVE], [])
    assert bianca.messages(ticket)[-1]["verified"] is False
    bianca.send("PUT", f"/tickets/{ticket}/followers", {"email": EVE}).ok()
    bianca.replies(ticket, "Thank you both").ok()
    becomes(bianca, ticket, 4, "left")
    assert box.sink.wait(2)[1].recipients == [NORA, EVE]
    box.takes(answer_to(first, who=f"Eve <{EVE}>", body="Gladly."))
    assert bianca.messages(ticket)[-1]["verified"] is True


def test_a_name_in_the_signature_is_the_agents(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(signature="Best wishes\n{name}, Northlight")
    bianca.replies(box.ticket_of(nora()), "Yes.").ok()
    out = box.sent()
    assert out.text.rstrip() == "Yes.\n\n-- \nBest wishes\nBianca, Northlight"
    assert str(out.safe_html).count("Bianca, Northlight") == 1


def test_merged_it_goes_on_to_whom_it_was_for_and_to_nobody_who_can_get_no_mail(box: Mailbox, bianca: Person) -> None:
    """Rosa, who follows, is known by telephone alone; and once the desk itself was taken for a customer."""
    box.sink.refuse(550, "5.1.1 no such user")
    ticket, other = box.ticket_of(nora()), box.ticket_of(nora("From: Karl <karl@customer.example>"))

    def verb(tx: Any) -> None:
        rosa = customers.find_or_make_by_phone(tx, "+49 30 123456", "Rosa")
        desk, eve = (customers.find_or_make(tx, one) for one in (box.address.upper(), EVE))
        for one in (rosa, desk, eve):
            tx.run(followers.insert().values(ticket=ticket, customer=one, accepted=True))

    box.desk.write(verb)
    bianca.replies(ticket, "Change the fuse.").ok()
    becomes(bianca, ticket, 2, "refused")
    bianca.merges(ticket, other).ok()
    moved = next(one for one in bianca.messages(other) if one["state"] == "refused")
    assert moved["recipients"] == {"to": [NORA], "cc": [EVE], "bcc": []}
    box.sink.behave()
    bianca.send("POST", f"/tickets/{other}/replies/{moved['number']}/resend").ok()
    becomes(bianca, other, moved["number"], "left")
    assert box.sink.wait()[-1].recipients == [NORA, EVE]


@pytest.mark.parametrize("requester", ["by telephone", "the desk itself"])
def test_merged_of_a_requester_who_can_get_no_mail_nothing_is_kept_as_if_she_could(
    box: Mailbox, bianca: Person, requester: str
) -> None:
    box.sink.refuse(550, "5.1.1 no such user")
    ticket, other = box.ticket_of(nora()), box.ticket_of(nora("From: Karl <karl@customer.example>"))
    bianca.replies(ticket, "Change the fuse.").ok()
    becomes(bianca, ticket, 2, "refused")

    def verb(tx: Any) -> None:
        by_phone = requester == "by telephone"
        who = (
            customers.find_or_make_by_phone(tx, "030 99", "Rosa")
            if by_phone
            else customers.find_or_make(tx, box.address)
        )
        tx.run(tickets.update().where(tickets.c.id == ticket).values(requester=who))

    box.desk.write(verb)
    bianca.merges(ticket, other).ok()
    assert next(one for one in bianca.messages(other) if one["state"] == "refused")["recipients"] is None
