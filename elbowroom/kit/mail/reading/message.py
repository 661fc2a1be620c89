"""A whole mail: bytes in, ParsedMail out. The limits of counting stand here, those of the kernel in child.py."""

import hashlib
import html as markup
from collections.abc import Iterable
from dataclasses import replace
from email.feedparser import BytesFeedParser
from email.message import Message
from urllib.parse import unquote

from elbowroom.kit.mail import html as pages
from elbowroom.kit.mail import quote
from elbowroom.kit.mail.parsed import Address, ParsedFile, ParsedMail
from elbowroom.kit.mail.reading import addresses, auto, bounce, headers, limits, parts, words

_VERDICT = "authentication-results"
_KEPT = (
    "date", "return-path", "delivered-to", "x-original-to", "envelope-to", "auto-submitted", "precedence",
    "list-id", _VERDICT, "arc-authentication-results", "received-spf", "x-spam-flag",
    "x-spam-status", "importance", "x-priority", "x-mailer", "user-agent", "sender", "content-language",
)  # fmt: skip
_EXPECTED = ("from", "to", "cc", "subject", "date", "message-id", "received", "return-path")


def read(chunks: Iterable[bytes]) -> ParsedMail:
    """Raises limits.TooMuch; may raise anything else on a mail that means harm, so only the child calls it."""
    parser: BytesFeedParser[Message[str, str]] = BytesFeedParser(limits.Count(), policy=limits.Policy())
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > limits.BYTES:
            raise limits.TooMuch("it is larger than 50 MiB")
        parser.feed(chunk)
    mail = parser.close()
    if not any(name in mail for name in _EXPECTED):
        raise limits.TooMuch("it has none of the headers of a mail")
    if len(headers.values(mail, "from")) > 1:
        # Servers on the way vouch for one of them; which one, nobody can tell (RFC 5322 3.6 allows one).
        raise limits.TooMuch("it names its sender in more than one From header")
    return _assembled(mail)


def _assembled(mail: "Message[str, str]") -> ParsedMail:
    people = _people(mail)
    report = bounce.find(mail)
    contents = parts.sort(mail)
    given, html = _bodies(contents.segments)
    text, visible, safe_html = quote.bodies(given, html)
    subject = words.line(headers.decoded(headers.first(mail, "subject")))
    date = headers.first(mail, "date")
    sender = next(iter(people["from"] or people["sender"]), Address("", ""))
    return ParsedMail(
        message_id=next(iter(headers.ids(headers.first(mail, "message-id"))), None),
        in_reply_to=headers.ids(headers.first(mail, "in-reply-to")),
        references=headers.ids(headers.first(mail, "references")),
        sender=sender, reply_to=people["reply-to"], to=people["to"], cc=people["cc"],
        subject=subject, sent_at=headers.moment(date), text=text, html=html,
        safe_html=safe_html, visible=visible,
        attachments=_shown(contents.files, html), headers=_headers(mail),
        auto=auto.kind(mail), bounce=report,
        content_hash=_hash([sender.email, date, subject, text, html or ""], contents.files),
    )  # fmt: skip


def _people(mail: "Message[str, str]") -> dict[str, list[Address]]:
    people: dict[str, list[Address]] = {}
    left = limits.ADDRESSES
    for name in ("from", "sender", "reply-to", "to", "cc"):
        try:
            people[name] = addresses.read(", ".join(headers.values(mail, name)), left)
        except addresses.TooMany:
            raise limits.TooMuch("it names more than 1,000 addresses") from None
        left -= len(people[name])
    people["from"].sort(key=lambda address: not address.email)
    return people


def _bodies(segments: list[parts.Segment]) -> tuple[str | None, str | None]:
    """Each where any stretch had it; a stretch in only the other form is put into this one."""
    text = html = None
    if any(one.text is not None for one in segments):
        texts = [one.text if one.text is not None else pages.to_text(one.html or "") for one in segments]
        text = "\n".join(texts).strip("\n")
    if any(one.html is not None for one in segments):
        html = "\n".join(one.html if one.html is not None else _as_html(one.text or "") for one in segments)
    return text, html


def _as_html(text: str) -> str:
    return f'<div style="white-space: pre-wrap">{markup.escape(text)}</div>' if text.strip() else ""


def _shown(files: list[ParsedFile], html: str | None) -> list[ParsedFile]:
    shown = unquote(html or "").lower()
    return [replace(one, inline=bool(one.content_id) and f"cid:{one.content_id}".lower() in shown) for one in files]


def _headers(mail: "Message[str, str]") -> dict[str, list[str]]:
    found = {name: headers.values(mail, name)[:20] for name in _KEPT}
    return {name: [_line(name, value) for value in values] for name, values in found.items() if values}


def _line(name: str, value: str) -> str:
    """A server's verdict stays as it wrote it: a sender's encoded word in it would say something else decoded."""
    return words.line(value if name == _VERDICT else headers.decoded(value), 8000 if name == _VERDICT else 2000)


def _hash(texts: list[str], files: list[ParsedFile]) -> str:
    """Each piece is hashed by itself, so that none can pass for the end of another."""
    outer = hashlib.sha256()
    for piece in [*(text.encode() for text in texts), *(one.content for one in files)]:
        outer.update(hashlib.sha256(piece).digest())
    return outer.hexdigest()
