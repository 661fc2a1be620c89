"""The world of mail within the demo: customers write by SMTP to the desk, and what it answers is caught here.

Nothing leaves the machine, whatever address is written to.
"""

import socket
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate

from sqlalchemy import RowMapping, select, update

from elbowroom.channels.email import mailboxes, ours
from elbowroom.channels.email.shapes import IncomingAsked, MailboxAsked, MailboxChanges, OutgoingAsked
from elbowroom.conversations.tables import messages
from elbowroom.demo import seed
from elbowroom.demo.letters import Letter, Letters, read_letter, remembered, shown
from elbowroom.kit.clock import Clock, SystemClock
from elbowroom.kit.db import Tx
from elbowroom.kit.mail import smtp
from elbowroom.kit.mail.build import Outgoing, build
from elbowroom.kit.mail.errors import Refused, Unreachable
from elbowroom.kit.mail.parse import parse
from elbowroom.kit.mail.parsed import Address
from elbowroom.kit.mail.receive import Envelope, Receiver
from elbowroom.kit.mail.server import Server
from elbowroom.kit.problems import Refused as Problem
from elbowroom.kit.problems import bad_request
from elbowroom.kit.web import Engines
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets.tables import inboxes, tickets

HERE = "127.0.0.1"
UNDO_FOR = 10
SIGNATURE = "Northlight · light for every road"


@dataclass
class Post:
    """`port`: where the desk receives mail."""

    port: int
    clock: Clock = field(default_factory=SystemClock)
    letters: Letters = field(default_factory=Letters)

    @asynccontextmanager
    async def service(self, engines: Engines) -> AsyncIterator[None]:
        world = Receiver(HERE, 0, lambda _address: True, self._arrived, hostname="post.example")
        await world.open()
        try:
            await engines.db.write(lambda tx: connect(tx, engines, world.port))
            for letter in await engines.db.read(lambda read: remembered(read, engines.vault)):
                self.letters.keep(letter)
            yield
        finally:
            await world.close()

    def _arrived(self, envelope: Envelope) -> None:
        self.letters.keep(read_letter(parse(envelope.raw), self.clock.now()))

    async def send(self, sender: Address, to: str, subject: str, body: str, answers: Letter | None = None) -> Letter:
        """A customer's mail, by SMTP. Raises Refused: 422 in the desk's words, 503 where it does not listen."""
        letter = self._written(sender, to, subject, body, answers)
        raw = build(
            Outgoing(
                letter.sender, list(letter.to), letter.subject, letter.text, letter.message_id, letter.at,
                in_reply_to=letter.in_reply_to, references=list(letter.references),
            )
        )  # fmt: skip
        try:
            await smtp.send(Server(HERE, self.port, "none"), sender.email, [letter.to[0].email], raw)
        except Refused as no:
            raise bad_request("to", f"The mail server says: {no.words}") from no
        except Unreachable as away:
            raise Problem(503, "busy", "The desk takes no mail just now", away.words) from away
        return self.letters.keep(letter)

    def _written(self, sender: Address, to: str, subject: str, body: str, answers: Letter | None) -> Letter:
        mail_id = f"<{uuid.uuid4().hex}@{sender.email.rpartition('@')[2]}>"
        recipient = Address("", to)
        references: tuple[str, ...] = ()
        if answers is not None:
            if answers.answer_to is not None and answers.sender.email == to:
                recipient = answers.answer_to
            references = (*answers.references, answers.message_id)
            body = f"{body}\n\n{_quoted(answers)}"
        return Letter(sender, (recipient,), subject, body, self.clock.now(), mail_id, references)


def connect(tx: Tx, engines: Engines, port: int) -> None:
    """Each inbox of the seed gets its mailbox, which sends to `port`; one that it has learns of the new port."""
    viewer = _administrator(tx)
    known = {row["address"]: row for row in tx.rows(mailboxes.live)}
    outgoing = OutgoingAsked(host=HERE, port=port, security="none")
    for inbox in (inbox for department in seed.load().departments for inbox in department.inboxes):
        row = known.get(inbox.address)
        if row is None:
            _make(tx, viewer, engines, inbox, outgoing)
        elif row["out_host"] == HERE:
            asked = MailboxChanges(from_version=row["version"], outgoing=outgoing)
            mailboxes.change(tx, viewer, engines.vault, engines.config, row["id"], asked)


def _make(tx: Tx, viewer: Viewer, engines: Engines, inbox: seed.Inbox, outgoing: OutgoingAsked) -> None:
    """The tickets that lie there came by this mailbox, so their answers leave by it and bear ids of its domain."""
    lies: int | None = tx.value(select(inboxes.c.id).where(inboxes.c.name == inbox.name).limit(1))
    if lies is None:
        return
    asked = MailboxAsked(
        inbox=lies, address=inbox.address, name=f"Northlight {inbox.name}", incoming=IncomingAsked(kind="smtp"),
        outgoing=outgoing, undo_for=UNDO_FOR, signature=SIGNATURE,
    )  # fmt: skip
    made = mailboxes.make(tx, viewer, engines.vault, asked)
    tx.run(update(tickets).where(tickets.c.inbox == lies, tickets.c.channel.is_(None)).values(channel=made))
    left = select(messages).join_from(messages, tickets, messages.c.ticket == tickets.c.id)
    for row in tx.rows(left.where(tickets.c.channel == made, messages.c.kind == "reply", messages.c.mail_id.is_(None))):
        mail_id = ours.mail_id(engines.vault, ours.row_of(row), inbox.address)
        tx.run(update(messages).where(messages.c.id == row["id"]).values(mail_id=mail_id))


def _administrator(tx: Tx) -> Viewer:
    row: RowMapping | None = tx.first(
        select(people.c.id).where(people.c.role == "administrator", people.c.disabled_at.is_(None)).limit(1)
    )
    viewer = load_viewer(tx, row["id"]) if row else None
    assert viewer is not None
    return viewer


def free_port() -> int:
    """A port of this machine that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        port: int = probe.getsockname()[1]
        return port


def _quoted(letter: Letter) -> str:
    lines = "\n".join(f"> {line}".rstrip() for line in letter.text.splitlines())
    return f"On {formatdate(letter.at)}, {shown(letter.sender)} wrote:\n{lines}\n"
