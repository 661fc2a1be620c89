"""The shapes in which mailboxes come and go. A password comes in and never goes out."""

import unicodedata
from typing import Annotated, Literal, NotRequired

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from typing_extensions import TypedDict

from elbowroom.people.bodies import Address, Version

Security = Literal["tls", "starttls", "none"]
Kind = Literal["imap", "smtp"]
Start = Literal["now", "days", "resolved"]
State = Literal["connecting", "ok", "failing", "paused"]


def _plain(text: str) -> str:
    if any(unicodedata.category(sign) in {"Cc", "Zl", "Zp", "Cs"} for sign in text):
        raise ValueError("must be one line of plain text")
    return text


def _lines(text: str) -> str:
    _plain(text.replace("\r\n", " ").replace("\n", " ").replace("\t", " "))
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_plain)]
Host = Annotated[Line, Field(max_length=253)]
User = Annotated[Line, Field(max_length=320)]
Password = Annotated[str, Field(max_length=1000), AfterValidator(_plain)]
Port = Annotated[int, Field(ge=1, le=65535)]
Number = Annotated[int, Field(ge=1, le=2**53)]
UndoFor = Annotated[int, Field(ge=0, le=60)]
Days = Annotated[int, Field(ge=1, le=3650)]
Signature = Annotated[str, Field(max_length=5000), AfterValidator(_lines)]
Named = Annotated[Line, Field(max_length=100)]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class OutgoingAsked(Asked):
    """An empty password means the stored one, where server and user are the same."""

    host: Host
    port: Port
    security: Security
    user: User = ""
    password: Password = ""


class IncomingAsked(OutgoingAsked):
    kind: Kind
    host: Host = ""
    port: Port = 993
    security: Security = "tls"


class MailboxAsked(Asked):
    inbox: Number
    address: Address
    name: Named = ""
    incoming: IncomingAsked
    outgoing: OutgoingAsked
    start: Start = "now"
    days: Days | None = None
    undo_for: UndoFor = 10
    signature: Signature = ""


class TryAsked(MailboxAsked):
    id: Number | None = None  # of the mailbox whose stored passwords stand in for empty ones


class MailboxChanges(Asked):
    from_version: Version
    inbox: Number | None = None
    address: Address | None = None
    name: Named | None = None
    incoming: IncomingAsked | None = None
    outgoing: OutgoingAsked | None = None
    start: Start | None = None
    days: Days | None = None
    undo_for: UndoFor | None = None
    signature: Signature | None = None
    paused: bool | None = None


class Outgoing(TypedDict):
    host: str
    port: int
    security: Security
    user: str


class Incoming(Outgoing):
    kind: Kind


class Mailbox(TypedDict):
    id: int
    inbox: int
    address: str
    name: str
    incoming: Incoming
    outgoing: Outgoing
    start: Start
    days: NotRequired[int]
    undo_for: int
    signature: str
    state: State
    words: str | None
    checked_at: str | None
    version: int


class Mailboxes(TypedDict):
    mailboxes: list[Mailbox]


class TriedIncoming(TypedDict):
    ok: bool
    words: str
    found: int


class TriedOutgoing(TypedDict):
    ok: bool
    words: str


class Trial(TypedDict):
    incoming: TriedIncoming
    outgoing: TriedOutgoing


class Quarantined(TypedDict):
    id: int
    mailbox: int
    reason: str
    size: int
    at: str


class Task(TypedDict):
    key: Literal["department", "inbox", "mailbox", "agents", "first_ticket"]
    done: bool


class Checklist(TypedDict):
    items: list[Task]
    dismissed: bool
