"""The shapes in which tickets leave the server."""

from typing import Literal

from typing_extensions import TypedDict

from elbowroom.people.shapes import Customer, Who

Queue = Literal["new", "pending", "resolved"]
Priority = Literal["low", "normal", "high", "urgent"]
LockMode = Literal["advice", "write", "exclusive"]
MayForce = Literal["anyone", "managers"]
PreviewBy = Literal["customer", "agent", "note", "auto"]


class Status(TypedDict):
    key: str
    name: str
    queue: Queue
    colour: str
    marked: bool
    builtin: bool


class Inbox(TypedDict):
    id: int
    department: int
    name: str
    address: str | None
    lock_mode: LockMode
    may_force: MayForce
    handover_for: int
    version: int


class Label(TypedDict):
    id: int
    name: str
    colour: int
    department: int


class Channel(TypedDict):
    id: int
    kind: Literal["email", "api", "chat"]
    address: str | None
    undo_for: int


class Row(TypedDict):
    """One line of a list. A row is applied by its version: an older or equal one is ignored."""

    id: int
    version: int
    inbox: int
    department: int
    subject: str
    status: str
    queue: Queue
    priority: Priority
    owner: int | None
    labels: list[str]
    requester: Customer
    preview: str
    preview_by: PreviewBy
    messages: int
    head: int
    created_at: str
    changed_at: str
    last_message_at: str
    deleted: bool


class LiveRow(Row):
    """A row as it is told: with who changed it last, where a person did."""

    changed_by: Who | None


class Ticket(Row):
    place: str
    followers: list[Customer]
    conversation: int
    channel: Channel | None
    versions: dict[str, int]
    last_number: int


class Owned(TypedDict):
    ticket: Ticket


class Labelled(TypedDict):
    labels: list[str]


class Count(TypedDict):
    queue: Queue
    owner: int | None
    n: int


class Counts(TypedDict):
    inbox: int
    counts: list[Count]
