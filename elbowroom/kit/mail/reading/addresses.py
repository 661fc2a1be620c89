"""Address lists of RFC 5322 3.4, read in one pass without recursion.

The standard library's reader recurses on "(" and its newer one is quadratic, so neither meets a stranger's mail.
"""

import re

from elbowroom.kit.mail.parsed import Address
from elbowroom.kit.mail.reading import headers, words

_EMAIL = re.compile(r"""(?:"[^"\x00-\x1f\\]{1,62}"|[^\s@<>()\[\],;:"\\]{1,128})@[^\s@<>()\[\],;:"\\]{1,253}""")
_PIECE = re.compile(r'<[^<>]*>|[^"<>(),;:\\]+|\\.|.', re.DOTALL)


class TooMany(Exception):
    """More addresses than asked for."""


def read(value: str, limit: int = 1000) -> list[Address]:
    """All addresses of a header; names decoded and clean. Raises TooMany beyond `limit`."""
    found = [address for address in map(_address, _entries(value, limit)) if address is not None]
    if len(found) > limit:
        raise TooMany
    return found


def email(text: str) -> str:
    """The address in `text` (angle brackets and old source routes removed), or ""."""
    text = "".join(text.strip().strip("<>").split())
    if text.startswith("@"):
        text = text.rpartition(":")[2]
    if len(text) > 320 or not _EMAIL.fullmatch(text) or words.name(text, 400) != text:
        return ""
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}"


class _Entry:
    def __init__(self) -> None:
        self.phrase: list[str] = []
        self.comment: list[str] = []
        self.angle: str | None = None


def _entries(value: str, limit: int) -> list[_Entry]:
    entries, at, depth = [_Entry()], 0, 0
    quotes = _Quotes(value)
    while at < len(value):
        now = entries[-1]
        quoted = value[at] == '"'
        at, text = quotes.at(at) if quoted else _piece(value, at)
        if not quoted and text in ("(", ")"):
            inner = depth + (text == "(") > 1
            depth = max(0, depth + (1 if text == "(" else -1))
            now.comment.append(text if inner else " ")
        elif depth or quoted:
            (now.comment if depth else now.phrase).append(text)
        elif text in (",", ";"):
            entries.append(_Entry())
        elif text == ":" and now.angle is None and not _EMAIL.search("".join(now.phrase)):
            now.phrase.clear()  # the name of a group
        elif text[0] == "<" and text[-1] == ">":
            now.angle = now.angle or text
        else:
            now.phrase.append(text)
        if len(entries) > limit * 2:
            raise TooMany
    return entries


def _piece(value: str, at: int) -> tuple[int, str]:
    found = _PIECE.match(value, at)
    assert found is not None  # the last alternative takes any sign
    return found.end(), found.group()


class _Quotes:
    """Quoted strings; once one is not closed none behind it is, which keeps a row of quote marks linear."""

    _STRING = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)

    def __init__(self, value: str) -> None:
        self._value, self._closed = value, True

    def at(self, start: int) -> tuple[int, str]:
        found = self._STRING.match(self._value, start) if self._closed else None
        if found is None:
            self._closed = False
            return start + 1, " "
        return found.end(), re.sub(r"\\(.)", r"\1", found.group(1), flags=re.DOTALL) or " "


def _address(entry: _Entry) -> Address | None:
    phrase, comment = "".join(entry.phrase), "".join(entry.comment)
    if entry.angle is not None:
        found, shown = email(entry.angle), phrase or comment
    else:
        found = email(phrase)
        shown = comment if found else phrase
    shown = words.name(headers.decoded(shown.strip())).strip("'\" ")
    return Address(shown, found) if shown or found else None
