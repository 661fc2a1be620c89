"""How far a mailbox was read, and which of its mail was there before it was connected.

At the start the server's numbers tell old from new. Once the server renumbers its mail they tell nothing: then the
dates do, by the server's own clock, and what came already is known by its content.
"""

from datetime import UTC, date, datetime
from typing import Any, Literal, Protocol

from sqlalchemy import RowMapping

from elbowroom.kit.mail.imap import Fetched

DAY = 86_400.0
Age = Literal["new", "older", "unwanted"]


class Box(Protocol):
    """What is asked of a connected kit.mail.imap.Mailbox."""

    uidvalidity: int
    last_uid: int

    def uids_since(self, day: date) -> list[int]: ...
    def fetch(self, uids: list[int]) -> Any: ...


def begin(row: RowMapping, box: Box, now: float) -> dict[str, Any]:
    """The first connection: where reading begins, and what there is of old."""
    start_at = None
    if box.last_uid:
        newest: list[Fetched] = list(box.fetch([box.last_uid]))
        start_at = now if not newest or newest[0].internal_date is None else newest[0].internal_date
    since = now - row["days"] * DAY if row["start"] == "days" else None
    last = box.last_uid if row["start"] == "now" else _before(box, since)
    return {
        "uidvalidity": box.uidvalidity,
        "last_uid": last,
        "start_uid": box.last_uid,
        "start_at": start_at,
        "since": since,
    }


def renumbered(row: RowMapping, box: Box) -> dict[str, Any]:
    """Another UIDVALIDITY: all that could be wanted is looked at again."""
    oldest = {"now": row["start_at"], "days": row["since"], "resolved": None}[row["start"]]
    return {"uidvalidity": box.uidvalidity, "last_uid": _before(box, oldest), "start_uid": None}


def age(row: RowMapping, mail: Fetched) -> Age:
    """`row` as of when the mail was fetched."""
    when = mail.internal_date
    if row["start_uid"] is not None:
        was_there = mail.uid <= row["start_uid"]
    else:
        was_there = row["start_at"] is not None and when is not None and when <= row["start_at"]
    if not was_there:
        return "new"
    wanted = row["start"] == "resolved" or (row["start"] == "days" and when is not None and when >= row["since"])
    return "older" if wanted else "unwanted"


def _before(box: Box, moment: float | None) -> int:
    """The uid below the first mail of that day. A day earlier: the server counts days in its own time zone."""
    if moment is None:
        return 0
    day = datetime.fromtimestamp(max(0.0, moment - DAY), UTC).date()
    found = box.uids_since(day)
    return found[0] - 1 if found else box.last_uid
