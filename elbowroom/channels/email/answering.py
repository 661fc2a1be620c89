"""A mail that answers a notice: the reply of the agent who got it, and of nobody else.

It counts where it names a notice to that very person by a signed id, comes from her address, our own receiving server
vouches for that, and she may see the ticket now. Anything else stays visible in quarantine, and nobody is written to.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import msgspec
from sqlalchemy import RowMapping, select

from elbowroom.channels.email import notices, ours
from elbowroom.channels.email.threading import addressed, answered
from elbowroom.channels.email.written import written
from elbowroom.conversations import attachments
from elbowroom.conversations.attachments import File
from elbowroom.conversations.held import holding
from elbowroom.conversations.replying import replies
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.shapes import Recipients
from elbowroom.conversations.tables import held as held_table
from elbowroom.kit import commands
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.mail.authentic import vouches
from elbowroom.kit.mail.parsed import Bounce, ParsedMail
from elbowroom.kit.vault import Vault
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets.tables import tickets

MACHINES = ("auto-replied", "auto-generated", "report")
_shaped = re.compile(r"[<+]\s*(?:er\.)?n\d{1,18}-[0-9a-f]{1,16}\.[a-z2-7]{24}@", re.IGNORECASE)


class NoReply(Exception):
    """Why this mail is no reply; the words are for an administrator."""


class Machine(Exception):
    """Her out-of-office note, or the like: nobody wrote it."""


@dataclass(frozen=True)
class Answered:
    """What is to be sent, in whose name, and the notice that she had before her eyes."""

    viewer: Viewer
    notice: RowMapping
    body: str
    held: int | None = None
    files: tuple[int, ...] = ()
    recipients: Recipients | None = None


def names_notice(mail: ParsedMail, recipients: Iterable[str]) -> bool:
    """Whether it says so; whether that is true is another question."""
    named = [*answered(mail), *(f"+{one.partition('+')[2]}" for one in addressed(mail, recipients))]
    return any(_shaped.match(one.strip()) for one in named)


def reports_on_notice(read: Read, vault: Vault, mail: ParsedMail, bounce: Bounce) -> bool:
    named = [one for one in (bounce.original_id, *answered(mail)) if one]
    return ours.notice_of(read, ours.signed(vault, named)) is not None


def judge(read: Read, vault: Vault, mail: ParsedMail, recipients: Iterable[str], server: str) -> Answered:
    """`server`: the authserv-id that counts. Raises NoReply, Machine."""
    if mail.auto in MACHINES:
        raise Machine
    if mail.auto is not None:
        raise NoReply("it answers a notice to an agent, and came through a list or as bulk mail")
    notice = _notice(read, vault, mail, recipients)
    viewer = _author(read, mail, notice, server)
    department = read.value(select(tickets.c.department).where(tickets.c.id == notice["ticket"]))
    if not viewer.may_see(department):
        raise NoReply(f"it answers a notice to {viewer.name}, who may not see that ticket any more")
    return _answer(read, mail, notice, viewer)


def carry_out(
    tx: Tx, asked: Answered, mail: ParsedMail, mailbox: int, files: list[File]
) -> tuple[Literal["reply", "held", "known"], int | None]:
    """By the one function that admits replies; its command id is the mail's, so a mail that comes twice is one reply.

    Returns what became of it, and the message.
    """
    name = hashlib.sha256(f"{mail.message_id or ''}\0{mail.content_hash}".encode()).hexdigest()
    is_new: list[bool] = []

    def verb(tx: Tx) -> Answer:
        is_new.append(True)
        own = [attachments.upload(tx, asked.viewer, file)["id"] for file in files_of(mail, files)]
        sending = Sending(
            asked.notice["ticket"], asked.body, asked.notice["number"], held=asked.held, files=[*asked.files, *own],
            is_mail=True, recipients=asked.recipients,
        )  # fmt: skip
        return replies.reply(tx, asked.viewer, sending)

    given = commands.once(tx, asked.viewer.id, f"mail:{name}", name, verb)
    body = msgspec.json.decode(given.content)
    if not is_new:
        return "known", None
    if given.status == 201:
        return "reply", body["message"]["id"]
    notices.told_held(tx, body["held"], mailbox)
    return "held", None


def files_of(mail: ParsedMail, files: list[File]) -> list[File]:
    """Not the pictures of her signature, which stand in the text that is left out."""
    return [file for file, one in zip(files, mail.attachments, strict=True) if not one.inline]


def _notice(read: Read, vault: Vault, mail: ParsedMail, recipients: Iterable[str]) -> RowMapping:
    """The one that is answered before those named along with it."""
    rows = ours.signed(vault, mail.in_reply_to)
    rows += ours.signed_plus(vault, addressed(mail, recipients))
    rows += ours.signed(vault, reversed(mail.references))
    notice = ours.notice_of(read, rows)
    if notice is None:
        raise NoReply("it answers a notice that this desk did not send, or sent before it was restored")
    return notice


def _author(read: Read, mail: ParsedMail, notice: RowMapping, server: str) -> Viewer:
    row = read.first(select(people).where(people.c.id == notice["person"]))
    viewer = load_viewer(read, notice["person"])
    if row is None or folded(mail.sender.email) != row["email_folded"]:
        raise NoReply("it answers a notice that went to someone else")
    if viewer is None:
        raise NoReply(f"it answers a notice to {row['name']}, whose account is disabled")
    if not server:
        raise NoReply(
            f"it answers a notice to {row['name']}, and ELBOWROOM_MAIL_AUTHSERV names no server that vouches for agents"
        )
    if not vouches(mail.headers.get("authentication-results", []), server, mail.sender.email):
        raise NoReply(f"it answers a notice to {row['name']}, and {server} does not vouch that it comes from her")
    return viewer


def _answer(read: Read, mail: ParsedMail, notice: RowMapping, viewer: Viewer) -> Answered:
    """The text that she wrote; of a held reply that she confirms without one, the held text. Raises NoReply.

    Either goes to whom the held reply was for.
    """
    entry = notice["held"] if notice["held"] and holding.is_open(read, viewer, notice["held"]) else None
    row = read.first(select(held_table).where(held_table.c.id == entry)) if entry is not None else None
    to = row["recipients"] if row is not None else None
    body = written(mail)
    if body is None:
        raise NoReply(f"{viewer.name}'s answer can't be told apart from the notice that it quotes")
    if not body and row is not None:
        return Answered(viewer, notice, row["body"], entry, tuple(row["files"]), to)
    if not body:
        raise NoReply(f"{viewer.name}'s answer holds no text")
    if len(body) > replies.LENGTH or len(mail.attachments) > attachments.COUNT:
        raise NoReply(f"{viewer.name}'s answer is too long, or has too many files")
    if entry is None and notice["held"] and holding.was_used(read, viewer, notice["held"], body):
        raise NoReply(f"{viewer.name} has sent this text already")
    return Answered(viewer, notice, body, entry, recipients=to)
