"""A message handed on to somebody outside: quoted, with its files, past the customer and her thread."""

from typing import Any

import pytest

from elbowroom.channels.email import ours
from elbowroom.kit.mail import ids
from tests.cast import Answer, Person

from .conftest import NORA, Mailbox, answer_to, becomes, nora

REPAIR = "repair@lamps.example"


def forwards(who: Person, ticket: int, number: int = 1, **more: Any) -> Answer:
    asked = {"number": number, "body": "Can you mend it?", "recipients": {"to": [REPAIR]}, **more}
    return who.send("POST", f"/tickets/{ticket}/forwards", asked)


def test_it_leaves_with_what_it_quotes_and_the_files_chosen(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora(number=8001))
    plan, photo = (bianca.uploads(b"PNG", name).ok()["id"] for name in ("plan.png", "photo.png"))
    bianca.replies(ticket, "See the plan", attachments=[plan, photo]).ok()
    becomes(bianca, ticket, 2, "left")
    told = forwards(bianca, ticket, 2, keeps=[plan]).ok()["message"]
    assert (told["kind"], told["state"], told["recipients"]["to"]) == ("forward", "waiting", [REPAIR])
    becomes(bianca, ticket, 3, "left")
    out, mail = box.sent(2), box.sink.wait(2)[1]
    assert mail.recipients == [REPAIR]
    assert (out.subject, out.references, out.in_reply_to) == ("Fwd: Lamp broken", [], [])
    assert out.text.startswith("Can you mend it?\n\n---------- Forwarded message")
    assert "See the plan" in out.text
    assert [one.name for one in out.attachments] == ["plan.png"]
    assert ids.read(ours.secret(box.desk.engines.vault), str(out.message_id))


@pytest.mark.parametrize(
    ("language", "head"),
    [
        (None, ("Forwarded message", "From: Nora Ellis <nora@customer.example>", "Date: ", "Subject: Lamp broken")),
        (
            "de",
            ("Weitergeleitete Nachricht", "Von: Nora Ellis <nora@customer.example>", "Datum: ", "Betreff: Lamp broken"),
        ),
        ("ru", ("Пересылаемое сообщение", "От: Nora Ellis <nora@customer.example>", "Дата: ", "Тема: Lamp broken")),
        ("zh", ("转发的邮件", "发件人：Nora Ellis <nora@customer.example>", "日期：", "主题：Lamp broken")),
    ],
)
def test_its_head_speaks_as_who_forwards_it(
    box: Mailbox, bianca: Person, language: str | None, head: tuple[str, ...]
) -> None:
    bianca.send("PATCH", "/me", {"language": language}).ok()
    ticket = box.ticket_of(nora())
    forwards(bianca, ticket, body="").ok()
    lines = box.sent().text.split("\n\n")[0].splitlines()
    bianca.send("PATCH", "/me", {"language": None}).ok()
    assert all(line.strip("- ").startswith(words) for line, words in zip(lines, head, strict=True))


def test_it_holds_up_nobody_and_answers_nothing(box: Mailbox, bianca: Person, hanna: Person) -> None:
    ticket = box.ticket_of(nora())
    forwards(bianca, ticket).ok()
    now = hanna.sees(ticket)
    assert (now["head"], now["last_number"], now["queue"]) == (1, 2, "new")
    hanna.replies(ticket, "Hello Nora", seen=1).ok()


def test_the_outsiders_answer_is_on_the_ticket_unverified_and_out_of_noras_thread(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora(number=8002))
    forwards(bianca, ticket).ok()
    sent = str(box.sent().message_id)
    assert box.takes(answer_to(sent, who=f"Rita <{REPAIR}>", number=8003, body="On Monday.")) == "message"
    last = bianca.messages(ticket)[-1]
    assert (last["kind"], last["author"]["email"], last["verified"]) == ("customer", REPAIR, False)
    bianca.replies(ticket, "They come on Monday.").ok()
    becomes(bianca, ticket, 4, "left")
    out = box.sent(2)
    assert box.sink.wait(2)[1].recipients == [NORA]
    assert out.references == out.in_reply_to == ["<8002@customer.example>"]


def test_the_customer_is_answered_by_a_reply_alone(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    for part in ("to", "cc", "bcc"):
        refused = forwards(bianca, ticket, recipients={"to": [REPAIR], part: [NORA.upper()]})
        assert (refused.status, "write a reply" in refused["detail"]) == (422, True)
    assert len(bianca.messages(ticket)) == 1


def test_a_note_stays_inside(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.notes(ticket, "He sounds angry.").ok()
    assert forwards(bianca, ticket, 2).status == 404
    assert forwards(bianca, ticket, 1).status == 201


def test_a_file_of_another_message_stays_where_it_is(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    file = bianca.uploads(b"PNG").ok()["id"]
    bianca.notes(ticket, "Between us", attachments=[file]).ok()
    assert forwards(bianca, ticket, 1, keeps=[file]).status == 422


@pytest.mark.parametrize("later", ["resend"])
def test_the_servers_words_come_and_another_address_helps(box: Mailbox, bianca: Person, later: str) -> None:
    box.sink.refuse(550, "5.1.1 no such user")
    ticket = box.ticket_of(nora())
    forwards(bianca, ticket).ok()
    assert "no such user" in becomes(bianca, ticket, 2, "refused")
    box.sink.behave()
    bianca.send("POST", f"/tickets/{ticket}/replies/2/{later}", {"recipients": {"to": ["rita@lamps.example"]}}).ok()
    becomes(bianca, ticket, 2, "left")
    assert box.sink.wait()[0].recipients == ["rita@lamps.example"]


def test_tried_again_it_goes_to_the_customer_no_more_than_the_first_time(box: Mailbox, bianca: Person) -> None:
    box.sink.refuse(550, "5.1.1 no such user")
    ticket = box.ticket_of(nora())
    forwards(bianca, ticket).ok()
    becomes(bianca, ticket, 2, "refused")
    box.sink.behave()
    again = f"/tickets/{ticket}/replies/2/resend"
    refused = bianca.send("POST", again, {"recipients": {"to": [REPAIR], "cc": [NORA]}})
    assert (refused.status, "write a reply" in refused["detail"]) == (422, True)
    bianca.send("PUT", f"/tickets/{ticket}/followers", {"email": REPAIR}).ok()  # from now on she gets the answers
    assert bianca.send("POST", again).status == 422
    assert bianca.messages(ticket)[-1]["state"] == "refused"
    bianca.send("POST", again, {"recipients": {"to": ["rita@lamps.example"]}}).ok()
