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


class Folder(TypedDict):
    """`version`: of the department, at which it was last changed."""

    id: int
    inbox: int
    name: str
    version: int


class Label(TypedDict):
    """`into`: the one that it was merged into; `removed`: it was deleted. Such a one is worn no more."""

    id: int
    name: str
    colour: int
    department: int
    version: int
    into: int | None
    removed: bool


class CountedLabel(Label):
    """`tickets`: how many wear it."""

    tickets: int


class Channel(TypedDict):
    id: int
    kind: Literal["email", "api", "chat"]
    address: str | None
    undo_for: int
    signature: str


class Row(TypedDict):
    """One line of a list. A row is applied by its version: an older or equal one is ignored.

    `label_ids` stand in the order of `labels`; what a label is called now is its department's to say.
    """

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
    label_ids: list[int]
    requester: Customer
    preview: str
    preview_by: PreviewBy
    messages: int
    head: int
    created_at: str
    changed_at: str
    last_message_at: str
    folder: int | None
    archived: bool
    deleted: bool
    merged_into: int | None


class LiveRow(Row):
    """A row as it is told: with who changed it last, where a person did."""

    changed_by: Who | None


class Ticket(Row):
    """`unverified`: who spoke up on it and was not accepted yet; they get nothing."""

    place: str
    followers: list[Customer]
    unverified: list[Customer]
    conversation: int
    channel: Channel | None
    versions: dict[str, int]
    last_number: int
    archived_by: int | None
    archived_at: str | None
    deleted_by: int | None
    deleted_at: str | None


class Owned(TypedDict):
    ticket: Ticket


class Labelled(TypedDict):
    labels: list[str]


class Binned(Row):
    """A row of the bin. `goes_at`: when it is removed for good."""

    deleted_by: Who | None
    deleted_at: str
    goes_at: str


class Bin(TypedDict):
    """`days`: how long what is thrown away is kept; `next`: where the next page begins."""

    tickets: list[Binned]
    next: str | None
    days: int


class Count(TypedDict):
    queue: Queue
    owner: int | None
    folder: int | None
    n: int


class Counts(TypedDict):
    inbox: int
    counts: list[Count]


class Found(TypedDict):
    customers: list[Customer]
