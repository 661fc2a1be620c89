"""Strings from strangers made fit to store and show."""

import re
import unicodedata

# Explicit embeddings, overrides and isolates turn "exe.gpj" into "jpg.exe"; the plain marks serve honest names too.
_OVERRIDES = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_MARKS = dict.fromkeys([0x200E, 0x200F, 0x061C, 0xFEFF, 0x00AD, 0x200B])
_RESERVED = re.compile(r'[<>:"|?*%]')
_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}")


def whole(text: str) -> str:
    """Valid Unicode: a lone surrogate (a byte that no charset explained) becomes U+FFFD."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if not text.isascii() else text


def line(text: str, limit: int = 1000) -> str:
    """One line: no control characters, no line breaks, no bidi overrides; at most `limit` characters."""
    kept = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in whole(text)[: limit * 4])
    return " ".join("".join(kept).translate(_OVERRIDES).split())[:limit].strip()


def name(text: str, limit: int = 200) -> str:
    """A line without any invisible mark, for names of people and files."""
    return line(text.translate(_MARKS), limit)


def body(text: str) -> str:
    """Several lines, ended by \\n; tabs stay, other control characters go."""
    text = whole(text).replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").removeprefix("\ufeff")
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", "", text)


def file_name(text: str, fallback: str) -> str:
    """A base name without folders, leading dots or signs that a file system forbids; at most 150 characters."""
    base = re.split(r"[/\\]", name(text, 2000))[-1]
    base = _RESERVED.sub("_", base).strip(" .") or fallback
    stem, dot, ending = base.rpartition(".")
    if not dot or len(ending) > 20:
        return base[:150]
    return stem[: 149 - len(ending)] + "." + ending


def content_type(text: str) -> str:
    """A plain type/subtype; whatever is not one is application/octet-stream."""
    text = text.strip().lower()
    return text if _TYPE.fullmatch(text) else "application/octet-stream"
