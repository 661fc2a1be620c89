"""Delivery reports, RFC 3464 (status fields) inside RFC 6522 (multipart/report)."""

from email.message import Message
from email.parser import HeaderParser

from elbowroom.kit.mail.parsed import Bounce
from elbowroom.kit.mail.reading import headers, limits, words
from elbowroom.kit.mail.reading.addresses import email

_WORST = ("failed", "delayed", "expanded", "relayed", "delivered")


def find(mail: "Message[str, str]") -> Bounce | None:
    """The report in a mail, of its worst recipient; None where it is not a delivery report."""
    if mail.get_content_type() != "multipart/report":
        return None
    parts = list(mail.walk())
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    blocks = [block for part in reports for block in _blocks(part)]
    recipients = [block for block in blocks if "final-recipient" in block or "action" in block]
    if not recipients:
        return None
    return _told(min(recipients, key=_badness), _original_id(parts))


def _blocks(part: "Message[str, str]") -> "list[Message[str, str]]":
    payload = part.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _badness(block: "Message[str, str]") -> int:
    action = headers.first(block, "action").lower()
    return _WORST.index(action) if action in _WORST else 0


def _told(block: "Message[str, str]", original_id: str | None) -> Bounce:
    recipient = _typed(block, "final-recipient") or _typed(block, "original-recipient")
    action = headers.first(block, "action").lower()
    return Bounce(
        recipient=email(recipient) or words.line(recipient, 320),
        status=words.line(headers.first(block, "status").partition("(")[0], 20),
        diagnostic=words.line(headers.decoded(_typed(block, "diagnostic-code")), 1000),
        original_id=original_id,
        action=action if action in _WORST else "failed",
    )


def _typed(block: "Message[str, str]", name: str) -> str:
    """The value behind its type: "rfc822; nora@example.org"."""
    kind, semicolon, value = headers.first(block, name).partition(";")
    return (value if semicolon else kind).strip()


def _original_id(parts: "list[Message[str, str]]") -> str | None:
    for part in parts[1:]:
        if part.get_content_type() in ("text/rfc822-headers", "message/rfc822-headers"):
            payload = part.get_payload(decode=True)
            text = payload.decode("latin-1")[: limits.HEADER] if isinstance(payload, bytes) else ""
            part = HeaderParser().parsestr(text)
        found = headers.ids(headers.first(part, "message-id"))
        if found:
            return found[0]
    return None
