"""A reply leaves as a mail of its thread, at least once and always under the same Message-ID."""

import asyncio
from collections.abc import Callable
from email.parser import BytesHeaderParser
from email.policy import default
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update

from elbowroom.channels.email import ours, sending
from elbowroom.conversations.tables import attachments, messages
from elbowroom.kit.db import CommitFailed
from elbowroom.kit.jobs import Job
from elbowroom.kit.jobs import jobs as jobs_table
from elbowroom.kit.mail import ids
from elbowroom.people import customers
from elbowroom.people.tables import people
from elbowroom.tickets.tables import followers, tickets
from tests.cast import Desk, Person, eventually

from .conftest import NORA, Mailbox, answer_to, becomes, nora, state_of


def job_of(box: Mailbox) -> dict[str, Any] | None:
    """The newest delivery that is still to be made."""
    waiting = select(jobs_table).where(jobs_table.c.kind == "deliver", jobs_table.c.failed_at.is_(None))
    return next(iter(box.desk.rows(waiting.order_by(jobs_table.c.id.desc()).limit(1))), None)


def put_off(box: Mailbox, tries: int = 1) -> None:
    """Until so many tries ended without a result."""

    def is_over() -> bool:
        row = job_of(box)
        return row is not None and row["tries"] >= tries and row["lease"] is None

    eventually(is_over, f"{tries} tries")


def comes_again(box: Mailbox) -> None:
    box.desk.travel(2000)


def test_a_reply_leaves_with_the_headers_of_its_thread(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora("Subject: Лампа 灯", number=9001, body="It is dark."))
    file = bianca.uploads(b"PNG", "plan.png").ok()["id"]
    bianca.replies(ticket, "Hello Nora,\n\nis it <plugged> in?", attachments=[file]).ok()
    becomes(bianca, ticket, 2, "left")
    out = box.sent()
    assert (out.sender.name, out.sender.email) == ("Bianca (Northlight)", box.address)
    assert ([one.email for one in out.to], out.subject) == ([NORA], "Re: Лампа 灯")
    assert out.in_reply_to == out.references == ["<9001@customer.example>"]
    assert ids.read(ours.secret(box.desk.engines.vault), str(out.message_id))
    assert str(out.message_id).endswith("@desk.example>")
    assert out.text.startswith("Hello Nora,\n\nis it <plugged> in?")
    assert "is it &lt;plugged&gt; in?" in str(out.safe_html)
    assert [(one.name, one.content) for one in out.attachments] == [("plan.png", b"PNG")]
    assert (out.auto, box.sink.mails[0].mail_from, box.sink.mails[0].recipients) == (None, box.address, [NORA])


def test_the_thread_grows_and_holds_no_note(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora(number=9002))
    bianca.replies(ticket, "One").ok()
    first = str(box.sent().message_id)
    becomes(bianca, ticket, 2, "left")
    bianca.notes(ticket, "He sounds angry.").ok()
    box.takes(answer_to("<9002@customer.example>", first, number=9003))
    bianca.replies(ticket, "Two").ok()
    out = box.sent(2)
    assert out.references == ["<9002@customer.example>", first, "<9003@customer.example>"]
    assert out.in_reply_to == ["<9003@customer.example>"]
    assert "angry" not in out.text
    assert len(box.sink.mails) == 2


def test_a_note_never_leaves_not_even_by_a_job(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.notes(ticket, "Between us.").ok()
    note = box.last()["id"]
    box.desk.write(lambda tx: tx.run(update(messages).where(messages.c.id == note).values(state="waiting")))
    asyncio.run(sending.deliver(box.desk.engines, Job(0, "deliver", {"message": note}, 1, None)))
    assert box.sink.talks == 0


def test_the_signature_stands_below(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(signature="Northlight\nLight & more", name="")
    bianca.replies(box.ticket_of(nora()), "Yes.").ok()
    out = box.sent()
    assert out.text.rstrip() == "Yes.\n\n-- \nNorthlight\nLight & more"
    assert "Northlight<br>Light &amp; more" in str(out.safe_html)
    assert out.sender.name == "Bianca"


def test_nothing_leaves_within_the_undo_time(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(undo_for=10)
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Too early").ok()
    box.desk.travel(9)
    bianca.withdraws(ticket, 2).ok()
    bianca.replies(ticket, "Now").ok()
    box.desk.travel(10.5)
    assert box.sent().text.strip() == "Now"
    assert len(box.sink.mails) == 1


def test_the_server_refuses_it_in_its_own_words_and_it_is_resent(box: Mailbox, bianca: Person) -> None:
    box.sink.refuse(550, "5.7.1 we do not like you")
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Hello").ok()
    assert "we do not like you" in becomes(bianca, ticket, 2, "refused")
    before = box.last()["mail_id"]
    box.sink.behave()
    bianca.send("POST", f"/tickets/{ticket}/replies/2/resend").ok()
    becomes(bianca, ticket, 2, "left")
    assert box.sent().message_id == before


def test_a_server_that_is_away_is_tried_again(box: Mailbox, bianca: Person) -> None:
    box.sink.drop("connects")
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Hello").ok()
    put_off(box)
    assert state_of(bianca, ticket, 2)[0] == "waiting"
    assert box.shown()["state"] == "failing"
    box.sink.behave()
    comes_again(box)
    becomes(bianca, ticket, 2, "left")
    assert (box.shown()["state"], box.shown()["words"]) == ("ok", None)


def test_after_two_days_it_is_given_up_with_the_last_words(box: Mailbox, bianca: Person) -> None:
    box.sink.defer("4.2.0 the box is full")
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Hello").ok()
    put_off(box)
    box.desk.travel(47 * 3600)
    put_off(box, 2)
    assert state_of(bianca, ticket, 2)[0] == "waiting"
    box.desk.travel(3600)
    words = becomes(bianca, ticket, 2, "refused")
    assert "the box is full" in words
    assert "48 hours" in words
    eventually(lambda: job_of(box) is None, "nothing is left to do")


def test_a_restart_between_two_tries_does_not_begin_the_two_days_anew(box: Mailbox, bianca: Person) -> None:
    box.sink.defer("4.7.1 greylisted")
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Hello").ok()
    put_off(box)
    box.desk.travel(30 * 3600)
    put_off(box, 2)
    box.desk.restart()
    box.sink.defer("4.2.0 the box is full")
    box.desk.travel(17 * 3600)
    put_off(box, 3)
    row = job_of(box)
    assert row is not None
    assert row["give_up_at"] - box.desk.clock.now() == pytest.approx(3600, abs=5)
    assert state_of(bianca, ticket, 2)[0] == "waiting"
    box.desk.travel(3600)
    words = becomes(bianca, ticket, 2, "refused")
    assert "the box is full" in words
    assert "greylisted" not in words
    eventually(lambda: job_of(box) is None, "nothing is left to do")


@pytest.mark.parametrize("when", ["before", "after"])
def test_copies_bear_one_message_id(box: Mailbox, bianca: Person, when: str) -> None:
    """The server hangs up around its last answer, so nobody knows whether it took it."""
    box.sink.drop(when)
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Hello").ok()
    box.sink.wait()
    if when == "before":
        put_off(box)
        box.sink.behave()
        comes_again(box)
    becomes(bianca, ticket, 2, "left")
    assert len({box_id(one.raw) for one in box.sink.mails}) == 1


def box_id(raw: bytes) -> str:
    return str(BytesHeaderParser(policy=default).parsebytes(raw)["Message-ID"])


def test_killed_between_sending_and_noting_it(box: Mailbox, bianca: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    ticket = box.ticket_of(nora())
    with monkeypatch.context() as dying:
        dying.setattr(sending, "_settle", _killed)
        bianca.replies(ticket, "Hello").ok()
        box.sink.wait()
        put_off(box)
    assert state_of(bianca, ticket, 2)[0] == "waiting"
    moved = f"moved{box.id}@other.example"
    box.changes(address=moved).ok()
    comes_again(box)
    becomes(bianca, ticket, 2, "left")
    first, second = box.sink.wait(2)
    assert box_id(first.raw) == box_id(second.raw)
    assert second.mail_from == moved


def _killed(*_: object) -> None:
    raise CommitFailed("the process died")


def test_who_follows_and_is_refused_is_named(box: Mailbox, bianca: Person) -> None:
    ticket = followed(box, "eve@elsewhere.example")
    box.sink.refuse(550, "5.1.1 unknown", only="eve@elsewhere.example")
    bianca.replies(ticket, "Hello both").ok()
    words = becomes(bianca, ticket, 2, "bounced")
    assert words.startswith("eve@elsewhere.example: 550")
    assert box.sink.wait()[0].recipients == [NORA]


def test_who_follows_and_is_put_off_gets_it_later_and_nora_once(box: Mailbox, bianca: Person) -> None:
    ticket = followed(box, "eve@elsewhere.example")
    box.sink.refuse(451, "4.2.0 come again", only="eve@elsewhere.example")
    bianca.replies(ticket, "Hello both").ok()
    becomes(bianca, ticket, 2, "left")
    box.sink.behave()
    comes_again(box)
    first, second = box.sink.wait(2)
    assert (first.recipients, second.recipients) == ([NORA], ["eve@elsewhere.example"])
    assert box_id(first.raw) == box_id(second.raw)


def followed(box: Mailbox, who: str) -> int:
    ticket = box.ticket_of(nora())

    def verb(tx: Any) -> None:
        tx.run(followers.insert().values(ticket=ticket, customer=customers.find_or_make(tx, who), accepted=True))

    box.desk.write(verb)
    return ticket


def test_nothing_breaks_into_the_headers(box: Mailbox, bianca: Person, desk: Desk) -> None:
    evil = "Eve\r\nBcc: all@elsewhere.example"
    raw = nora("Subject: =?utf-8?q?Hi=0D=0ABcc:_all@elsewhere.example?=", f"From: {evil[:3]} <nora@customer.example>")
    ticket = box.ticket_of(raw)
    rename = update(people).where(people.c.id == bianca.id)
    desk.write(lambda tx: tx.run(rename.values(name=evil)))
    try:
        bianca.replies(ticket, "Hello").ok()
        becomes(bianca, ticket, 2, "left")
    finally:
        desk.write(lambda tx: tx.run(rename.values(name="Bianca")))
    headers = BytesHeaderParser(policy=default).parsebytes(box.sink.wait()[0].raw)
    assert headers["Bcc"] is None
    assert box.sink.mails[0].recipients == [NORA]


def test_an_address_that_no_mail_can_hold_is_told_to_the_author(box: Mailbox, bianca: Person) -> None:
    made = bianca.send("POST", "/tickets", {"subject": "x", "requester": "ä(b@desk.example", "body": "y"}).ok()
    ticket = made["id"]
    box.desk.write(lambda tx: tx.run(_of_channel(ticket, box.id)))
    bianca.replies(ticket, "Hello").ok()
    assert "not an address" in becomes(bianca, ticket, 2, "refused")


def _of_channel(ticket: int, channel: int) -> Any:
    return update(tickets).where(tickets.c.id == ticket).values(channel=channel)


def test_a_paused_mailbox_sends_nothing_until_it_goes_on(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    assert box.changes(paused=True).ok()["state"] == "paused"
    bianca.replies(ticket, "Hello").ok()
    put_off(box)
    assert box.sink.talks == 0
    box.changes(paused=False).ok()
    comes_again(box)
    becomes(bianca, ticket, 2, "left")


def test_of_a_removed_mailbox_the_inbox_has_another_or_the_author_is_told(
    connect: Callable[..., Mailbox], bianca: Person, ada: Person
) -> None:
    inbox = ada.send("POST", "/inboxes", {"department": 1, "name": "Lamps"}).ok()["id"]
    gone, kept = connect(inbox=inbox), connect(inbox=inbox)
    ticket = gone.ticket_of(nora())
    ada.send("DELETE", f"/mailboxes/{gone.id}").ok()
    bianca.replies(ticket, "Hello").ok()
    becomes(bianca, ticket, 2, "left")
    assert kept.sent().sender.email == kept.address
    ada.send("DELETE", f"/mailboxes/{kept.id}").ok()
    bianca.replies(ticket, "Hello again").ok()
    assert "was removed" in becomes(bianca, ticket, 3, "refused")


def test_a_file_that_is_gone_is_told(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    file = bianca.uploads(b"PNG").ok()["id"]
    blob = box.desk.rows(select(attachments.c.blob).where(attachments.c.id == file))[0]["blob"]
    box.desk.engines.files.drop(blob)
    bianca.replies(ticket, "Here", attachments=[file]).ok()
    assert "no longer there" in becomes(bianca, ticket, 2, "refused")


def test_a_withdrawn_or_sent_reply_is_not_carried_again(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Hello").ok()
    becomes(bianca, ticket, 2, "left")
    deliver = partial(sending.deliver, box.desk.engines)
    message = box.desk.rows(select(messages.c.id).where(messages.c.ticket == ticket, messages.c.number == 2))[0]["id"]
    asyncio.run(deliver(Job(0, "deliver", {"message": message}, 1, None)))
    assert len(box.sink.mails) == 1
