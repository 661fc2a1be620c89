"""Several people who write at a served desk until it dies under them, and then go on where they were."""

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any

import httpx2 as httpx
from sqlalchemy import select, update
from websockets.exceptions import WebSocketException

from elbowroom.conversations.tables import held, messages
from elbowroom.kit import commands, journal
from elbowroom.kit.db import Read
from elbowroom.kit.jobs import jobs
from tests.cast import INBOXES, Answer, Person, Tab, eventually
from tests.converge.page import Page
from tests.mailservers import Sink
from tests.served import ServedDesk

AUTHORS = ("bianca", "hanna", "omid")
MOST = 60  # commands of one author before she gives up waiting for the crash


class MailingDesk(ServedDesk):
    """With the real mail channel; its answers go to the sink."""

    def __init__(self, folder: Path, sink: Sink) -> None:
        super().__init__(folder)
        self.sink = sink

    def command(self) -> list[str]:
        return ["elbowroom.cli", "serve", "--port", str(self.port)]

    def connect_mailbox(self, ada: Person) -> None:
        outgoing = {"host": self.sink.host, "port": self.sink.port, "security": "none"}
        asked = {"inbox": INBOXES["Support"], "address": "support@desk.example", "incoming": {"kind": "smtp"},
                 "undo_for": 0, "outgoing": outgoing}  # fmt: skip
        ada.send("POST", "/mailboxes", asked).ok()


@dataclass(frozen=True)
class Sent:
    """A command whose key is its text too, so that its effect is found."""

    author: Person
    path: str
    body: dict[str, Any]
    key: str

    def go(self) -> Answer:
        return self.author.send("POST", self.path, self.body, key=self.key)


@dataclass
class Book:
    """What the people know: what was asked, and what was answered before the crash or after it."""

    asked: dict[str, Sent] = field(default_factory=dict)
    answered: dict[str, Answer] = field(default_factory=dict)

    def send(self, sent: Sent) -> Answer:
        self.asked[sent.key] = sent
        answer = self.answered[sent.key] = sent.go()
        assert answer.status in (201, 409), (answer.status, answer.body)
        return answer

    def in_doubt(self) -> list[Sent]:
        return [sent for key, sent in self.asked.items() if key not in self.answered]


def write_until_it_dies(author: Person, tickets: list[int], book: Book, is_over: threading.Event) -> None:
    """A reply, then a note, on one ticket after the other; everyone begins with the same one."""
    for number in range(MOST):
        if is_over.is_set():
            return
        key, ticket = str(uuid.uuid4()), tickets[number // 2 % len(tickets)]
        try:
            if number % 2:
                book.send(Sent(author, f"/tickets/{ticket}/notes", {"body": key}, key))
                continue
            seen = author.get(f"/tickets/{ticket}/messages").ok()["last_number"]
            book.send(Sent(author, f"/tickets/{ticket}/replies", {"body": key, "seen": seen}, key))
        except httpx.TransportError:
            return


@contextmanager
def writing(people: list[Person], tickets: list[int], book: Book) -> Iterator[None]:
    """They write while the block runs; whoever still does is told to end, and none is left behind."""
    is_over = threading.Event()
    hands = [threading.Thread(target=write_until_it_dies, args=(one, tickets, book, is_over)) for one in people]
    for hand in hands:
        hand.start()
    try:
        yield
    finally:
        is_over.set()
        for hand in hands:
            hand.join(30)


class OpenPage:
    """A page that stays open: when its socket is gone it comes back by itself and resumes."""

    def __init__(self, person: Person, place: str) -> None:
        self.person, self.place, self.page = person, place, Page()
        self.page.watch(place)
        self.tab = Tab(person)
        self.read = 0

    def is_live(self) -> bool:
        """Hears what came, and comes back where the socket is over."""
        if self.tab.is_over and self.read == len(self.tab.heard):
            self._come_back()
        while self.read < len(self.tab.heard):
            for said in self.page.hear(self.tab.heard[self.read]):
                if said["type"] != "pong":  # the tab answers by itself
                    self.tab.says(**said)
            self.read += 1
        return self.page.is_live and not self.tab.is_over

    def _come_back(self) -> None:
        self.page.cut()
        hello = self.page.hello(self.tab.name, self.tab.nonce)
        try:
            self.tab = Tab(self.person, tab=hello["tab"], nonce=hello["nonce"], resume=hello["resume"])
            self.read = 0
        except (OSError, WebSocketException):
            pass

    @property
    def resumed(self) -> bool:
        """Its last welcome said that it may go on from where it was."""
        return next(bool(one["resumed"]) for one in self.tab.heard if one["type"] == "welcome")

    def shows(self) -> dict[str, Any]:
        """{number: text} of what the page has of the ticket."""
        return {one["number"]: one["text"] for one in self.page.shows(self.place)["messages"]}


# what must be so


def lost(read: Read, book: Book) -> list[str]:
    """Keys that were answered and of which the store knows nothing."""
    kept = set(read.run(select(commands.commands.c.id)).scalars())
    return [key for key in book.answered if key not in kept]


def doubled(read: Read, book: Book) -> list[str]:
    """Keys whose effect is not there exactly once: the stored command, its text, one fact of a kind."""
    kept = Counter(read.run(select(commands.commands.c.id)).scalars())
    effects = Counter(one for asked in (messages.c.text, held.c.body) for one in read.run(select(asked)).scalars())
    told = Counter((row["command"], row["kind"], row["place"]) for row in read.rows(select(journal.facts)))
    twice = {command for (command, _, _), count in told.items() if count > 1}
    facts = {command for command, _, _ in told}
    return [key for key in book.asked if (kept[key], effects[key]) != (1, 1) or key in twice or key not in facts]


def leases_run_out(desk: ServedDesk) -> None:
    """The dead process holds its jobs for a minute; that time goes by."""
    desk.write(lambda tx: tx.run(update(jobs).values(leased_until=tx.now - 1)))


def all_left(desk: ServedDesk) -> bool:
    def question(read: Read) -> bool:
        waiting = read.first(select(messages.c.id).where(messages.c.state == "waiting"))
        return waiting is None and read.first(select(jobs.c.id)) is None

    return bool(desk.read(question))


def mail_ids(desk: ServedDesk) -> dict[str, str]:
    """{text: Message-ID} of every reply that was accepted."""
    asked = select(messages.c.text, messages.c.mail_id).where(messages.c.kind == "reply")
    return {row["text"]: row["mail_id"] for row in desk.read(lambda read: read.rows(asked))}


def copies(sink: Sink) -> Counter[str]:
    """How often each Message-ID came."""
    return Counter(str(BytesHeaderParser().parsebytes(mail.raw)["Message-ID"]) for mail in sink.wait(0))


def dies(desk: ServedDesk, within: float = 30) -> int:
    """Waits for the end of the process; returns how it ended."""
    process = desk.process
    assert process is not None
    eventually(lambda: process.poll() is not None, "the desk dies", within=within)
    assert process.returncode is not None
    return process.returncode
