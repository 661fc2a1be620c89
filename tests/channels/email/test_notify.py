"""Agents are told by mail what customers write: who chose it and may see it, and nothing of what is internal."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from elbowroom.channels.email import ours
from elbowroom.kit import jobs
from elbowroom.kit.mail import ids
from tests.cast import INBOXES, Person, eventually

from .agents import heard, nobody_wants, notices_of, told, vouching, wants
from .conftest import Mailbox, MailDesk, answer_to, nora
from .test_receive import report


@pytest.fixture(autouse=True)
def quiet(desk: MailDesk) -> Iterator[None]:
    """Nobody is told unless she chooses it; the choice ends with the test."""
    with vouching(desk):
        yield
    nobody_wants(desk)


def test_she_chooses_in_her_account_and_nobody_has_chosen_before(bianca: Person, box: Mailbox) -> None:
    assert bianca.get("/me").ok()["mails"] == "none"
    box.takes(nora())
    wants(bianca, "all")
    assert bianca.get("/me").ok()["mails"] == "all"
    assert bianca.send("PATCH", "/me", {"mails": "every"}).status == 422
    assert notices_of(box, bianca) == []


def test_the_notice_holds_the_message_the_ticket_and_the_way_to_answer(box: Mailbox, bianca: Person) -> None:
    wants(bianca, "all")
    ticket = box.ticket_of(nora("Subject: Лампа 灯", body="It is dark.\n\n> quoted"))
    out = told(box, bianca)
    assert (out.subject, out.sender.name, out.sender.email) == ("Лампа 灯", "Nora Ellis (Northlight)", box.address)
    assert "Nora Ellis wrote:\nIt is dark." in out.text
    assert f"/ticket/{ticket}" in out.text
    assert "Answer this mail to reply to Nora Ellis" in out.text
    secret = ours.secret(box.desk.engines.vault)
    assert ids.read(secret, str(out.message_id)) == ids.read_plus(secret, out.reply_to[0].email)
    assert out.auto == "auto-replied"
    assert out.headers["auto-submitted"]
    assert heard(box, bianca) == 1


def test_who_wants_her_own_tickets_hears_of_those_alone(box: Mailbox, bianca: Person, hanna: Person) -> None:
    wants(bianca, "mine")
    wants(hanna, "mine")
    ticket = box.ticket_of(nora(number=7101))
    assert notices_of(box, bianca) == []
    bianca.takes(ticket).ok()
    box.takes(answer_to("<7101@customer.example>", body="Still dark."))
    assert "Still dark." in told(box, bianca).text
    assert (notices_of(box, bianca), notices_of(box, hanna)) == ([2], [])


def test_nobody_elsewhere_is_told(box: Mailbox, bianca: Person, lena: Person) -> None:
    wants(lena, "all")
    wants(bianca, "all")
    box.takes(nora())
    told(box, bianca)
    assert (notices_of(box, lena), heard(box, lena)) == ([], 0)


def test_what_was_said_before_stands_below_and_no_note(box: Mailbox, bianca: Person, hanna: Person) -> None:
    ticket = box.ticket_of(nora(number=7102, body="First words."))
    hanna.replies(ticket, "Which one is it?").ok()
    hanna.notes(ticket, "He sounds angry.").ok()
    wants(bianca, "all")
    box.takes(answer_to("<7102@customer.example>", body="The blue one."))
    text = told(box, bianca).text
    assert text.index("The blue one.") < text.index("Hanna wrote:\nWhich one is it?") < text.index("First words.")
    assert "angry" not in text
    assert notices_of(box, bianca) == [4]


def test_of_a_long_conversation_the_last_ten_are_shown(box: Mailbox, bianca: Person, hanna: Person) -> None:
    ticket = box.ticket_of(nora(number=7108, body="Word 1."))
    for number in range(2, 11):
        hanna.replies(ticket, f"Word {number}.").ok()
    wants(bianca, "all")
    box.takes(answer_to("<7108@customer.example>", body="Word 11."))
    whole = told(box, bianca).text
    box.takes(answer_to("<7108@customer.example>", body="Word 12."))
    text = told(box, bianca, 2).text
    assert [number for number in range(1, 13) if f"Word {number}." in text] == list(range(2, 13))
    assert ["Earlier messages" in one for one in (whole, text)] == [False, True]


def test_what_was_erased_meanwhile_is_told_to_nobody(box: Mailbox) -> None:
    box.desk.write(lambda tx: jobs.enqueue(tx, "mail_notice", {"notice": 10**6}))
    waits = select(jobs.jobs.c.id).where(jobs.jobs.c.kind == "mail_notice")
    eventually(lambda: not box.desk.rows(waits), "the job is done")


def test_a_note_a_machine_and_an_import_tell_nobody(box: Mailbox, bianca: Person, hanna: Person) -> None:
    ticket = box.ticket_of(nora(number=7103))
    wants(bianca, "all")
    hanna.notes(ticket, "Between us.").ok()
    assert box.takes(b"Auto-Submitted: auto-replied\r\n" + answer_to("<7103@customer.example>")) == "message"
    assert box.takes(nora(), at=box.desk.clock.now() - 9000, is_older=True) == "message"
    assert notices_of(box, bianca) == []


def test_who_has_the_ticket_before_her_eyes_needs_no_mail(box: Mailbox, bianca: Person, hanna: Person) -> None:
    ticket = box.ticket_of(nora(number=7104))
    wants(bianca, "all")
    wants(hanna, "all")
    tab = bianca.opens(ticket)
    tab.hears("crowd")
    box.takes(answer_to("<7104@customer.example>", body="Are you there?"))
    assert "Are you there?" in told(box, hanna).text
    tab.closes()
    box.desk.travel(20)
    box.takes(answer_to("<7104@customer.example>", body="Hello?"))
    assert "Hello?" in told(box, bianca).text
    assert (heard(box, bianca), heard(box, hanna)) == (1, 2)


def test_who_wrote_it_down_is_not_told(box: Mailbox, bianca: Person, hanna: Person) -> None:
    wants(bianca, "all")
    wants(hanna, "all")
    asked = {"subject": "By phone", "requester": "nora@customer.example", "body": "Dark.", "inbox": INBOXES["Support"]}
    bianca.send("POST", "/tickets", asked).ok()
    assert "Dark." in told(box, hanna).text
    assert notices_of(box, bianca) == []


def test_an_agent_who_writes_as_a_customer_is_not_told_of_it(box: Mailbox, bianca: Person) -> None:
    wants(bianca, "all")
    assert box.takes(nora("From: Bianca <BIANCA@desk.example>")) == "message"
    assert notices_of(box, bianca) == []


def test_who_lost_the_right_meanwhile_hears_nothing(box: Mailbox, bianca: Person, hanna: Person, ada: Person) -> None:
    wants(bianca, "all")
    wants(hanna, "all")
    box.sink.drop("connects")
    box.takes(nora())
    eventually(lambda: box.sink.talks >= 2, "both were tried")
    version = next(one["version"] for one in ada.get("/people").ok()["people"] if one["id"] == bianca.id)
    gone = ada.send("PATCH", f"/people/{bianca.id}", {"from_version": version, "departments": []}).ok()
    try:
        box.sink.behave()
        box.desk.travel(60)
        told(box, hanna)
        assert heard(box, bianca) == 0
    finally:
        back = {"from_version": gone["version"], "departments": [1]}
        ada.send("PATCH", f"/people/{bianca.id}", back).ok()


def test_without_a_server_that_vouches_it_says_that_answers_go_nowhere(
    box: Mailbox, bianca: Person, desk: MailDesk
) -> None:
    wants(bianca, "all")
    with vouching(desk, ""):
        box.takes(nora())
        out = told(box, bianca)
    assert "Answers to this mail are not sent on" in out.text
    assert ("##-" in out.text, out.reply_to) == (False, [])


def test_a_notice_speaks_her_language(box: Mailbox, bianca: Person) -> None:
    wants(bianca, "all")
    bianca.send("PATCH", "/me", {"language": "de"}).ok()
    box.takes(nora(body="Es ist {dunkel}."))
    text = told(box, bianca).text
    bianca.send("PATCH", "/me", {"language": "en"}).ok()
    assert "Nora Ellis schrieb:\nEs ist {dunkel}." in text
    assert "um Nora Ellis zu antworten" in text


def test_her_mail_program_shows_one_thread_a_ticket(box: Mailbox, bianca: Person) -> None:
    wants(bianca, "all")
    box.takes(nora(number=7105))
    first = told(box, bianca)
    box.takes(answer_to("<7105@customer.example>"))
    second = told(box, bianca, 2)
    assert second.in_reply_to == second.references == [first.message_id]


def test_a_notice_that_comes_back_writes_to_nobody(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect()
    wants(bianca, "all")
    ticket = box.ticket_of(nora())
    out = told(box, bianca)
    assert box.takes(report(str(out.message_id), who="bianca@desk.example")) == "quarantine"
    assert "came back" in box.quarantined()[0]
    assert box.takes(box.sink.mails[-1].raw) == "quarantine"
    assert "a loop" in box.quarantined()[0]
    assert len(bianca.messages(ticket)) == 1
