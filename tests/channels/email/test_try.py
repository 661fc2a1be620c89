"""Try it: for real, and in words that help."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from elbowroom.channels.email.receiving import Arrival, receive
from elbowroom.kit.mail.parse import parse
from tests.cast import Person
from tests.mailservers import PASSWORD, USER, Imap, Sink, free_port, sink, small_imap

from .conftest import Mailbox, MailDesk, nora


@pytest.fixture(scope="module")
def server() -> Iterator[Imap]:
    with small_imap() as running:
        yield running


def form(server: Imap, wire: Sink, **values: Any) -> dict[str, Any]:
    incoming = {"kind": "imap", "host": "127.0.0.1", "port": server.port, "security": "none", "user": USER,
                "password": PASSWORD}  # fmt: skip
    outgoing = {"host": "127.0.0.1", "port": wire.port, "security": "none"}
    return {"inbox": 1, "address": USER, "incoming": {**incoming, **values.pop("incoming", {})},
            "outgoing": {**outgoing, **values.pop("outgoing", {})}, **values}  # fmt: skip


def test_it_counts_and_sends_to_itself(server: Imap, wire: Sink, ada: Person) -> None:
    server.deliver(nora())
    server.deliver(nora())
    trial = ada.send("POST", "/mailboxes/try", form(server, wire)).ok().body
    assert trial["incoming"] == {"ok": True, "words": "", "found": 2}
    assert trial["outgoing"]["ok"] is True
    mail = wire.wait()[0]
    assert (mail.mail_from, mail.recipients) == (USER, [USER])
    assert all(one["address"] != USER for one in ada.get("/mailboxes")["mailboxes"])


def test_its_own_test_mail_makes_no_ticket_and_no_noise(box: Mailbox, ada: Person) -> None:
    ada.send("POST", "/mailboxes/try", {**box.asked, "id": box.id}).ok()
    raw = box.sink.wait()[0].raw
    assert parse(raw).auto is not None
    assert receive(box.desk.engines, Arrival(box.id, raw)) == "dropped"
    assert box.quarantined() == []


def test_each_failure_has_its_own_words(server: Imap, wire: Sink, ada: Person) -> None:
    def said(side: str, **values: Any) -> str:
        trial = ada.send("POST", "/mailboxes/try", form(server, wire, **{side: values})).ok().body
        assert trial[side]["ok"] is False
        other = "outgoing" if side == "incoming" else "incoming"
        assert trial[other]["ok"] is True
        return str(trial[side]["words"])

    assert "does not accept this user and password" in said("incoming", password="wrong")
    assert "refused" in said("incoming", port=free_port())
    assert "127.0.0.1" in said("outgoing", port=free_port())
    assert "no.such.host.invalid" in said("outgoing", host="no.such.host.invalid")
    assert "TLS" in said("outgoing", security="starttls") or wire.talks
    assert "private or special" in said("incoming", host="169.254.169.254")
    wire.refuse(550, "5.7.1 sender not allowed")
    assert "sender not allowed" in said("outgoing")


def test_a_wrong_password_for_sending(
    server: Imap, ada: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried(**values: Any) -> Any:
        outgoing = {"host": "localhost", "security": "starttls", "user": USER, **values}
        return ada.send("POST", "/mailboxes/try", form(server, locked, outgoing=outgoing)).ok()["outgoing"]

    with sink("starttls", tmp_path, user=USER) as locked:
        assert "TLS" in tried(password=PASSWORD)["words"] or "certificate" in tried(password=PASSWORD)["words"]
        monkeypatch.setenv("SSL_CERT_FILE", str(locked.certificate))  # as a company does that signs its own
        assert "does not accept this user and password" in tried(password="wrong")["words"]
        assert tried(password=PASSWORD)["ok"] is True


def test_receiving_by_smtp_says_where(wire: Sink, server: Imap, ada: Person, desk: MailDesk) -> None:
    asked = {**form(server, wire), "incoming": {"kind": "smtp"}}
    trial = ada.send("POST", "/mailboxes/try", asked).ok().body
    assert trial["incoming"]["ok"]
    assert str(desk.smtp_port) in trial["incoming"]["words"]


def test_another_site_can_not_make_it_try(server: Imap, wire: Sink, ada: Person) -> None:
    refused = ada.send("POST", "/mailboxes/try", form(server, wire), Origin="https://evil.example")
    assert refused.status == 403
    assert wire.talks == 0
