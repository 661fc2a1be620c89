"""Stale forms: who saved something else since this one was opened."""

from typing import Any

from elbowroom.kit import journal
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read
from elbowroom.kit.problems import Refused


def require_fresh(read: Read, place: str, version: int, from_version: int, now: dict[str, Any]) -> None:
    """Raises Refused (409 stale) unless `from_version` showed what `now` holds.

    `version` is the place's version of the record's last change, `now` the values of the fields in question.
    """
    if version <= from_version <= journal.version_of(read, place):
        return
    last = next(iter(journal.of_place(read, place, version - 1, limit=1)), None)
    by = {"id": last.by.id, "name": last.by.name} if last and last.by else None
    at = moment(last.at) if last else None
    fields = {name: {"value": value, "version": version, "by": by, "at": at} for name, value in now.items()}
    detail = "Look at the newer values beside yours, then save again. What you typed is still there."
    raise Refused(409, "stale", "Someone changed this meanwhile", detail, fields=fields)
