"""Mail straight to the desk by SMTP: 250 means that it is stored."""

import smtplib
from collections.abc import Iterator

import pytest

from elbowroom.channels.email import arriving
from elbowroom.kit.config import BadSetting
from elbowroom.kit.db import CommitFailed, Database
from tests.cast import INBOXES, LOG, Person

from .conftest import NORA, Mailbox, MailDesk, answer_to, becomes, nora


@pytest.fixture
def line(desk: MailDesk) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", desk.smtp_port, timeout=10) as client:
        yield client


def test_what_got_its_250_is_there(box: Mailbox, bianca: Person, line: smtplib.SMTP) -> None:
    line.sendmail(NORA, [box.address.upper()], nora("Subject: By SMTP"))
    ticket = box.last()["ticket"]
    assert bianca.sees(ticket)["subject"] == "By SMTP"


def test_colleagues_hear_of_it_at_once(box: Mailbox, hanna: Person, line: smtplib.SMTP) -> None:
    tab = hanna.watches(f"inbox/{INBOXES['Support']}")
    line.sendmail(NORA, [box.address], nora("Subject: Right now"))
    told = tab.hears("rows", lambda one: any(row["subject"] == "Right now" for row in one["rows"]))
    row = next(row for row in told["rows"] if row["subject"] == "Right now")
    assert (row["preview"], row["requester"]["name"]) == ("My lamp is broken.", "Nora Ellis")


def test_an_answer_in_the_thread_and_a_plus_address(box: Mailbox, bianca: Person, line: smtplib.SMTP) -> None:
    ticket = box.ticket_of(nora())
    bianca.replies(ticket, "Is it plugged in?").ok()
    becomes(bianca, ticket, 2, "left")
    plus = box.address.replace("@", "+anything@")
    line.sendmail(NORA, [plus], answer_to(str(box.sent().message_id)))
    assert [one["kind"] for one in bianca.messages(ticket)] == ["customer", "reply", "customer"]


def test_nobody_else_lives_here(box: Mailbox, line: smtplib.SMTP) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        line.sendmail(NORA, ["nobody@desk.example"], nora())
    assert refused.value.recipients["nobody@desk.example"][0] == 550


def test_what_could_not_be_stored_stays_with_its_sender(
    box: Mailbox, line: smtplib.SMTP, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise CommitFailed("disk full")

    raw = nora()
    with monkeypatch.context() as full:
        full.setattr(Database, "write_now", fails)
        with pytest.raises(smtplib.SMTPDataError) as refused:
            line.sendmail(NORA, [box.address], raw)
        assert refused.value.smtp_code == 451
    assert box.quarantined() == []
    line.sendmail(NORA, [box.address], raw)
    assert box.last()["mail_id"].encode() in raw
    LOG.events.clear()


def test_nonsense_is_taken_and_shown(box: Mailbox, line: smtplib.SMTP) -> None:
    line.sendmail(NORA, [box.address], b"From: " + b"(" * 3000 + b"\r\n\r\nx")
    assert len(box.quarantined()) == 1


def test_a_paused_mailbox_lets_senders_come_again(box: Mailbox, line: smtplib.SMTP) -> None:
    box.changes(paused=True).ok()
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        line.sendmail(NORA, [box.address], nora())
    assert refused.value.recipients[box.address][0] == 451
    LOG.events.clear()


def test_where_to_listen() -> None:
    assert arriving.place("0.0.0.0:25") == ("0.0.0.0", 25)
    assert arriving.place("[::1]:2525") == ("::1", 2525)
    assert arriving.place(":25") == ("0.0.0.0", 25)
    for wrong in ("25", "host:", "host:99999", "host:smtp"):
        with pytest.raises(BadSetting, match="ELBOWROOM_SMTP_LISTEN"):
            arriving.place(wrong)
