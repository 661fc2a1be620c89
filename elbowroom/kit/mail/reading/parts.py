"""The parts of a mail sorted into bodies and files (RFC 2045 to 2049, 2183, 2387)."""

import binascii
import re
from dataclasses import dataclass, field
from email.generator import BytesGenerator
from email.message import Message
from io import BytesIO

from elbowroom.kit.mail.parsed import ParsedFile
from elbowroom.kit.mail.reading import headers, limits, words
from elbowroom.kit.mail.reading.charsets import decode, named_in_html
from elbowroom.kit.mail.reading.flowed import unfold

Part = Message  # the library's class is generic only for type checkers

_ENDINGS = {
    "text/plain": ".txt", "text/html": ".html", "text/calendar": ".ics", "text/csv": ".csv",
    "image/png": ".png", "image/jpeg": ".jpg", "image/gif": ".gif", "image/webp": ".webp",
    "application/pdf": ".pdf", "application/zip": ".zip", "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s", "message/rfc822": ".eml",
}  # fmt: skip


@dataclass
class Segment:
    """A stretch of the mail to be read, in one or two forms."""

    text: str | None = None
    html: str | None = None


@dataclass
class Contents:
    segments: list[Segment] = field(default_factory=list)
    files: list[ParsedFile] = field(default_factory=list)


def sort(part: "Part[str, str]", depth: int = 0) -> Contents:
    """Bodies in reading order, everything else as files. Raises TooMuch for deep nesting."""
    if depth > limits.DEPTH:
        raise limits.TooMuch(f"its parts are nested deeper than {limits.DEPTH}")
    kind = part.get_content_type()
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        inside = [sort(child, depth + 1) for child in _children(part)]
        return _alternative(inside) if kind == "multipart/alternative" else _one_after_the_other(inside)
    if kind == "message/delivery-status":
        return Contents()  # told by bounce.py
    if part.get_content_maintype() == "message" and part.is_multipart():
        _check_depth(part, depth)
        return Contents(files=[_message_file(part)])
    return _leaf(part, alone=depth == 0)


def content(part: "Part[str, str]") -> bytes:
    """What a leaf holds, its transfer encoding undone as far as possible; frees it, so asks once."""
    payload = part.get_payload()
    if not isinstance(payload, str):
        return b""
    if headers.first(part, "content-transfer-encoding").lower() == "base64":
        out = _base64(payload.encode("ascii", "replace"))
    else:
        decoded = part.get_payload(decode=True)
        out = decoded if isinstance(decoded, bytes) else b""
    part.set_payload("")
    return out


def _base64(packed: bytes) -> bytes:
    try:
        return binascii.a2b_base64(packed)
    except binascii.Error:
        clean = re.sub(rb"[^A-Za-z0-9+/]", b"", packed)
        clean = clean[: len(clean) - (len(clean) % 4 == 1)]
        return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _children(part: "Part[str, str]") -> "list[Part[str, str]]":
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def _check_depth(part: "Part[str, str]", depth: int) -> None:
    if depth > limits.DEPTH:
        raise limits.TooMuch(f"its parts are nested deeper than {limits.DEPTH}")
    for child in _children(part):
        _check_depth(child, depth + 1)


def _one_after_the_other(inside: list[Contents]) -> Contents:
    return Contents([one for c in inside for one in c.segments], [one for c in inside for one in c.files])


def _alternative(inside: list[Contents]) -> Contents:
    """RFC 2046 5.1.4: the same thing in several forms, the richest last."""
    both = _one_after_the_other(inside)
    plain = [c for c in inside if any(one.text is not None for one in c.segments)]
    rich = [c for c in inside if any(one.html is not None for one in c.segments)]
    text = "\n".join(one.text or "" for one in plain[0].segments) if plain else None
    html = "\n".join(one.html or "" for one in rich[-1].segments) if rich else None
    return Contents([Segment(text, html)] if plain or rich else [], both.files)


def _leaf(part: "Part[str, str]", alone: bool) -> Contents:
    kind, name = part.get_content_type(), _name(part)
    attached = headers.first(part, "content-disposition").lower().startswith("attachment")
    packed = content(part)
    is_body = kind in ("text/plain", "text/html") and not attached and (alone or not name)
    if not is_body:
        return Contents(files=[_file(part, packed, name)] if packed or name else [])
    text = _text(part, packed[: limits.TEXT])
    segment = Segment(html=text) if kind == "text/html" and len(packed) <= limits.TEXT else Segment(text=text)
    return Contents([segment], [_file(part, packed, name)] if len(packed) > limits.TEXT else [])


def _text(part: "Part[str, str]", packed: bytes) -> str:
    charset = part.get_param("charset")
    named = charset if isinstance(charset, str) else charset[2] if charset else None
    if part.get_content_type() == "text/html":
        return words.body(decode(packed, named or named_in_html(packed)))
    text = words.body(decode(packed, named))
    flowed = str(part.get_param("format", "")).lower() == "flowed"
    return unfold(text, str(part.get_param("delsp", "")).lower() == "yes") if flowed else text


def _name(part: "Part[str, str]") -> str:
    try:
        return headers.decoded(headers.raw(part.get_filename() or ""))
    except Exception:  # noqa: BLE001  RFC 2231 in hostile hands makes the library raise what it likes
        return ""


def _file(part: "Part[str, str]", packed: bytes, name: str) -> ParsedFile:
    kind = words.content_type(part.get_content_type())
    content_id = words.name(headers.first(part, "content-id").strip("<> "), 250) or None
    return ParsedFile(words.file_name(name, "attachment" + _ENDINGS.get(kind, "")), kind, packed, content_id)


def _message_file(part: "Part[str, str]") -> ParsedFile:
    inner = next(iter(_children(part)), None)
    out = BytesIO()
    if inner is not None:
        BytesGenerator(out, mangle_from_=False, maxheaderlen=0).flatten(inner)
    subject = headers.decoded(headers.first(inner, "subject")) if inner is not None else ""
    return _file(part, out.getvalue(), f"{subject[:80].replace('/', '_')}.eml" if subject else "")
