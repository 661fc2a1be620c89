"""Mail that became no message: kept as it came, with the reason, for an administrator to look at."""

from sqlalchemy import RowMapping, delete, insert, select

from elbowroom.channels.email.shapes import Quarantined
from elbowroom.channels.email.tables import quarantine
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import not_found

SHOWN = 500


def put(tx: Tx, mailbox: int, reason: str, blob: str, size: int) -> None:
    values = {"mailbox": mailbox, "reason": reason[:1000], "blob": blob, "size": size, "at": tx.now}
    tx.run(insert(quarantine).values(**values))


def shapes(read: Read) -> list[Quarantined]:
    """The newest first."""
    rows = read.rows(select(quarantine).order_by(quarantine.c.id.desc()).limit(SHOWN))
    return [
        {
            "id": row["id"],
            "mailbox": row["mailbox"],
            "reason": row["reason"],
            "size": row["size"],
            "at": moment(row["at"]),
        }
        for row in rows
    ]


def row_of(read: Read, entry: int) -> RowMapping:
    row = read.first(select(quarantine).where(quarantine.c.id == entry))
    if row is None:
        raise not_found("mail in quarantine")
    return row


def remove(tx: Tx, entry: int) -> str:
    """Returns the blob that is to go once this is committed."""
    row = row_of(tx, entry)
    tx.run(delete(quarantine).where(quarantine.c.id == entry))
    blob: str = row["blob"]
    return blob
