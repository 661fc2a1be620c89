"""Try it: signs in and counts over IMAP, sends a mail to the mailbox's own address over SMTP. Nothing is stored."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime

from elbowroom.channels.email import hosts, ours
from elbowroom.channels.email.mailboxes import NO_DOOR
from elbowroom.channels.email.shapes import MailboxAsked, OutgoingAsked, Trial, TriedIncoming, TriedOutgoing
from elbowroom.kit.clock import token
from elbowroom.kit.mail import smtp
from elbowroom.kit.mail.build import Outgoing, build
from elbowroom.kit.mail.errors import LoginRefused, MailError
from elbowroom.kit.mail.imap import Mailbox
from elbowroom.kit.mail.parsed import Address
from elbowroom.kit.mail.server import Server
from elbowroom.kit.web import Engines

PATIENCE = 15.0
LONGEST = 60.0
SUBJECT = "Elbowroom can send from here"
TEXT = "This mail shows that your support desk can send from this mailbox. You may delete it; the desk leaves it out.\n"


@dataclass(frozen=True)
class Passwords:
    """Opened; as typed, or those that are stored for just these servers."""

    incoming: str
    outgoing: str


async def attempt(own: Engines, asked: MailboxAsked, passwords: Passwords) -> Trial:
    incoming, outgoing = await asyncio.gather(
        _fetches(own, asked, passwords.incoming), _sends(own, asked, passwords.outgoing)
    )
    return {"incoming": incoming, "outgoing": outgoing}


async def _fetches(own: Engines, asked: MailboxAsked, password: str) -> TriedIncoming:
    if asked.incoming.kind == "smtp":
        listens = own.config.smtp_listen
        words = f"This desk listens on {listens}. Let your mail server deliver there." if listens else NO_DOOR
        return {"ok": bool(listens), "words": words, "found": 0}
    since = date(1970, 1, 1)
    if asked.start == "days" and asked.days:
        since = datetime.fromtimestamp(max(0.0, own.clock.now() - asked.days * 86_400), UTC).date()
    try:
        found = await asyncio.to_thread(lambda: _count(_server(own, asked.incoming, password), since))
    except MailError as error:
        return {"ok": False, "words": _words(error), "found": 0}
    return {"ok": True, "words": "", "found": found}


async def _sends(own: Engines, asked: MailboxAsked, password: str) -> TriedOutgoing:
    try:
        server = await asyncio.to_thread(_server, own, asked.outgoing, password)
        async with asyncio.timeout(LONGEST):
            sent = await smtp.send(server, asked.address, [asked.address], _letter(own, asked), PATIENCE)
    except MailError as error:
        return {"ok": False, "words": _words(error)}
    except TimeoutError:
        return {"ok": False, "words": f"{asked.outgoing.host} took longer than {LONGEST:.0f} seconds."}
    except (ValueError, UnicodeError) as wrong:
        return {"ok": False, "words": str(wrong)}
    return {"ok": True, "words": sent.words}


def _server(own: Engines, asked: OutgoingAsked, password: str) -> Server:
    return hosts.pinned(own.config, asked.host, asked.port, asked.security, asked.user, password)


def _count(server: Server, since: date) -> int:
    with Mailbox(server, timeout=PATIENCE) as box:
        return len(box.uids_since(since))


def _letter(own: Engines, asked: MailboxAsked) -> bytes:
    us = Address(asked.name, asked.address)
    mail_id = ours.mail_id(own.vault, f"{ours.TRIAL}{token(8).encode().hex()[:20]}", asked.address)
    return build(Outgoing(us, [us], SUBJECT, TEXT, mail_id, own.clock.now(), auto=True))


def _words(error: MailError) -> str:
    if isinstance(error, LoginRefused):
        return f"The server does not accept this user and password: {error.words}"
    return error.words
