"""Mails of the desk itself (a new password, an invitation): through ELBOWROOM_SMTP_URL, else the first live mailbox."""

import asyncio
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from sqlalchemy import RowMapping

from elbowroom.channels.email import hosts, ours
from elbowroom.channels.email.mailboxes import live
from elbowroom.channels.email.tables import mailboxes
from elbowroom.kit.config import BadSetting, Config
from elbowroom.kit.db import Read
from elbowroom.kit.jobs import Again, Job, backoff
from elbowroom.kit.mail import errors, smtp
from elbowroom.kit.mail.build import Outgoing, build
from elbowroom.kit.mail.parsed import Address
from elbowroom.kit.mail.server import Security, Server
from elbowroom.kit.web import Engines
from elbowroom.people import post

log = structlog.get_logger("mail")
NAME = "Elbowroom"
NO_WAY = "a mail of the desk can't be sent: set ELBOWROOM_SMTP_URL, or connect a mailbox"


@dataclass(frozen=True)
class Way:
    server: Server
    sender: str


async def send(own: Engines, job: Job) -> None:
    """The job "system_mail" {to, subject, text, language}. Neither address nor text goes to the log: it has a key."""
    try:
        way = await _way(own)
        mail = Outgoing(
            Address(NAME, way.sender), [Address("", job.data["to"])], job.data["subject"], job.data["text"],
            ours.mail_id(own.vault, f"s{job.id}", way.sender), own.clock.now(), auto=True,
        )  # fmt: skip
        await smtp.send(way.server, way.sender, mail.recipients, build(mail))
    except errors.MailError as error:
        if isinstance(error, errors.Refused) and error.permanent:
            log.warning("a mail of the desk was refused", job=job.id, words=error.words)
            return
        log.warning("a mail of the desk waits", job=job.id, tries=job.tries, words=error.words)
        raise Again(backoff(job.tries), error.words) from error
    except ValueError as wrong:
        log.warning("a mail of the desk can't be written", job=job.id, words=str(wrong))


def of_url(url: str) -> Way:
    """smtps://user:password@host:465, or smtp:// with STARTTLS; ?security=none and ?from=desk@example.org.

    Raises BadSetting.
    """
    parts = urlsplit(url)
    asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    near = parts.hostname in {"localhost", "127.0.0.1", "::1"}
    usual = "tls" if parts.scheme == "smtps" else "none" if near else "starttls"
    security = asked.get("security", usual)
    user = unquote(parts.username or "")
    try:
        if parts.scheme not in {"smtp", "smtps"} or security not in {"tls", "starttls", "none"}:
            raise ValueError
        port = parts.port or {"tls": 465, "starttls": 587, "none": 25}[security]
        server = Server(parts.hostname or "", port, _security(security), user, unquote(parts.password or ""))
    except ValueError:  # its words may hold the password
        form = "smtps://user:password@smtp.example.org"
        raise BadSetting(f"ELBOWROOM_SMTP_URL can't be read; write it like {form}") from None
    return Way(server, asked.get("from") or (user if "@" in user else f"elbowroom@{parts.hostname}"))


def first(read: Read) -> RowMapping | None:
    return read.first(live.where(mailboxes.c.paused_at.is_(None)).limit(1))


@post.sends_by
def has_way(read: Read) -> bool:
    return first(read) is not None


async def _way(own: Engines) -> Way:
    if own.config.smtp_url:
        return _configured(own.config)
    row = await own.db.read(first)
    if row is None:
        raise errors.Unreachable(NO_WAY)
    return Way(await asyncio.to_thread(hosts.stored, own.config, own.vault, row, "out"), row["address"])


def _configured(config: Config) -> Way:
    try:
        return of_url(config.smtp_url)
    except BadSetting as bad:
        raise errors.Unreachable(str(bad)) from bad


def _security(text: str) -> Security:
    return "tls" if text == "tls" else "starttls" if text == "starttls" else "none"
