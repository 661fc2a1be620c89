"""Puts the seed into an empty store by the verbs that people use, each at the moment at which it is said to be done.

All of it runs in the order of time, so that the journal's positions, versions and dates read as if it had grown.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import insert, select

from elbowroom.conversations import attachments, incoming, notes
from elbowroom.conversations.attachments import File
from elbowroom.conversations.replying import replies
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.tables import messages
from elbowroom.demo import pictures
from elbowroom.demo.seed import Attachment, Customer, Message, Person, Seed, Ticket
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.files import Files
from elbowroom.kit.mail import html
from elbowroom.people import agents, departments
from elbowroom.people.customers import find_or_make
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets import fields, holding, inboxes, labels, ownership
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.facts import say
from elbowroom.tickets.fields import Change
from elbowroom.tickets.tables import followers

TYPES = {"text": "text/plain", "csv": "text/csv", "png": "image/png"}
OPENED_FOR = timedelta(days=30)  # how long the desk has stood
SORTED_WITHIN = timedelta(minutes=4)
Step = tuple[float, Callable[[Tx], None]]


def is_empty(read: Read) -> bool:
    return read.first(select(people.c.id).limit(1)) is None


def plant(tx: Tx, seed: Seed, files: Files) -> None:
    """The whole seed in this one transaction; `tx.now` is the moment to which all ages refer."""
    now = tx.now
    tx.now = now - OPENED_FOR.total_seconds()
    garden = _staff(tx, seed, files, now)
    steps = [step for ticket in seed.tickets for step in _Grown(garden, ticket).steps()]
    for at, step in sorted(steps, key=lambda one: one[0]):
        tx.now = at
        step(tx)
    tx.now = now


@dataclass
class Garden:
    """Who and what stands there before the first ticket comes."""

    now: float
    files: Files
    customers: dict[str, Customer]
    inboxes: dict[str, int] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    sorters: dict[str, str] = field(default_factory=dict)  # inbox → who sorts what nobody owns


def _staff(tx: Tx, seed: Seed, files: Files, now: float) -> Garden:
    garden = Garden(now, files, {one.key: one for one in seed.customers})
    made = {one.name: departments.make(tx, one.name)["id"] for one in seed.departments}
    for person in seed.people:
        within = [made[name] for name in person.departments] if person.role != "administrator" else []
        garden.viewers[person.key] = _hired(tx, person, within)
    for department in seed.departments:
        sorter = next(one.key for one in seed.people if department.name in one.departments and one.role != "agent")
        for inbox in department.inboxes:
            garden.inboxes[inbox.name] = inboxes.make(tx, made[department.name], inbox.name, lock_mode=inbox.lock)
            garden.sorters[inbox.name] = sorter
    return garden


def _hired(tx: Tx, person: Person, within: list[int]) -> Viewer:
    made = agents.make(tx, person.address, person.name, person.role, within=within)
    viewer = load_viewer(tx, made)
    assert viewer is not None
    return viewer


class _Grown:
    """One ticket's life as steps, each with its moment."""

    def __init__(self, garden: Garden, ticket: Ticket) -> None:
        self.garden, self.ticket = garden, ticket
        self.id = 0
        spoke = [one.author for one in ticket.messages if one.kind != "customer"]
        self.sorter = garden.viewers[ticket.owner or next(iter(spoke), garden.sorters[ticket.inbox])]

    def steps(self) -> list[Step]:
        said = [(self._at(one), self._saying(one)) for one in self.ticket.messages]
        opened, newest = said[0][0], said[-1][0]
        next_at = said[1][0] if len(said) > 1 else self.garden.now
        sorted_at = opened + min(SORTED_WITHIN.total_seconds(), (next_at - opened) / 2)
        settled_at = newest + min(SORTED_WITHIN.total_seconds(), (self.garden.now - newest) / 2)
        return [*said, (sorted_at, self._sort), (settled_at, self._settle)]

    def _at(self, message: Message) -> float:
        return self.garden.now - message.age.total_seconds()

    def _saying(self, message: Message) -> Callable[[Tx], None]:
        if message is self.ticket.messages[0]:
            return lambda tx: self._open(tx, message)
        speak = {"customer": self._hear, "reply": self._reply, "note": self._note}[message.kind]
        return lambda tx: speak(tx, message)

    def _open(self, tx: Tx, message: Message) -> None:
        inbox = self.garden.inboxes[self.ticket.inbox]
        customer, extra = self._customer(tx, message.author), self._extra(message)
        self.id = incoming.open_ticket(
            tx, inbox, self.ticket.subject, customer, message.text, channel=None, extra=extra
        )
        self._attach(tx, message)

    def _hear(self, tx: Tx, message: Message) -> None:
        incoming.answer(tx, self.id, self._customer(tx, message.author), message.text, extra=self._extra(message))
        self._attach(tx, message)

    def _reply(self, tx: Tx, message: Message) -> None:
        viewer = self.garden.viewers[message.author]
        stored = access_ticket(tx, viewer, self.id)
        fence = holding.take(tx, viewer, self.id)["fence"]
        uploads = self._uploads(tx, viewer, message)
        answer = replies.reply(tx, viewer, Sending(self.id, message.text, stored["head"], fence, files=uploads))
        assert answer.status == 201, answer.body
        holding.free(tx, viewer, self.id)

    def _note(self, tx: Tx, message: Message) -> None:
        viewer = self.garden.viewers[message.author]
        notes.write(tx, viewer, self.id, message.text, self._uploads(tx, viewer, message))

    def _sort(self, tx: Tx) -> None:
        """What somebody does who looks at a new ticket: owner, priority, labels, who else is to know."""
        ticket, viewer = self.ticket, self.sorter
        if ticket.owner is not None:
            ownership.give(tx, viewer, self.id, viewer.id, None)
        self._set(tx, "priority", ticket.priority)
        for label in ticket.labels:
            labels.add(tx, viewer, self.id, label)
        for key in ticket.followers:
            if key in self.garden.customers:
                self._follow(tx, self._customer(tx, key))

    def _settle(self, tx: Tx) -> None:
        self._set(tx, "status", self.ticket.status)

    def _set(self, tx: Tx, name: str, to: str) -> None:
        stored = access_ticket(tx, self.sorter, self.id)
        if stored[name] != to:
            fields.patch(tx, self.sorter, self.id, {name: Change(to, stored["version"])})

    def _follow(self, tx: Tx, customer: int) -> None:
        tx.run(insert(followers).values(ticket=self.id, customer=customer))
        department = access_ticket(tx, self.sorter, self.id)["department"]
        say(tx, self.id, department, "follower_added", self.sorter.by, data={"customer": customer})

    def _customer(self, tx: Tx, key: str) -> int:
        customer = self.garden.customers[key]
        return find_or_make(tx, customer.address, customer.name)

    def _attach(self, tx: Tx, message: Message) -> None:
        newest = select(messages.c.id).where(messages.c.ticket == self.id).order_by(messages.c.number.desc())
        for one in message.attachments:
            attachments.attach(tx, tx.value(newest.limit(1)), self._stored(one))

    def _uploads(self, tx: Tx, viewer: Viewer, message: Message) -> list[int]:
        return [attachments.upload(tx, viewer, self._stored(one))["id"] for one in message.attachments]

    def _stored(self, attachment: Attachment) -> File:
        content = pictures.draw(attachment.name) if attachment.kind == "png" else attachment.text.encode()
        return File(self.garden.files.put(content), attachment.name, TYPES[attachment.kind], len(content))

    def _extra(self, message: Message) -> dict[str, object]:
        """What a mail brings besides its words."""
        domain = self.garden.customers[message.author].address.partition("@")[2]
        shown = {"html": html.clean(message.html)} if message.html else {}
        return {"mail_id": f"<{uuid.uuid4().hex}@{domain}>", **shown}
