"""The demo desk as plain values. Nothing here touches a database, a clock or the network.

Ages say how long before the moment of seeding something happened.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from typing import Any, Literal

Lock = Literal["advice", "write", "exclusive"]
Role = Literal["agent", "manager", "administrator"]
Language = Literal["en", "de", "ru", "zh"]
Status = Literal["open", "on_hold", "escalated", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
FROM_REQUESTER = "customer"
UNITS = {"d": "days", "h": "hours", "min": "minutes"}


@dataclass(frozen=True, slots=True)
class Inbox:
    name: str
    address: str
    lock: Lock


@dataclass(frozen=True, slots=True)
class Department:
    name: str
    inboxes: tuple[Inbox, ...]


@dataclass(frozen=True, slots=True)
class Person:
    key: str
    name: str
    address: str
    role: Role
    departments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Customer:
    key: str
    name: str
    address: str
    language: Language


@dataclass(frozen=True, slots=True)
class Attachment:
    """text is the content of a text or csv file; of a png it says what the picture shows."""

    name: str
    kind: Literal["text", "csv", "png"]
    text: str


@dataclass(frozen=True, slots=True)
class Message:
    """author is the key of a customer (not always the requester) or of a person."""

    author: str
    kind: Literal["customer", "reply", "note"]
    age: timedelta
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True)
class Ticket:
    """followers are keys of people or customers; messages run from the oldest to the newest."""

    subject: str
    requester: str
    inbox: str
    language: Language
    status: Status
    priority: Priority
    owner: str | None
    labels: tuple[str, ...]
    followers: tuple[str, ...]
    messages: tuple[Message, ...]

    @property
    def age(self) -> timedelta:
        return self.messages[0].age


@dataclass(frozen=True, slots=True)
class Line:
    """What the scripted colleague may type; about is a label, None suits any ticket."""

    kind: Literal["reply", "note"]
    language: Language
    about: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Colleague:
    person: str
    lines: tuple[Line, ...]

    def lines_for(self, kind: Literal["reply", "note"], language: str, labels: tuple[str, ...]) -> tuple[Line, ...]:
        """The lines that suit a ticket, those about one of its labels first."""
        fit = [one for one in self.lines if one.kind == kind and one.language == language]
        return tuple([one for one in fit if one.about in labels] + [one for one in fit if one.about is None])


@dataclass(frozen=True, slots=True)
class Seed:
    """tickets run from the oldest to the newest, so that numbers given in this order look grown."""

    departments: tuple[Department, ...]
    labels: tuple[str, ...]
    people: tuple[Person, ...]
    customers: tuple[Customer, ...]
    tickets: tuple[Ticket, ...]
    colleague: Colleague


def load() -> Seed:
    here = files("elbowroom.demo")
    cast = tomllib.loads((here / "cast.toml").read_text("utf-8"))
    people = tuple(_person(key, row) for key, row in cast["people"].items())
    keys = frozenset(person.key for person in people)
    pages = sorted((here / "tickets").iterdir(), key=lambda page: page.name)
    tickets = [
        _ticket(page | row, keys)
        for page in (tomllib.loads(page.read_text("utf-8")) for page in pages if page.name.endswith(".toml"))
        for row in page.pop("ticket")
    ]
    return Seed(
        departments=tuple(_department(row) for row in cast["department"]),
        labels=tuple(cast["labels"]),
        people=people,
        customers=tuple(Customer(key=key, **row) for key, row in cast["customers"].items()),
        tickets=tuple(sorted(tickets, key=lambda ticket: ticket.age, reverse=True)),
        colleague=_colleague(tomllib.loads((here / "colleague.toml").read_text("utf-8"))),
    )


def read_age(words: str) -> timedelta:
    """Reads "4 min", "3 h" or "2 d 5 h"; anything else is a ValueError."""
    if not re.fullmatch(r"\d+ (?:d|h|min)(?: \d+ (?:d|h|min))*", words):
        raise ValueError(f"not an age: {words!r}")
    parts = re.findall(r"(\d+) (d|h|min)", words)
    return timedelta(**{UNITS[unit]: int(number) for number, unit in parts})


def _department(row: dict[str, Any]) -> Department:
    return Department(row["name"], tuple(Inbox(**inbox) for inbox in row["inbox"]))


def _person(key: str, row: dict[str, Any]) -> Person:
    return Person(key, row["name"], row["address"], row["role"], tuple(row["departments"]))


def _ticket(row: dict[str, Any], people: frozenset[str]) -> Ticket:
    return Ticket(
        subject=row["subject"],
        requester=row["requester"],
        inbox=row["inbox"],
        language=row["language"],
        status=row["status"],
        priority=row.get("priority", "normal"),
        owner=row.get("owner"),
        labels=tuple(row.get("labels", ())),
        followers=tuple(row.get("followers", ())),
        messages=tuple(_message(message, row["requester"], people) for message in row["message"]),
    )


def _message(row: dict[str, Any], requester: str, people: frozenset[str]) -> Message:
    author = requester if row["from"] == FROM_REQUESTER else row["from"]
    written_by_us: Literal["reply", "note"] = "note" if row.get("note", False) else "reply"
    return Message(
        author=author,
        kind=written_by_us if author in people else "customer",
        age=read_age(row["age"]),
        text=row["text"].strip(),
        html=row["html"].strip() if "html" in row else None,
        attachments=tuple(_attachment(one) for one in row.get("attachment", ())),
    )


def _attachment(row: dict[str, Any]) -> Attachment:
    return Attachment(row["name"], row["kind"], row["text"])


def _colleague(page: dict[str, Any]) -> Colleague:
    kinds: tuple[Literal["reply", "note"], ...] = ("reply", "note")
    return Colleague(
        person=page["as"],
        lines=tuple(
            Line(kind, row["language"], row.get("about"), row["text"].strip()) for kind in kinds for row in page[kind]
        ),
    )
