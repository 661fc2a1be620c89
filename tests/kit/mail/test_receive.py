"""Our own SMTP server, spoken to by the standard library's client and by hand."""

import asyncio
import contextlib
import smtplib
import socket
import ssl
import threading

import pytest

from elbowroom.kit.mail.parse import parse
from elbowroom.kit.mail.receive import Envelope, Receiver
from tests.kit.mail.letters import letter
from tests.mailservers import certificate, free_port

ME, TO = "nora@example.org", "desk@desk.example"


class Desk:
    """What accepts and stores; `trouble` is raised while it is set."""

    def __init__(self) -> None:
        self.mails: list[Envelope] = []
        self.trouble: Exception | None = None
        self.threads: set[str] = set()

    def accept(self, recipient: str) -> bool:
        self.threads.add(threading.current_thread().name)
        if recipient == "trouble@desk.example":
            raise RuntimeError("the database is away")
        return recipient.endswith("@desk.example")

    def deliver(self, envelope: Envelope) -> None:
        if self.trouble:
            raise self.trouble
        self.mails.append(envelope)


@pytest.fixture
def desk():
    return Desk()


@contextlib.contextmanager
def receiver(desk: Desk, **settings):
    server = Receiver("127.0.0.1", 0, desk.accept, settings.pop("deliver", desk.deliver), **settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(desk):
    with receiver(desk, max_size=200_000) as running:
        yield running


@pytest.fixture
def client(server):
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10, local_hostname="nora.example") as talking:
        yield talking


def test_a_mail_is_stored_before_it_is_acknowledged(desk, client):
    client.sendmail(ME, [TO], letter(body="one\n.two\n..three"))
    [mail] = desk.mails
    assert (mail.mail_from, mail.recipients, mail.peer) == (ME, [TO], "127.0.0.1")
    assert mail.raw.startswith(b"Return-Path: <nora@example.org>\r\nReceived: from nora.example ([127.0.0.1])\r\n")
    assert mail.raw.rstrip().endswith(letter(body="one\n.two\n..three"))
    assert parse(mail.raw).text == "one\n.two\n..three"


def test_mail_that_cannot_be_stored_now_stays_with_its_sender(desk, client, caplog):
    desk.trouble = OSError("disk full")
    with pytest.raises(smtplib.SMTPDataError) as raised:
        client.sendmail(ME, [TO], letter())
    assert raised.value.smtp_code == 451
    assert b"disk" not in raised.value.smtp_error
    desk.trouble = None
    client.sendmail(ME, [TO], letter())
    assert len(desk.mails) == 1


def test_unknown_recipients_are_refused_and_the_others_served(desk, client):
    refused = client.sendmail(ME, [TO, "x@elsewhere.example", "trouble@desk.example"], letter())
    assert {to: code for to, (code, _) in refused.items()} == {"x@elsewhere.example": 550, "trouble@desk.example": 451}
    assert desk.mails[0].recipients == [TO]


def test_a_mail_too_big_is_refused_early_and_late(desk, client):
    with pytest.raises(smtplib.SMTPSenderRefused) as early:
        client.sendmail(ME, [TO], letter(body="x\n" * 150_000))
    assert early.value.smtp_code == 552
    client.ehlo()
    client.esmtp_features.pop("size")
    with pytest.raises(smtplib.SMTPDataError) as late:
        client.sendmail(ME, [TO], letter(body="x\n" * 150_000))
    assert late.value.smtp_code == 552
    assert desk.mails == []


def test_the_null_sender_of_delivery_reports(desk, client):
    client.sendmail("", [TO], letter())
    assert desk.mails[0].mail_from == ""
    assert parse(desk.mails[0].raw).auto == "auto-generated"


def test_a_return_path_of_the_sender_s_own_making_stands_below_ours(desk, client):
    client.sendmail(ME, [TO], letter("Return-Path: <forged@example.org>"))
    assert parse(desk.mails[0].raw).headers["return-path"][0] == "<nora@example.org>"


def test_a_thousand_recipients_and_no_more(desk, client):
    client.ehlo()
    client.mail(ME)
    codes = [client.rcpt(f"n{i}@desk.example")[0] for i in range(1010)]
    assert codes == [250] * 1000 + [452] * 10
    client.data(letter())
    assert len(desk.mails[0].recipients) == 1000


def test_very_long_lines_are_taken(desk, client):
    client.sendmail(ME, [TO], letter(body="x" * 50_000))
    assert b"x" * 50_000 in desk.mails[0].raw


def hand(port: int, *lines: bytes, until: bytes = b"221") -> bytes:
    """Say each line, hear everything until the server hangs up or says `until`."""
    heard = b""
    with socket.create_connection(("127.0.0.1", port), 10) as sock:
        sock.settimeout(10)
        with contextlib.suppress(OSError):
            for line in lines:
                sock.sendall(line)
            while until not in heard and (more := sock.recv(65536)):
                heard += more
    return heard


@pytest.mark.parametrize("ending", [b"\n.\n", b"\n.\r\n", b"\r\n.\n", b"\r.\r", b"\n.\n\r\n"])
def test_no_second_mail_can_be_smuggled_into_the_first(desk, server, ending):
    """SEC Consult 2023: an end of data that only one of two servers sees lets a stranger write as anyone."""
    smuggled = b"MAIL FROM:<admin@desk.example>\r\nRCPT TO:<desk@desk.example>\r\nDATA\r\n"
    smuggled += b"From: admin@desk.example\r\n\r\nforged\r\n.\r\n"
    hand(
        server.port, b"EHLO x\r\nMAIL FROM:<nora@example.org>\r\nRCPT TO:<desk@desk.example>\r\nDATA\r\n",
        letter(body="hi") + ending + smuggled, b"QUIT\r\n",
    )  # fmt: skip
    assert [mail.mail_from for mail in desk.mails] == [ME]


BAD = {
    "bytes": bytes(range(256)) * 50 + b"\r\n",
    "a line without end": b"A" * 600_000,
    "many commands": b"NOOP\r\n" * 3000,
    "unknown commands": b"XYZZY\r\n" * 100,
    "tls to a plain port": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 500,
    "an http request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "brackets": b"EHLO x\r\nMAIL FROM:<" + b"(" * 480 + b">\r\n",
    "quotes": b"EHLO x\r\nMAIL FROM:<" + b'"' * 480 + b">\r\n",
    "dots": b"EHLO x\r\nMAIL FROM:<" + b"." * 480 + b"@>\r\n",
    "no address": b"EHLO x\r\nMAIL FROM:\r\nRCPT TO:\r\nDATA\r\n",
    "out of turn": b"DATA\r\nRCPT TO:<a@b>\r\nMAIL FROM:<a@b>\r\nRSET\r\nVRFY x\r\nEXPN x\r\nHELP\r\n",
    "eight bits": b"EHLO \xff\xfe\r\nMAIL FROM:<\xe4@\xff>\r\nRCPT TO:<\xe4@desk.example>\r\n",
    "a nul": b"EHLO x\0y\r\nMAIL FROM:<a\0b@x.org>\r\nRCPT TO:<desk\0@desk.example>\r\nDATA\r\n.\r\n",
    "parameters": b"EHLO x\r\nMAIL FROM:<a@b.cc> SIZE=x BODY=9BIT FOO=" + b"x" * 300 + b"\r\n",
    "a huge size": b"EHLO x\r\nMAIL FROM:<a@b.cc> SIZE=" + b"9" * 400 + b"\r\n",
    "auth": b"EHLO x\r\nAUTH PLAIN AGEAYg==\r\nAUTH LOGIN\r\nAUTH CRAM-MD5\r\n",
    "cut short": b"EHLO x\r\nMAIL FROM:<nora@example.org>\r\nRCPT TO:<desk@desk.example>\r\nDATA\r\nhalf a mail",
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_bad_input_never_ends_the_server(desk, server, kind, caplog):
    hand(server.port, BAD[kind], b"\r\nQUIT\r\n", until=b"354" if kind == "cut short" else b"221")
    with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as other:
        other.sendmail(ME, [TO], letter("Subject: after it"))
    assert parse(desk.mails[-1].raw).subject == "after it"
    assert "Traceback" not in caplog.text


def test_no_log_in_is_offered(server, client):
    client.ehlo()
    assert "auth" not in client.esmtp_features


def test_encrypted(desk, tmp_path):
    cert, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with receiver(desk, tls=context) as server, smtplib.SMTP("127.0.0.1", server.port, timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cafile=str(cert)))
        client.sendmail(ME, [TO], letter())
    assert len(desk.mails) == 1


def sent_to(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail(ME, [TO], letter())


def test_on_a_loop_of_ours_with_coroutines():
    async def story() -> list[Envelope]:
        mails: list[Envelope] = []
        here = threading.current_thread()

        async def accept(recipient: str) -> bool:
            return threading.current_thread() is here

        async def deliver(envelope: Envelope) -> None:
            mails.append(envelope)

        server = Receiver("127.0.0.1", 0, accept, deliver)
        await server.open()
        await asyncio.to_thread(sent_to, server.port)
        await server.close()
        return mails

    assert [mail.recipients for mail in asyncio.run(story())] == [[TO]]


def test_a_port_that_is_taken_says_so(desk, server):
    with pytest.raises(OSError, match=r"in use"):
        Receiver("127.0.0.1", server.port, desk.accept, desk.deliver).start()


def test_it_can_be_stopped_with_a_mail_on_its_way(desk):
    arrived, go_on = threading.Event(), threading.Event()

    def deliver(envelope: Envelope) -> None:
        arrived.set()
        go_on.wait(10)

    port = free_port()
    server = Receiver("127.0.0.1", port, desk.accept, deliver)
    server.start()
    lines = (
        b"EHLO x\r\nMAIL FROM:<nora@example.org>\r\nRCPT TO:<desk@desk.example>\r\nDATA\r\n" + letter() + b"\r\n.\r\n"
    )
    answers: list[bytes] = []
    sender = threading.Thread(target=lambda: answers.append(hand(port, lines, until=b"nothing")))
    sender.start()
    assert arrived.wait(10)
    timer = threading.Timer(0.2, go_on.set)
    timer.start()
    server.stop()
    sender.join()
    timer.join()
    assert b"250 2.0.0" not in answers[0]
