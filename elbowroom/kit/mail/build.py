"""A mail as bytes for the wire, RFC 5322 with CRLF, ASCII only.

The body is the standard library's work, the headers are ours: its newest policy folds a long message id into encoded
words, which tears threads, and decodes "=?utf-8?q?=0A?=" inside a subject into a line break, which is an injection.
"""

import base64
import re
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from typing import Any

from elbowroom.kit.mail.parsed import Address, ParsedFile
from elbowroom.kit.mail.reading import words

_POLICY = SMTP.clone(cte_type="7bit")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,60}")
_ID = re.compile(r"<[!-;=?-~]{1,900}>")
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
_OURS = frozenset(
    """from sender reply-to to cc bcc subject date message-id in-reply-to references mime-version auto-submitted
    x-auto-response-suppress received return-path""".split()
)


@dataclass(frozen=True)
class Outgoing:
    """`date`: unix seconds. Message ids with brackets. `bcc` is told to the server alone, see `recipients`.

    `headers`: more of them, ASCII or text; none that this module writes itself. `auto`: an automatic answer, RFC 3834.
    A file that is `inline` and has a `content_id` travels beside the HTML that shows it (RFC 2387).
    """

    sender: Address
    to: list[Address]
    subject: str
    text: str
    message_id: str
    date: float
    cc: list[Address] = field(default_factory=list)
    bcc: list[Address] = field(default_factory=list)
    reply_to: list[Address] = field(default_factory=list)
    html: str | None = None
    in_reply_to: str | None = None
    references: list[str] = field(default_factory=list)
    attachments: list[ParsedFile] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    auto: bool = False

    @property
    def recipients(self) -> list[str]:
        """Every address of the envelope, once."""
        return list(dict.fromkeys(one.email for one in [*self.to, *self.cc, *self.bcc]))


def build(mail: Outgoing) -> bytes:
    """Raises ValueError, in clear words, for line breaks in a header, a bad address or a bad message id."""
    head = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in _headers(mail) if value)
    return head + _body(mail).as_bytes(policy=_POLICY)


def _headers(mail: Outgoing) -> list[tuple[str, bytes]]:
    lines = [
        ("From", _people([mail.sender])),
        ("To", _people(mail.to)),
        ("Cc", _people(mail.cc)),
        ("Reply-To", _people(mail.reply_to)),
        ("Subject", _text("Subject", mail.subject)),
        ("Date", formatdate(mail.date).encode()),
        ("Message-ID", _ids([mail.message_id])),
        ("In-Reply-To", _ids([mail.in_reply_to] if mail.in_reply_to else [])),
        ("References", _ids(mail.references)),
    ]
    if mail.auto:
        lines += [("Auto-Submitted", b"auto-replied"), ("X-Auto-Response-Suppress", b"All")]
    for name, value in mail.headers.items():
        if not _NAME.fullmatch(name) or name.lower() in _OURS or name.lower().startswith("content-"):
            raise ValueError(f"{name!r} is not a header that may be added")
        lines.append((name, _text(name, value)))
    return lines


def _body(mail: Outgoing) -> EmailMessage:
    body = EmailMessage(policy=_POLICY)
    body.set_content(words.body(mail.text))
    shown = [one for one in mail.attachments if one.inline and one.content_id and mail.html is not None]
    if mail.html is not None:
        body.add_alternative(words.body(mail.html), subtype="html")
        page = body.get_payload(1)
        for one in shown:
            page.add_related(one.content, **_file(one), disposition="inline", cid=f"<{_cid(one)}>")  # type: ignore[union-attr]
    for one in mail.attachments:
        if one not in shown:
            body.add_attachment(one.content, **_file(one))
    return body


def _file(one: ParsedFile) -> dict[str, Any]:
    kind, _, subtype = words.content_type(one.content_type).partition("/")
    if kind in ("multipart", "message", "text"):  # the library would look inside, or change the line ends
        kind, subtype = "application", "octet-stream"
    return {"maintype": kind, "subtype": subtype, "filename": words.file_name(one.name, "file").replace("=?", "=_")}


def _cid(one: ParsedFile) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._@+-]{1,200}", one.content_id or ""):
        raise ValueError(f"not a content id: {one.content_id!r}")
    return one.content_id or ""


def _people(people: list[Address]) -> bytes:
    return b",\r\n ".join(map(_person, people))


def _person(person: Address) -> bytes:
    _check("a name", person.name)
    email = _ascii(person.email)
    name = " ".join(words.whole(person.name).split())
    if not name:
        return email
    if not name.isascii() or "=?" in name or len(name) > 60:
        return b"\r\n ".join(_encoded(name)) + b"\r\n <" + email + b">"
    if not _ATOMS.fullmatch(name):
        name = '"' + re.sub(r'(["\\])', r"\\\1", name) + '"'
    return name.encode() + b" <" + email + b">"


def _ascii(email: str) -> bytes:
    local, _, domain = email.rpartition("@")
    try:
        plain = f"{local}@{domain if domain.isascii() else domain.encode('idna').decode()}"
    except UnicodeError:
        plain = ""
    if not _EMAIL.fullmatch(plain):
        raise ValueError(f"not an address that mail can be sent to: {email!r}")
    return plain.encode()


def is_sendable(email: str) -> bool:
    """Whether a mail can name this address at all; whether somebody reads it only its server knows."""
    try:
        return bool(_ascii(email))
    except ValueError:
        return False


def _ids(ids: list[str]) -> bytes:
    for one in ids:
        if not _ID.fullmatch(one):
            raise ValueError(f"not a message id: {one!r}")
    return b"\r\n ".join(one.encode() for one in ids)


def _text(name: str, text: str) -> bytes:
    _check(name, text)
    text = words.whole(text).strip()
    if text.isascii() and "=?" not in text and len(name) + len(text) < 76:
        return text.encode()
    return b"\r\n ".join(_encoded(text))


def _check(name: str, text: str) -> None:
    if re.search(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]", text):
        raise ValueError(f"{name} may not hold line breaks or control characters: {text[:80]!r}")


def _encoded(text: str) -> list[bytes]:
    """Encoded words of RFC 2047 in base64: at most 75 signs each, and none tears a character apart."""
    chunks: list[bytes] = []
    now = b""
    for sign in text:
        packed = sign.encode()
        if len(now) + len(packed) > 42:
            chunks.append(now)
            now = b""
        now += packed
    return [b"=?utf-8?b?" + base64.b64encode(chunk) + b"?=" for chunk in [*chunks, now] if chunk]
