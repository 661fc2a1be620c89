"""A desk with a real mail channel: mail is put in by SMTP or directly, answers are caught in a sink."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from elbowroom.channels import email
from elbowroom.channels.email import ours
from elbowroom.channels.email.judging import Became
from elbowroom.channels.email.receiving import Arrival, receive
from elbowroom.conversations.tables import messages
from elbowroom.kit.mail.parse import parse
from elbowroom.kit.mail.parsed import ParsedMail
from tests import engines
from tests.cast import INBOXES, LOG, Answer, Desk, Person, eventually
from tests.kit.mail.letters import letter
from tests.mailservers import Sink, free_port, sink

NORA = "nora@customer.example"
REAL = email.handlers  # the cast's own desk puts a postman in its place
_numbers = itertools.count(1)


class MailDesk(Desk):
    """`is_local`: without a public address, so that servers on this machine may be called."""

    def __init__(self, folder: Path, url: str = "", **settings: Any) -> None:
        super().__init__(folder, url=url)
        self.smtp_port = free_port()
        self.config = replace(self.config, smtp_listen=f"127.0.0.1:{self.smtp_port}", **settings)
        self.postman.handlers = REAL  # type: ignore[method-assign, assignment]

    def rows(self, asked: Any) -> list[Any]:
        return list(self.read(lambda read: read.rows(asked)))


@dataclass
class Mailbox:
    """A mailbox of the desk, with the sink that its answers go to."""

    desk: MailDesk
    ada: Person
    id: int
    address: str
    sink: Sink
    asked: dict[str, Any] = field(default_factory=dict)

    def takes(self, raw: bytes, **more: Any) -> Became:
        """A mail comes in, past the network."""
        return receive(self.desk.engines, Arrival(self.id, raw, **more))

    def ticket_of(self, raw: bytes, **more: Any) -> int:
        assert self.takes(raw, **more) == "message"
        return int(self.last()["ticket"])

    def last(self) -> Any:
        """The newest message of all."""
        return self.desk.rows(select(messages).order_by(messages.c.id.desc()).limit(1))[0]

    def sent(self, count: int = 1) -> ParsedMail:
        """The newest of so many that went out."""
        return parse(self.sink.wait(count)[-1].raw)

    def shown(self) -> Any:
        return next(one for one in self.ada.get("/mailboxes").ok()["mailboxes"] if one["id"] == self.id)

    def quarantined(self) -> list[str]:
        return [one["reason"] for one in self.ada.get("/quarantine").ok().body if one["mailbox"] == self.id]

    def changes(self, **values: Any) -> Answer:
        version = self.shown()["version"]
        return self.ada.send("PATCH", f"/mailboxes/{self.id}", {"from_version": version, **values})

    def signed(self, message: int) -> str:
        """The Message-ID under which a message went out, or would."""
        vault = self.desk.engines.vault
        row = self.desk.rows(select(messages).where(messages.c.id == message))[0]
        return ours.mail_id(vault, ours.row_of(row), self.address)


def nora(*headers: str, number: int | None = None, body: str = "My lamp is broken.", **more: Any) -> bytes:
    """A mail of Nora's, unlike any other."""
    number = number or next(_numbers)
    usual = ["From: Nora Ellis <nora@customer.example>", "To: support@desk.example", "Subject: Lamp broken",
             f"Message-ID: <{number}@customer.example>"]  # fmt: skip
    named = {one.partition(":")[0].lower() for one in headers}
    return letter(*(one for one in usual if one.partition(":")[0].lower() not in named), *headers, body=body, **more)


def answer_to(*ids: str, who: str = "Nora Ellis <nora@customer.example>", **more: Any) -> bytes:
    return nora(f"From: {who}", "Subject: Re: Lamp broken", f"In-Reply-To: {ids[-1]}", f"References: {' '.join(ids)}",
                **more)  # fmt: skip


@pytest.fixture(scope="module")
def house(template: Path, tmp_path_factory: pytest.TempPathFactory, overheard: None) -> Iterator[MailDesk]:
    folder = engines.copied(template, tmp_path_factory.mktemp("mail") / "desk")
    desk = MailDesk(folder)
    desk.start()
    yield desk
    desk.stop()


@pytest.fixture
def desk(house: MailDesk) -> Iterator[MailDesk]:
    LOG.events.clear()
    yield house
    house.nobody_stays()
    assert not LOG.errors


@pytest.fixture
def wire() -> Iterator[Sink]:
    with sink() as kept:
        yield kept


@pytest.fixture
def connect(desk: MailDesk, ada: Person, wire: Sink) -> Iterator[Callable[..., Mailbox]]:
    """Makes a mailbox at a fresh address; it goes with the test."""
    made: list[Mailbox] = []

    def make(**values: Any) -> Mailbox:
        asked = {
            "inbox": INBOXES["Support"], "address": f"support{next(_numbers)}@desk.example", "name": "Northlight",
            "incoming": {"kind": "smtp"}, "undo_for": 0,
            "outgoing": {"host": "127.0.0.1", "port": wire.port, "security": "none"}, **values,
        }  # fmt: skip
        answer = ada.send("POST", "/mailboxes", asked).ok()
        made.append(Mailbox(desk, ada, answer["id"], asked["address"], wire, asked))
        return made[-1]

    yield make
    for one in made:
        ada.send("DELETE", f"/mailboxes/{one.id}")


@pytest.fixture
def box(connect: Callable[..., Mailbox]) -> Mailbox:
    return connect()


def state_of(person: Person, ticket: int, number: int) -> tuple[str | None, str | None]:
    found = next(one for one in person.messages(ticket) if one["number"] == number)
    return found["state"], found["words"]


def becomes(person: Person, ticket: int, number: int, state: str) -> str:
    """Waits until the message is in that state; returns the server's words."""
    eventually(lambda: state_of(person, ticket, number)[0] == state, f"message {number} is {state}")
    return state_of(person, ticket, number)[1] or ""
