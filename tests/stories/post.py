"""Nora's mail program, and the mail servers between her and the desk: Dovecot with IDLE, and a sink for what leaves."""

import asyncio
import smtplib
import uuid
from collections.abc import Callable
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import make_msgid
from typing import Any

from tests.mailservers import Imap, Sink

ADDRESS = "nora@customer.example"
NORA = f"Nora Ellis <{ADDRESS}>"


class MailProgram:
    """`send` puts a mail on its way; what was answered comes from `sink`."""

    def __init__(self, sink: Sink, send: Callable[[EmailMessage], None]) -> None:
        self.sink, self.send = sink, send

    async def writes(
        self, subject: str, text: str = "My lamp is broken.", *, to: str, who: str = NORA, **headers: str
    ) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = who, to, subject
        mail["Message-ID"] = make_msgid(domain="customer.example")
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(text)
        await asyncio.to_thread(self.send, mail)
        return mail

    async def answers(self, to: EmailMessage, text: str) -> EmailMessage:
        """As a mail program does: it names the mail that it answers and those before it."""
        before = f"{to.get('References', '')} {to['Message-ID']}".strip()
        quoted = "".join(f"> {line}\n" for line in text_of(to).splitlines())
        answered = {"In_Reply_To": to["Message-ID"], "References": before}
        body = f"{text}\n\nOn Sunday {to['From']} wrote:\n{quoted}"
        return await self.writes(f"Re: {subject_of(to)}", body, to=to["Reply-To"] or to["From"], **answered)

    async def receives(self, text: str) -> EmailMessage:
        """The mail with this text, once it is there."""
        for count in range(1, 100):
            mails = await asyncio.to_thread(self.sink.wait, count, 20)
            mail = read(mails[count - 1].raw)
            if text in text_of(mail):
                return mail
        raise AssertionError(text)

    def has(self, text: str) -> int:
        """How often a mail with this text has come."""
        return sum(text in text_of(read(mail.raw)) for mail in self.sink.mails)


def by_smtp(port: int) -> Callable[[EmailMessage], None]:
    """Straight to the desk."""

    def send(mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
            server.send_message(mail)

    return send


def by_imap(server: Imap) -> Callable[[EmailMessage], None]:
    """Into the mailbox that the desk looks into."""
    return lambda mail: server.deliver(mail.as_bytes(policy=policy.SMTP))


def bounce_of(mail: EmailMessage, to: str) -> EmailMessage:
    """What a mail server sends back that could not deliver."""
    report = BytesParser(policy=policy.default).parsebytes(BOUNCE.format(to=to, id=mail["Message-ID"]).encode())
    report["Message-ID"] = make_msgid(domain="mx.customer.example")
    assert isinstance(report, EmailMessage)
    return report


BOUNCE = """From: Mail Delivery System <MAILER-DAEMON@mx.customer.example>
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=x="

--=x=
Content-Type: text/plain; charset=utf-8

Your message could not be delivered.

--=x=
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.example

Final-Recipient: rfc822; nora@customer.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--=x=
Content-Type: text/rfc822-headers

Message-ID: {id}

--=x=--
"""


def read(raw: bytes) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    return str(part.get_content()) if part else ""


def subject_of(mail: EmailMessage) -> str:
    return str(mail["Subject"]).removeprefix("Re: ")


def mailbox(inbox: int, address: str, sink: Sink, imap: Imap | None, **more: Any) -> dict[str, Any]:
    """What an administrator fills in: mail comes by IMAP, or by SMTP where there is none, and leaves to the sink."""
    incoming: dict[str, Any] = {"kind": "smtp"}
    if imap is not None:
        user, password = next(iter(imap.passwords.items()))
        incoming = {"kind": "imap", "host": imap.host, "port": imap.port, "security": "none"}
        incoming |= {"user": user, "password": password}
    outgoing = {"host": sink.host, "port": sink.port, "security": "none", "user": "", "password": ""}
    return {"inbox": inbox, "address": address, "name": "Desk", "incoming": incoming, "outgoing": outgoing, **more}


def unlike_any_other(words: str) -> str:
    return f"{words} {uuid.uuid4().hex[:6]}"
