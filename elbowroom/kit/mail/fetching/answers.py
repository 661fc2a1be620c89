"""What imaplib gives back for FETCH: a list in which a mail is a pair (what stood before it, the mail)."""

import re
from imaplib import Internaldate2tuple
from time import mktime
from typing import Any

_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")


def sizes(data: list[Any]) -> dict[int, int]:
    """Bytes by uid. Lines that the server added unasked, such as flags, have no size and are passed over."""
    found: dict[int, int] = {}
    for item in data:
        line = item[0] if isinstance(item, tuple) else item
        uid, size = (_UID.search(line), _SIZE.search(line)) if isinstance(line, bytes) else (None, None)
        if uid and size:
            found[int(uid[1])] = int(size[1])
    return found


def mails(data: list[Any]) -> list[tuple[int, bytes, float | None]]:
    """(uid, mail, unix seconds of its arrival); a server may put uid and date before the mail or behind it."""
    found = []
    for at, item in enumerate(data):
        if not isinstance(item, tuple):
            continue
        behind = data[at + 1] if at + 1 < len(data) and isinstance(data[at + 1], bytes) else b""
        told = item[0] + b" " + behind
        if uid := _UID.search(told):
            found.append((int(uid[1]), bytes(item[1]), _moment(told)))
    return found


def _moment(told: bytes) -> float | None:
    try:
        when = Internaldate2tuple(told)  # it reads the offset and gives local time
        return mktime(when) if when else None
    except (OverflowError, ValueError, OSError):
        return None
