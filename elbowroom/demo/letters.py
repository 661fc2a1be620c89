"""The mails that customers of the demo have in their mail programs. In memory, the newest two thousand."""

import threading
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import RowMapping, func, select

from elbowroom.channels.email import ours
from elbowroom.conversations.tables import messages
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, folded
from elbowroom.kit.mail.parsed import Address, ParsedMail
from elbowroom.kit.vault import Vault
from elbowroom.people.tables import customers, people
from elbowroom.tickets.tables import channels, tickets

MOST = 2000


@dataclass(frozen=True)
class Letter:
    sender: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    at: float
    message_id: str
    references: tuple[str, ...] = ()
    answer_to: Address | None = None
    number: int = 0

    @property
    def in_reply_to(self) -> str | None:
        return self.references[-1] if self.references else None

    def body(self) -> dict[str, Any]:
        return {
            "id": self.number, "from": shown(self.sender), "to": ", ".join(map(shown, self.to)),
            "subject": self.subject, "text": self.text, "at": moment(self.at), "message_id": self.message_id,
            "in_reply_to": self.in_reply_to,
        }  # fmt: skip


@dataclass
class Letters:
    """Filled by the threads of a mail server, read by the event loop."""

    kept: deque[Letter] = field(default_factory=lambda: deque(maxlen=MOST))
    newest: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keep(self, letter: Letter) -> Letter:
        """The letter with its number here; a copy of one that is here already comes to nothing."""
        with self._lock:
            known = next((one for one in self.kept if one.message_id == letter.message_id), None)
            if known is not None:
                return known
            self.newest += 1
            numbered = replace(letter, number=self.newest)
            self.kept.append(numbered)
            return numbered

    def of(self, address: str) -> list[Letter]:
        """What this address wrote and got."""
        mine = folded(address)
        with self._lock:
            return [one for one in self.kept if mine in {folded(who.email) for who in (one.sender, *one.to)}]

    def one(self, number: int) -> Letter | None:
        with self._lock:
            return next((one for one in self.kept if one.number == number), None)


def shown(who: Address) -> str:
    return f"{who.name} <{who.email}>" if who.name else who.email


def read_letter(mail: ParsedMail, now: float) -> Letter:
    """A mail that came by SMTP."""
    answered = tuple(dict.fromkeys([*mail.references, *mail.in_reply_to]))
    answer_to = mail.reply_to[0] if mail.reply_to else None
    to = (*mail.to, *mail.cc)
    return Letter(mail.sender, to, mail.subject, mail.text, now, mail.message_id or "", answered, answer_to)


def remembered(read: Read, vault: Vault) -> list[Letter]:
    """What the desk's own tickets say was written: a mailbox is not empty where a conversation stands at the desk."""
    author = customers.alias()
    asked = (
        select(
            messages, tickets.c.subject, channels.c.address, channels.c.name.label("desk"),
            people.c.name.label("agent_name"),
            func.coalesce(author.c.email, customers.c.email).label("email"),
            func.coalesce(author.c.name, customers.c.name).label("customer_name"),
        )
        .join_from(messages, tickets, messages.c.ticket == tickets.c.id)
        .join(channels, tickets.c.channel == channels.c.id)
        .join(customers, tickets.c.requester == customers.c.id)
        .outerjoin(author, messages.c.customer == author.c.id)
        .outerjoin(people, messages.c.agent == people.c.id)
        .where(messages.c.kind.in_(("customer", "reply")), messages.c.state.is_(None) | (messages.c.state == "left"))
        .order_by(messages.c.ticket, messages.c.number)
    )  # fmt: skip
    threads: dict[int, list[RowMapping]] = {}
    for row in read.rows(asked):
        threads.setdefault(row["ticket"], []).append(row)
    found = [one for rows in threads.values() for one in _thread(vault, rows)]
    return sorted(found, key=lambda one: one.at)[-MOST:]


def _thread(vault: Vault, rows: list[RowMapping]) -> list[Letter]:
    letters: list[Letter] = []
    for row in rows:
        named = f"{row['agent_name']} ({row['desk']})" if row["agent_name"] else row["desk"]
        desk, customer = Address(named, row["address"]), Address(row["customer_name"], row["email"])
        theirs = row["kind"] == "customer"
        mail_id = row["mail_id"] or ours.mail_id(vault, ours.row_of(row), row["address"])
        references = tuple(one.message_id for one in letters)
        subject = f"Re: {row['subject']}" if letters else row["subject"]
        people = (customer, desk) if theirs else (desk, customer)
        letters.append(
            Letter(people[0], (people[1],), subject, row["full_text"] or row["text"], row["at"], mail_id, references)
        )
    return letters
