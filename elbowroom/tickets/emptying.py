"""A removed folder is emptied: what lay in it lies in its inbox alone, told ticket by ticket."""

from sqlalchemy import select

from elbowroom.kit.db import Database, Tx
from elbowroom.kit.jobs import Job
from elbowroom.kit.journal import By
from elbowroom.tickets.fields import set_field
from elbowroom.tickets.tables import tickets

AT_ONCE = 100


async def empty_folder(db: Database, job: Job) -> None:
    by = By(job.data["by"], job.data["name"])
    while await db.write(lambda tx: _take_out(tx, job.data["folder"], by)):
        pass


def _take_out(tx: Tx, folder: int, by: By) -> bool:
    """True where there may be more."""
    found = tx.rows(select(tickets).where(tickets.c.folder == folder).order_by(tickets.c.id).limit(AT_ONCE))
    for stored in found:
        set_field(tx, stored, "folder", None, by)
    return len(found) == AT_ONCE
