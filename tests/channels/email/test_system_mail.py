"""Mails of the desk itself find their way, and say in the log when there is none."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from elbowroom.channels.email import system_mail
from elbowroom.kit.config import BadSetting, Config
from elbowroom.kit.jobs import Again, Job
from elbowroom.people import post
from tests.cast import LOG, Person
from tests.mailservers import Sink

from .conftest import Mailbox, MailDesk

LETTER = {
    "to": "bianca@desk.example",
    "subject": "Ihr Paßwort",
    "text": "https://desk/reset?token=abc",
    "language": "de",
}


def send(desk: MailDesk, **data: str) -> None:
    asyncio.run(system_mail.send(desk.engines, Job(1, "system_mail", {**LETTER, **data}, 1, None)))


def test_an_invitation_is_mailed_through_the_first_mailbox(
    desk: MailDesk, connect: Callable[..., Mailbox], ada: Person
) -> None:
    assert desk.read(lambda read: post.can_send(read, desk.config)) is False
    box = connect()
    assert desk.read(lambda read: post.can_send(read, desk.config)) is True
    invited = {"email": "eva@desk.example", "name": "Eva", "role": "agent", "departments": [1]}
    assert ada.send("POST", "/invitations", invited).ok()["mailed"] is True
    out = box.sent()
    assert (out.to[0].email, out.sender.email, out.auto) == ("eva@desk.example", box.address, "auto-replied")
    assert "/invitation" in out.text


def test_a_paused_mailbox_is_no_way(desk: MailDesk, connect: Callable[..., Mailbox]) -> None:
    box = connect()
    box.changes(paused=True).ok()
    assert desk.read(lambda read: post.can_send(read, desk.config)) is False


def test_the_operators_own_server_comes_first(desk: MailDesk, box: Mailbox, wire: Sink, tmp_path: Path) -> None:
    own = desk.engines
    config = Config(data_dir=tmp_path, smtp_url=f"smtp://127.0.0.1:{wire.port}?from=no-reply@desk.example")
    before, own.config = own.config, config
    try:
        send(desk)
    finally:
        own.config = before
    assert box.sent().sender.email == "no-reply@desk.example"
    assert box.sent().subject == "Ihr Paßwort"


def test_without_a_way_the_log_says_what_to_do_and_nothing_secret(desk: MailDesk) -> None:
    with pytest.raises(Again):
        send(desk)
    told = [one for one in LOG.events if "waits" in one["event"]]
    assert "ELBOWROOM_SMTP_URL" in told[0]["words"]
    assert "token=abc" not in str(LOG.events)
    assert "bianca" not in str(told)


def test_a_refused_one_is_not_tried_for_ever(desk: MailDesk, box: Mailbox) -> None:
    box.sink.refuse(550, "5.1.1 unknown")
    send(desk)
    assert "5.1.1 unknown" in str(LOG.events)
    send(desk, to="a@b\r\nRCPT TO:<x@y>")
    assert len(box.sink.mails) == 0


def test_the_url() -> None:
    way = system_mail.of_url("smtps://desk%40example.org:p%40ss@smtp.example.org")
    assert (way.server.host, way.server.port, way.server.security) == ("smtp.example.org", 465, "tls")
    assert (way.server.user, way.server.password, way.sender) == ("desk@example.org", "p@ss", "desk@example.org")
    assert system_mail.of_url("smtp://mail.example.org").server.security == "starttls"
    assert system_mail.of_url("smtp://localhost:2525").server.security == "none"
    for wrong in ("http://x", "smtp://", "smtp://h:99999", "smtp://u:geheim@h:1?security=ssl"):
        with pytest.raises(BadSetting) as refused:
            system_mail.of_url(wrong)
        assert "geheim" not in str(refused.value)
