"""What a mail is after reading: plain values, safe to store. All text is valid UTF-8 without NUL."""

from dataclasses import dataclass, field
from typing import Literal

Auto = Literal["report", "auto-replied", "auto-generated", "list", "bulk"]


@dataclass(frozen=True)
class Address:
    """`email` has a lower-case domain; it is "" where the header held none that is well formed."""

    name: str
    email: str


@dataclass(frozen=True)
class ParsedFile:
    """`name` is a bare file name, never empty. `content_id` has no brackets. `inline`: the HTML shows it by cid."""

    name: str
    content_type: str
    content: bytes = field(repr=False)
    content_id: str | None = None
    inline: bool = False


@dataclass(frozen=True)
class Bounce:
    """A delivery report, RFC 3464. `action`: failed, delayed, delivered, relayed or expanded; `status` as 5.1.1."""

    recipient: str
    status: str
    diagnostic: str
    original_id: str | None
    action: str


@dataclass(frozen=True)
class Visible:
    """A body without what it quotes. `html` is clean: it may be shown."""

    text: str
    html: str | None


@dataclass(frozen=True)
class ParsedMail:
    """Message ids carry their brackets: "<id@host>". `sent_at`: unix seconds by the sender's own clock.

    `html` is as received and hostile; `safe_html` is html.clean() of it; `visible` is the body without quotes.
    `content_hash`: hex SHA-256 over From, Date, Subject, bodies and files, the same on every way here.
    """

    message_id: str | None
    in_reply_to: list[str]
    references: list[str]
    sender: Address
    reply_to: list[Address]
    to: list[Address]
    cc: list[Address]
    subject: str
    sent_at: float | None
    text: str
    html: str | None
    safe_html: str | None
    visible: Visible
    attachments: list[ParsedFile]
    headers: dict[str, list[str]]
    auto: Auto | None
    bounce: Bounce | None
    content_hash: str


class Cut(bytes):
    """The beginning of a mail that was too big to fetch whole. parse() refuses it, a person may look at it."""

    size: int

    def __new__(cls, start: bytes, size: int) -> "Cut":
        self = super().__new__(cls, start)
        self.size = size
        return self
