"""Mail delivered straight to the desk by SMTP. "250" is said once it is stored, so the sender keeps what is not."""

from urllib.parse import urlsplit

import structlog
from sqlalchemy import RowMapping

from elbowroom.channels.email.mailboxes import live
from elbowroom.channels.email.receiving import Arrival, receive
from elbowroom.channels.email.tables import mailboxes
from elbowroom.kit.config import BadSetting, Config
from elbowroom.kit.db import Read, folded
from elbowroom.kit.mail.receive import Envelope, Receiver
from elbowroom.kit.web import Engines

log = structlog.get_logger("mail")


class Paused(Exception):
    """The mailbox takes nothing just now; the sender comes again."""


async def opened(own: Engines) -> Receiver | None:
    """Listens where ELBOWROOM_SMTP_LISTEN says; None where it says nothing. Raises BadSetting."""
    if not own.config.smtp_listen:
        return None
    host, port = place(own.config.smtp_listen)

    async def accept(recipient: str) -> bool:
        return bool(await own.db.read(lambda read: _mailboxes_of(read, [recipient])))

    def deliver(envelope: Envelope) -> None:
        found = own.db.read_now(lambda read: _mailboxes_of(read, envelope.recipients))
        for row in found:
            receive(own, Arrival(row["id"], envelope.raw, tuple(envelope.recipients)))

    receiver = Receiver(host, port, accept, deliver, hostname=_name(own.config))
    try:
        await receiver.open()
    except OSError as taken:
        raise BadSetting(f"ELBOWROOM_SMTP_LISTEN is {own.config.smtp_listen!r}, and that fails: {taken}") from taken
    log.info("listening for mail", at=f"{host}:{receiver.port}")
    return receiver


def place(text: str) -> tuple[str, int]:
    """ "0.0.0.0:25", "[::]:25" or ":25" as host and port. Raises BadSetting."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or int(port) > 65535:
        raise BadSetting(f"ELBOWROOM_SMTP_LISTEN is {text!r}; write host and port, like 0.0.0.0:25")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104  the operator says so


def _mailboxes_of(read: Read, recipients: list[str]) -> list[RowMapping]:
    """Plus-addresses belong to the address before the plus. Raises Paused."""
    named = {folded(part) for one in recipients for part in (one, _without_plus(one))}
    rows = [row for row in read.rows(live.where(mailboxes.c.in_kind == "smtp")) if folded(row["address"]) in named]
    if any(row["paused_at"] is not None for row in rows):
        raise Paused
    return rows


def _without_plus(address: str) -> str:
    local, at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def _name(config: Config) -> str:
    return urlsplit(config.url).hostname or "localhost"
