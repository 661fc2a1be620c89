"""Each incoming mail makes exactly one message, or an entry in quarantine."""

import time
from collections.abc import Callable

import pytest

from elbowroom.channels.email import storing
from elbowroom.kit.mail.parsed import Cut
from tests.cast import LOG, Person
from tests.kit.mail.letters import HTML, PLAIN, letter, multipart

from .conftest import Mailbox, answer_to, becomes, nora

BOMB = b"From: " + b"(" * 3000 + b"\r\nSubject: x\r\n\r\nx"
DEEP = b"Subject: deep\r\n" + b"".join(
    b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (one, one) for one in range(2000)
)


def report(original: str, action: str = "failed", who: str = "nora@customer.example") -> bytes:
    return letter(
        "From: Mail Delivery System <MAILER-DAEMON@mx.example>", "Subject: Undelivered",
        f"Message-ID: <{time.monotonic_ns()}@mx.example>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="=x="', "MIME-Version: 1.0",
        body=f"--=x=\n\nIt failed.\n--=x=\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
        f"Final-Recipient: rfc822; {who}\nAction: {action}\nStatus: 5.1.1\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 no such user\n--=x=\nContent-Type: text/rfc822-headers\n\n"
        f"Message-ID: {original}\n--=x=--\n",
    )  # fmt: skip


def test_files_and_pictures_come_along(box: Mailbox, bianca: Person) -> None:
    picture = "Content-Type: image/png\nContent-ID: <pic>\nContent-Disposition: inline\n\nPNG"
    sheet = 'Content-Type: text/csv; name="../../etc/plan.csv"\nContent-Disposition: attachment\n\na;b'
    html = HTML + '<p>See <img src="cid:pic"><script>alert(1)</script></p>'
    who = "From: Nora Ellis <nora@customer.example>"
    raw = multipart("mixed", html, picture, sheet, headers=(who, "Message-ID: <files@customer.example>"))
    message = bianca.messages(box.ticket_of(raw))[0]
    assert [one["name"] for one in message["attachments"]][1:] == ["plan.csv"]
    page = bianca.get(f"/messages/{message['id']}/html")
    assert b"<script" not in page.body
    assert bianca.get(f"/attachments/{message['attachments'][1]['id']}").body == b"a;b"


@pytest.mark.parametrize("raw", [BOMB, DEEP, b"\0\xff" * 500, b"", Cut(b"Subject: big\r\n\r\n", 60 * 2**20)])
def test_nonsense_goes_to_quarantine_or_in_and_the_next_mail_passes(box: Mailbox, raw: bytes) -> None:
    assert box.takes(raw) == "quarantine"
    assert box.takes(nora()) == "message"
    assert len(box.quarantined()) == 1
    assert box.takes(raw) == "known"
    assert len(box.quarantined()) == 1


def test_a_mail_without_anything_usual_is_a_message(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(letter("From: nora@customer.example", body="No subject, no date, no id.", plain=True))
    assert (bianca.sees(ticket)["subject"], bianca.messages(ticket)[0]["text"]) == ("", "No subject, no date, no id.")


def test_quarantine_keeps_the_raw_mail_for_administrators(box: Mailbox, ada: Person, omid: Person) -> None:
    box.takes(BOMB)
    entry = ada.get("/quarantine").ok().body[0]
    raw = ada.get(f"/quarantine/{entry['id']}/raw")
    assert (raw.body, entry["size"], entry["mailbox"]) == (BOMB, len(BOMB), box.id)
    assert raw.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in raw.headers["content-security-policy"]
    for path in ("/quarantine", f"/quarantine/{entry['id']}/raw"):
        assert omid.get(path).status == 403
    ada.send("DELETE", f"/quarantine/{entry['id']}").ok()
    assert ada.get(f"/quarantine/{entry['id']}/raw").status == 404


def test_a_bug_of_ours_makes_an_entry_and_no_stop(box: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_: object) -> None:
        raise KeyError("oops")

    with monkeypatch.context() as broken:
        broken.setattr(storing, "store", stumble)
        assert box.takes(nora()) == "quarantine"
    assert "the desk failed on it" in box.quarantined()[0]
    assert box.takes(nora()) == "message"
    assert "a mail could not be stored" in [one["event"] for one in LOG.errors]
    LOG.events.clear()


def test_the_same_mail_again_is_no_second_message(box: Mailbox, bianca: Person) -> None:
    raw = nora()
    ticket = box.ticket_of(raw)
    assert box.takes(raw) == "known"
    assert box.takes(b"Received: by another way\r\n" + raw) == "known"
    assert len(bianca.messages(ticket)) == 1


def test_another_text_under_the_same_id_is_another_mail(box: Mailbox) -> None:
    assert box.takes(nora(number=8001)) == "message"
    assert box.takes(nora(number=8001, body="And the switch.")) == "message"


def test_a_mail_to_two_mailboxes_in_one_thread_is_said_once(connect: Callable[..., Mailbox], bianca: Person) -> None:
    one, two = connect(), connect()
    ticket = one.ticket_of(nora())
    bianca.replies(ticket, "Is it plugged in?").ok()
    raw = answer_to(str(one.sent().message_id), body="To both of you.")
    assert one.takes(raw) == "message"
    assert two.takes(raw) == "known"
    assert len(bianca.messages(ticket)) == 3


def test_a_person_behind_a_mailing_list_reopens_her_ticket(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Is it plugged in?").ok()
    raw = b"List-Id: <support.example>\r\n" + answer_to(str(box.sent().message_id), body="It is.")
    assert box.ticket_of(raw) == ticket
    assert (bianca.sees(ticket)["status"], bianca.messages(ticket)[-1]["kind"]) == ("open", "customer")


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated", "X-Autoreply: yes"]
)
def test_a_machine_reopens_nothing_and_holds_up_nobody(box: Mailbox, bianca: Person, header: str) -> None:
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Is it plugged in?").ok()
    head = bianca.sees(ticket)["head"]
    raw = answer_to(str(box.sent().message_id), body="I am on holiday.")
    assert box.ticket_of(header.encode() + b"\r\n" + raw) == ticket
    seen = bianca.sees(ticket)
    assert (seen["status"], seen["head"], bianca.messages(ticket)[-1]["kind"]) == ("on_hold", head, "auto")
    assert len(box.sink.mails) == 1


def test_a_bounce_is_told_on_the_reply(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Is it plugged in?").ok()
    mail_id = str(box.sent().message_id)
    becomes(bianca, ticket, 2, "left")
    assert box.takes(report(mail_id, "delayed")) == "dropped"
    assert box.takes(report(mail_id)) == "bounce"
    assert becomes(bianca, ticket, 2, "bounced") == "nora@customer.example: 550 5.1.1 no such user"
    assert len(bianca.messages(ticket)) == 2


def test_a_bounce_of_anything_else_opens_no_ticket(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora(number=8002))
    assert box.takes(report("<8002@customer.example>")) == "quarantine"
    assert box.takes(report("<er.m1-1.aaaaaaaaaaaaaaaaaaaaaaaa@desk.example>")) == "quarantine"
    assert "no ticket sent" in box.quarantined()[0]
    assert bianca.messages(ticket)[0]["state"] is None


def test_our_own_mail_that_comes_back_is_a_loop(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Is it plugged in?").ok()
    raw = box.sink.wait()[0].raw
    assert box.takes(raw) == "quarantine"
    assert box.takes(b"Received: once more\r\n" + raw) == "known"
    assert "loop" in box.quarantined()[0]
    assert len(bianca.messages(ticket)) == 2


def test_a_mail_from_our_own_address_goes_no_further(connect: Callable[..., Mailbox]) -> None:
    one, two = connect(), connect()
    assert two.takes(nora(f"From: {one.address.upper()}")) == "quarantine"
    assert "own addresses" in two.quarantined()[0]


def test_older_mail_is_quiet(box: Mailbox, bianca: Person) -> None:
    at = box.desk.clock.now() - 400 * 86_400
    ticket = box.ticket_of(nora(number=8003), at=at, is_older=True, is_closed=True)
    assert box.ticket_of(answer_to("<8003@customer.example>"), at=at + 60, is_older=True, is_closed=True) == ticket
    seen = bianca.sees(ticket)
    assert (seen["status"], seen["queue"], seen["messages"]) == ("closed", "resolved", 2)
    assert seen["last_message_at"] < seen["changed_at"]
    assert box.sink.mails == []


def test_a_mail_in_many_scripts(box: Mailbox, bianca: Person) -> None:
    raw = multipart(
        "alternative", PLAIN + "Моя лампа сломана 我的灯坏了", headers=("From: Нора <nora@customer.example>",)
    )
    assert bianca.messages(box.ticket_of(raw))[0]["text"] == "Моя лампа сломана 我的灯坏了"
