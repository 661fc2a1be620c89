"""A ticket that an agent opens: the first mail to a customer, or what she said on the telephone."""

from collections.abc import Callable
from typing import Any

from tests.cast import INBOXES, Answer, Person

from .conftest import Mailbox, answer_to, becomes

ROSA = "rosa@customer.example"


def opens(who: Person, kind: str, inbox: str = "Support", **more: Any) -> Answer:
    asked = {"kind": kind, "subject": "Your lamp is ready", "body": "Come by when you like.", "inbox": INBOXES[inbox]}
    return who.send("POST", "/tickets", {**asked, "requester": {"email": ROSA, "name": "Rosa"}, **more})


def test_an_agent_writes_first(box: Mailbox, bianca: Person, hanna: Person) -> None:
    file = bianca.uploads(b"PNG", "bill.png").ok()["id"]
    ticket = opens(bianca, "mail", attachments=[file], cc=["carl@customer.example"]).ok()
    number = ticket["id"]
    assert (ticket["head"], ticket["queue"], ticket["requester"]["email"]) == (1, "pending", ROSA)
    becomes(hanna, number, 1, "left")
    out = box.sent()
    assert (out.subject, out.references, [one.name for one in out.attachments]) == (
        "Your lamp is ready", [], ["bill.png"],
    )  # fmt: skip
    assert box.sink.wait()[0].recipients == [ROSA, "carl@customer.example"]
    box.takes(answer_to(str(out.message_id), who=f"Rosa <{ROSA}>", body="On Monday!"))
    last = hanna.messages(number)[-1]
    assert (last["number"], last["text"], last["verified"]) == (2, "On Monday!", True)


def test_her_first_mail_can_be_taken_back(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(undo_for=10, inbox=INBOXES["Advice"])
    ticket = opens(bianca, "mail", "Advice").ok()["id"]
    assert bianca.withdraws(ticket, 1).ok()["body"] == "Come by when you like."
    box.desk.travel(11)
    assert box.sink.talks == 0


def test_in_an_exclusive_inbox_too_and_the_ticket_is_free_afterwards(
    connect: Callable[..., Mailbox], bianca: Person, hanna: Person
) -> None:
    connect(inbox=INBOXES["VIP"])
    ticket = opens(bianca, "mail", "VIP").ok()["id"]
    assert hanna.locks(ticket).status == 200


def test_without_a_mailbox_no_mail_is_promised(bianca: Person) -> None:
    refused = opens(bianca, "mail", "Strict")
    assert (refused.status, refused["errors"][0]["field"]) == (422, "inbox")


def test_a_caller_is_known_by_her_number(box: Mailbox, bianca: Person) -> None:
    first = opens(bianca, "phone", requester={"name": "Rosa", "phone": "+49 30 / 123-456"}).ok()
    again = opens(bianca, "phone", requester={"phone": "0049 30123456"}).ok()
    assert first["requester"] == again["requester"]
    assert (first["requester"]["email"], first["requester"]["phone"]) == ("", "+49 30 / 123-456")
    said = bianca.messages(first["id"])[0]
    assert (said["kind"], said["author"]["name"], first["head"]) == ("customer", "Rosa", 1)


def test_a_caller_without_an_address_gets_no_mail_until_she_has_one(box: Mailbox, bianca: Person) -> None:
    ticket = opens(bianca, "phone", requester={"name": "Lola", "phone": "+49 30 999"}).ok()["id"]
    refused = bianca.replies(ticket, "Hello")
    assert (refused.status, "telephone alone" in refused["detail"]) == (422, True)
    bianca.notes(ticket, "Called back.").ok()
    bianca.send("PUT", f"/tickets/{ticket}/requester", {"email": "lola@customer.example"}).ok()
    assert bianca.sees(ticket)["requester"]["phone"] == "+49 30 999"
    bianca.replies(ticket, "Hello").ok()
    becomes(bianca, ticket, 3, "left")
    assert box.sink.wait()[0].recipients == ["lola@customer.example"]
    assert bianca.send("PUT", f"/tickets/{ticket}/requester", {"email": "x@y.example"}).problem == "has-address"


def test_neither_address_nor_number_is_refused(bianca: Person) -> None:
    assert opens(bianca, "phone", requester={"name": "Rosa"})["errors"][0]["field"] == "requester.email"
    assert opens(bianca, "mail", requester={"phone": "+49 30 1234"})["errors"][0]["field"] == "requester.email"
    assert opens(bianca, "phone", requester={"phone": "call me"})["errors"][0]["field"] == "requester.phone"


def test_the_plain_door_is_as_it_was(bianca: Person) -> None:
    made = bianca.send("POST", "/tickets", {"subject": "Lamp", "requester": ROSA, "body": "It is dark."}).ok()
    assert bianca.messages(made["id"])[0]["kind"] == "customer"


def test_known_customers_are_completed_within_her_departments(bianca: Person, lena: Person) -> None:
    opens(bianca, "phone", requester={"name": "Юлия Новак", "phone": "+7 495 55512"}).ok()
    opens(bianca, "customer", requester={"email": "julia@customer.example", "name": "Julia_100%"}).ok()
    for words in ("юли", "Нова", "49555512"):
        assert [one["name"] for one in bianca.get("/customers", q=words).ok()["customers"]] == ["Юлия Новак"]
    assert [one["email"] for one in bianca.get("/customers", q="a_100%").ok()["customers"]] == [
        "julia@customer.example"
    ]
    assert lena.get("/customers", q="julia").ok()["customers"] == []
