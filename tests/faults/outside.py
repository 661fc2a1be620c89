"""People who write all at once, and what they know of it from outside: what was asked, what was acknowledged."""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from elbowroom import app as house
from elbowroom.conversations import incoming, notes
from elbowroom.conversations.replying import replies
from elbowroom.conversations.replying.sending import Sending
from elbowroom.kit import commands, journal
from elbowroom.kit.commands import Answer, Given
from elbowroom.kit.config import Config
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Cursor
from elbowroom.kit.web import Engines
from elbowroom.people.customers import find_or_make
from elbowroom.people.rights import load_viewer
from elbowroom.tickets import rows
from elbowroom.tickets.tables import tickets
from tests.cast import INBOXES, stage
from tests.faults.disk import Record
from tests.faults.layer import recording

AUTHORS = (1, 2, 3, 4)  # Ada, Bianca, Hanna, Omid
INBOX = INBOXES["Post"]  # with undo time: each reply leaves a job


@dataclass(frozen=True)
class Command:
    """What someone sends; its key is its text too, so that its effect is found."""

    person: int
    key: str
    verb: str
    ticket: int = 0
    seen: int = 0

    def carry_out(self, tx: Tx) -> Given:
        return commands.once(tx, self.person, self.key, self.key, self._do)

    def _do(self, tx: Tx) -> Answer:
        viewer = load_viewer(tx, self.person)
        assert viewer is not None
        if self.verb == "reply":
            return replies.reply(tx, viewer, Sending(self.ticket, self.key, self.seen))
        if self.verb == "note":
            return Answer({"message": notes.write(tx, viewer, self.ticket, self.key)}, 201)
        customer = find_or_make(tx, "nora@customer.example", "Nora")
        ticket = incoming.open_ticket(tx, INBOX, self.key, customer, self.key, channel=1, by=viewer.by)
        return Answer({**rows.whole(tx, ticket)}, 201)


@dataclass(frozen=True)
class Acknowledged:
    command: Command
    given: Given


@dataclass
class Known:
    """What the people outside know at a moment: what they asked for, and what they were told is done."""

    asked: dict[str, Command] = field(default_factory=dict)
    done: dict[str, Given] = field(default_factory=dict)
    noted: Cursor | None = None  # the newest position in the side file

    def hear(self, words: list[Any]) -> "Known":
        for word in words:
            if isinstance(word, Command):
                self.asked[word.key] = word
            elif isinstance(word, Cursor):
                self.noted = word
            else:
                self.done[word.command.key] = word.given
        return self

    @property
    def open(self) -> list[Command]:
        return [command for key, command in self.asked.items() if key not in self.done]


@contextmanager
def opened(folder: Path) -> Iterator[Engines]:
    """The store as a server opens it."""
    own = house.engines(Config(data_dir=folder))
    try:
        yield own
    finally:
        own.db.close()


def send(own: Engines, record: Record, command: Command) -> Given:
    """The acknowledgment is noted in the writer's thread, before that can touch the disk again."""
    record.said(command)
    sent = own.db._submit(command.carry_out)
    sent.add_done_callback(lambda done: record.said(Acknowledged(command, done.result())))
    return cast(Given, sent.result())


def works(own: Engines, record: Record, person: int, life: int, count: int, dice: random.Random) -> None:
    mine: list[int] = []
    for number in range(count):
        key = f"{life}-{person}-{number}"
        if not mine:
            send(own, record, Command(person, key, "open"))
            mine = own.db.read_now(lambda read: list(read.run(select(tickets.c.id)).scalars()))
            continue
        ticket = dice.choice(mine[:4])
        last = own.db.read_now(partial(last_number, ticket))
        seen = last if dice.random() < 0.8 else 1
        send(own, record, Command(person, key, dice.choice(("reply", "note", "note", "open")), ticket, seen))
        if number % 5 == 0:  # as the pulse does it
            record.said(own.db.read_now(journal.head))


def last_number(ticket: int, read: Read) -> int:
    return cast(int, read.value(select(tickets.c.last_number).where(tickets.c.id == ticket)))


def recorded(folder: Path, seed: int, lives: int, count: int) -> Record:
    """Several lives of a desk from its first start on, in each of which everyone writes at once."""
    folder.mkdir(parents=True)
    with recording(folder) as record:
        stage(folder)
        for life in range(lives):
            with opened(folder) as own:
                together(own, record, life, count, seed)
    return record


def together(own: Engines, record: Record, life: int, count: int, seed: int) -> None:
    hands = [
        threading.Thread(target=works, args=(own, record, one, life, count, random.Random(f"{seed} {life} {one}")))
        for one in AUTHORS
    ]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
