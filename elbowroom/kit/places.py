"""Places are strings ("ticket/42"). Who stands behind a name answers for it: may this viewer, and what is there."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from elbowroom.kit import journal
from elbowroom.kit.db import Read


@dataclass(frozen=True)
class Standing:
    """A viewer's right to a place: the audience whose facts she hears there, and the place that it lies in."""

    audience: str
    within: str | None = None


@dataclass(frozen=True)
class Shadow:
    """What facts look like from another place: rows of a list, and its counts."""

    place: str
    audience: str
    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    gone: dict[int, dict[str, Any]] = field(default_factory=dict)
    counts: dict[str, Any] | None = None


class Place(Protocol):
    """One kind of place. Both questions are asked in one read transaction, so that they speak of one moment."""

    def authorize(self, read: Read, viewer: Any, id: int) -> Standing | None:
        """None where it does not exist or is not hers: the two are never told apart."""

    def snapshot(self, read: Read, viewer: Any, id: int) -> dict[str, Any]:
        """The state that facts are applied to; asked only after `authorize`."""

    def missed(self, read: Read, viewer: Any, id: int, position: int) -> dict[str, Any] | None:
        """What came after a position: facts, and rows where the place is a list; None where a snapshot is shorter."""


def facts_missed(read: Read, place: str, position: int, audience: str) -> dict[str, Any] | None:
    """The missed facts of a place that has no rows; None where some were told to another audience."""
    found = journal.after(read, position, place=place)
    if any(fact.audience != audience for fact in found):
        return None
    return {"facts": [journal.expanded(read, fact) for fact in found], "rows": [], "gone": [], "counts": None}
