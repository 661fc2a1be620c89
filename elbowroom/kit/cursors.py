"""Where a page of a list ended, in one word for whoever asks for the next."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from elbowroom.kit.problems import bad_request

FARTHEST = 2**53


def write(value: str | float, id: int) -> str:
    """`value`: what the list is sorted by, and `id` where several have the same."""
    return urlsafe_b64encode(json.dumps([value, id]).encode()).decode().rstrip("=")


def read(text: str, kind: type[str] | type[float]) -> tuple[Any, int]:
    """`kind`: of the value. Raises Refused (422) for a word that no page gave out."""
    try:
        value, id = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not _is_number(id) or not isinstance(id, int) or not (_is_text if kind is str else _is_number)(value):
            raise ValueError(text)
    except (ValueError, TypeError, RecursionError) as wrong:
        raise bad_request("after", "Give the value of 'next' from the page before, or nothing.") from wrong
    return value, id


def _is_number(value: Any) -> bool:
    """Such as either store can compare."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= FARTHEST


def _is_text(value: Any) -> bool:
    """Such as either store takes: whole characters (ValueError), and none of them zero."""
    return isinstance(value, str) and b"\0" not in value.encode()
