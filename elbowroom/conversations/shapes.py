"""The shapes in which messages leave the server."""

from typing import Literal

from typing_extensions import TypedDict

from elbowroom.people.shapes import Who
from elbowroom.tickets.shapes import Ticket

Kind = Literal["customer", "reply", "note", "auto", "forward"]
State = Literal["waiting", "left", "refused", "bounced", "withdrawn", "paused"]
Reason = Literal["unseen", "took-over", "locked", "no-access", "gone", "resync", "paused", "merged", "settled"]
Field = Literal["status", "owner", "priority", "subject", "inbox"]
DraftKind = Literal["reply", "note"]


class Recipients(TypedDict):
    """Addresses. `bcc` goes into no mail's head: colleagues alone see it."""

    to: list[str]
    cc: list[str]
    bcc: list[str]


class Author(TypedDict):
    id: int | None
    name: str
    email: str | None


class Attachment(TypedDict):
    id: int
    name: str
    size: int
    type: str
    image: bool


class Message(TypedDict):
    id: int
    ticket: int
    conversation: int
    number: int
    kind: Kind
    author: Author
    text: str
    has_html: bool
    has_more: bool
    at: str
    verified: bool
    state: State | None
    leaves_at: str | None
    words: str | None
    recipients: Recipients | None  # null: the ticket's own
    attachments: list[Attachment]
    edits: int
    edited_at: str | None
    mentions: list[int]


class Messages(TypedDict):
    messages: list[Message]
    head: int
    last_number: int


class Changed(TypedDict):
    """A field that a colleague set; `to` as the ticket has it."""

    field: Field
    to: str | int | None
    by: Who | None
    at: str


class Held(TypedDict):
    id: int
    ticket: int
    subject: str
    conversation: int | None
    body: str
    reason: Reason
    sendable: bool  # whatever the reason was: its ticket is hers now, and neither in the bin nor merged
    seen: int
    at: str
    recipients: Recipients | None
    unseen: list[Message]
    changed: list[Changed]
    attachments: list[Attachment]


class Awaiting(TypedDict):
    """A colleague's held text, for the managers of its ticket's department."""

    id: int
    ticket: int
    subject: str
    department: int
    author: Who
    reason: Reason
    body: str
    at: str


class AwaitingList(TypedDict):
    waiting: list[Awaiting]


class HeldOne(TypedDict):
    held: Held


class Scheduled(TypedDict):
    id: int
    ticket: int
    author: Who
    body: str
    attachments: list[Attachment]
    recipients: Recipients | None
    seen: int
    at: str
    leaves_at: str


class ScheduledList(TypedDict):
    scheduled: list[Scheduled]


class ScheduledOne(TypedDict):
    scheduled: Scheduled


class Unscheduled(TypedDict):
    """Its text and files, hers to send again, and whom it was for."""

    body: str
    attachments: list[Attachment]
    recipients: Recipients | None


class HeldList(TypedDict):
    held: list[Held]


class Written(TypedDict):
    message: Message


class Submitted(Written):
    ticket: Ticket


class Merged(TypedDict):
    """The one that was merged, and the one that it was merged into."""

    ticket: Ticket
    target: Ticket


class Withdrawn(Written):
    """The text of a reply that was taken back in time, and its files, hers to send again."""

    body: str
    attachments: list[int]
    recipients: Recipients | None


class Former(TypedDict):
    """What a note said before: `at` it began to say so."""

    text: str
    at: str


class Formers(TypedDict):
    """The newest first."""

    former: list[Former]


class Full(TypedDict):
    """With the quoted rest."""

    text: str


class Sibling(TypedDict):
    """A text of hers that was put aside."""

    id: int
    body: str
    at: str
    device: str


class Draft(TypedDict):
    """`siblings`, the newest first, may stand beside an empty body."""

    ticket: int
    kind: DraftKind
    body: str
    number: int
    device: str
    at: str
    siblings: list[Sibling]


class Stray(TypedDict):
    ticket: int
    subject: str
    kind: DraftKind
    aside: int | None  # of a text that stands beside the draft; null: the draft itself
    body: str
    at: str
    why: Literal["moved", "deleted"]


class Strays(TypedDict):
    strays: list[Stray]


class Drafts(TypedDict):
    drafts: list[Draft]


class DraftSaved(TypedDict):
    draft: Draft


class ColleagueDraft(TypedDict):
    """A reply that a colleague has begun: `since` then, `at` when it last changed. Never its text."""

    person: int
    name: str
    kind: DraftKind
    since: str
    at: str


class DraftWord(TypedDict):
    """Said in passing; `draft` is null once it was sent or thrown away."""

    what: Literal["draft"]
    person: int
    draft: ColleagueDraft | None


class DraftText(ColleagueDraft):
    body: str


class Undelivered(TypedDict):
    """A message of hers that a mail server did not take or sent back."""

    message: int
    ticket: int
    number: int
    subject: str
    kind: Kind
    state: State
    words: str | None
    preview: str
    to: list[str]
    at: str


class UndeliveredList(TypedDict):
    undelivered: list[Undelivered]


class SavedReply(TypedDict):
    """`department` is null of her own ones."""

    id: int
    department: int | None
    name: str
    body: str
    version: int


class SavedReplies(TypedDict):
    saved: list[SavedReply]
