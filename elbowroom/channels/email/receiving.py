"""One mail in, by whatever way: exactly one message or reply, or an entry in quarantine, in one transaction.

Reading it and storing its files come before: a transaction waits for nothing but the store.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from elbowroom.channels.email import answering, judging, quarantine, storing
from elbowroom.channels.email.judging import Became, Verdict
from elbowroom.conversations.attachments import File, clean_name
from elbowroom.kit.db import CommitFailed, Tx
from elbowroom.kit.files import Files
from elbowroom.kit.mail.parse import Unparsable, parse
from elbowroom.kit.mail.parsed import ParsedMail
from elbowroom.kit.web import Engines

log = structlog.get_logger("mail")


class Superseded(Exception):
    """The mailbox was changed while this mail was on its way; whoever fetches by the new settings meets it again."""


@dataclass(frozen=True)
class Arrival:
    """A mail as it came. `recipients`: of the envelope. `at`: when it came, now by default.

    `is_older` was there before the mailbox was connected, and is quiet; `is_closed`: its ticket begins as resolved.
    `cursor` moves in the transaction of the message, whatever becomes of the mail.
    """

    mailbox: int
    raw: bytes
    recipients: tuple[str, ...] = ()
    at: float | None = None
    is_older: bool = False
    is_closed: bool = False
    cursor: Callable[[Tx], None] = lambda _tx: None


def receive(own: Engines, arrival: Arrival) -> Became:
    """Blocks; for threads. Raises where nothing could be stored (then it comes again), and for no mail's sake."""
    try:
        mail = parse(arrival.raw)
    except Unparsable as bad:
        return _quarantine(own, arrival, ("", hashlib.sha256(arrival.raw).hexdigest()), bad.reason)
    files = _stored(own.files, mail)
    became: Became | str = "failed"
    try:
        verdict = own.db.write_now(lambda tx: _take(tx, own, arrival, mail, files))
        became = verdict.became
    except (CommitFailed, OperationalError, Superseded):
        raise
    except Exception as failed:
        log.error("a mail could not be stored", mailbox=arrival.mailbox, exc_info=failed)
        verdict = Verdict("quarantine", f"the desk failed on it ({type(failed).__name__}); its log says more")
    finally:
        _drop(own.files, _unused(mail, files, became))
    if verdict.became == "quarantine":
        return _quarantine(own, arrival, (mail.message_id or "", mail.content_hash), verdict.reason)
    return verdict.became


def _take(tx: Tx, own: Engines, arrival: Arrival, mail: ParsedMail, files: list[File]) -> Verdict:
    """Does all of it, but for what goes to quarantine: that is left to do, its bytes are not stored yet."""
    arrival.cursor(tx)
    key = (mail.message_id or "", mail.content_hash)
    if storing.is_known(tx, arrival.mailbox, key):
        return Verdict("known")
    server = own.config.vouching_server(storing.address_of(tx, arrival.mailbox))
    verdict, message = judging.judge(tx, own.vault, mail, arrival.recipients, server), None
    if verdict.became == "quarantine":
        return verdict
    if verdict.became == "message":
        came = storing.Came(arrival.mailbox, arrival.at, arrival.is_older, arrival.is_closed)
        message, is_new = storing.store(tx, came, mail, verdict.bound, files)
        verdict = verdict if is_new else Verdict("known")
    if verdict.answered is not None:
        became, message = answering.carry_out(tx, verdict.answered, mail, arrival.mailbox, files)
        verdict = Verdict(became)
    storing.note(tx, arrival.mailbox, key, verdict.became, message)
    return verdict


def _quarantine(own: Engines, arrival: Arrival, key: storing.Key, reason: str) -> Became:
    blob = own.files.put(arrival.raw)
    size = getattr(arrival.raw, "size", len(arrival.raw))  # of a mail too big to fetch only the beginning is here

    def verb(tx: Tx) -> Became:
        arrival.cursor(tx)
        if storing.is_known(tx, arrival.mailbox, key):
            return "known"
        quarantine.put(tx, arrival.mailbox, reason, blob, size)
        storing.note(tx, arrival.mailbox, key, "quarantine", None)
        return "quarantine"

    became: Became = "known"
    try:
        became = own.db.write_now(verb)
    finally:
        if became == "known":
            own.files.drop(blob)
    return became


def _stored(files: Files, mail: ParsedMail) -> list[File]:
    return [
        File(files.put(one.content), clean_name(one.name), one.content_type, len(one.content), one.content_id)
        for one in mail.attachments
    ]


def _unused(mail: ParsedMail, files: list[File], became: Became | str) -> list[File]:
    if became in ("reply", "held"):
        return [file for file in files if file not in answering.files_of(mail, files)]
    return [] if became == "message" else files


def _drop(files: Files, stored: list[File]) -> None:
    for file in stored:
        files.drop(file.blob)
