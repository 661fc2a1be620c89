"""Header values: 8-bit bytes, encoded words (RFC 2047), message ids, dates."""

import base64
import binascii
import quopri
import re
from email.message import Message
from email.utils import parsedate_to_datetime

from elbowroom.kit.mail.reading import words
from elbowroom.kit.mail.reading.charsets import decode

_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?((?:[^?]|\?(?!=)){0,2000}?)\?=")
_BETWEEN = re.compile(r"(\?=)\s+(?==\?)")
_ID = re.compile(r"<\s*([^<>\s]{1,900})\s*>")
_BARE_ID = re.compile(r"[^<>\s,;()\"]{1,400}@[^<>\s,;()\"]{1,400}")


def raw(value: object) -> str:
    """A header's value on one line, its 8-bit bytes read as UTF-8 or else windows-1252, words still encoded."""
    text = str(value)
    try:
        text = decode(text.encode("ascii", "surrogateescape"), None)
    except UnicodeEncodeError:
        text = words.whole(text)
    return re.sub(r"[\r\n]+[ \t]*", " ", text).strip()


def values(part: "Message[str, str]", name: str) -> list[str]:
    return [raw(value) for key, value in part.raw_items() if key.lower() == name.lower()]


def first(part: "Message[str, str]", name: str) -> str:
    return next(iter(values(part, name)), "")


def decoded(value: str) -> str:
    """Encoded words made readable; one that is broken stays as it stands."""
    if "=?" not in value:
        return value
    out: list[str] = []
    end, waiting, charset = 0, b"", ""
    value = _BETWEEN.sub(r"\1", value)
    for found in _WORD.finditer(value):
        content = _bytes(found.group(2), found.group(3))
        if content is None:
            continue
        # One character may be split over two words of the same charset, so decode them together.
        if waiting and (found.start() != end or found.group(1).lower() != charset):
            out.append(decode(waiting, charset))
            waiting = b""
        out.append(value[end : found.start()])
        waiting, charset, end = waiting + content, found.group(1).lower(), found.end()
    return "".join([*out, decode(waiting, charset), value[end:]])


def _bytes(how: str, text: str) -> bytes | None:
    try:
        if how in "qQ":
            return quopri.decodestring(text.encode("utf-8", "surrogateescape"), header=True)
        packed = re.sub(r"[^A-Za-z0-9+/]", "", text)
        return base64.b64decode(packed + "=" * (-len(packed) % 4))
    except (binascii.Error, ValueError):
        return None


def ids(value: str, limit: int = 100) -> list[str]:
    """Message ids with their brackets, in order, once each; of too many the first and the newest ones."""
    text = value.replace("\0", "")
    found = _ID.findall(text) or _BARE_ID.findall(text)
    clean = list(dict.fromkeys(f"<{words.line(one)}>" for one in found))
    return clean if len(clean) <= limit else clean[:1] + clean[1 - limit :]


def moment(value: str) -> float | None:
    """Unix seconds of an RFC 5322 date; None where it is missing, nonsense, or outside 1970 to 2200."""
    try:
        seconds = parsedate_to_datetime(value[:200]).timestamp()
    except Exception:  # noqa: BLE001  the library raises six kinds on hostile dates
        return None
    return seconds if 0 <= seconds < 7_258_118_400 else None
