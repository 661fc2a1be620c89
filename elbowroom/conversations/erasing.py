"""What was said on a ticket is forgotten with it. What its author has not decided on stays, as a text of hers."""

from sqlalchemy import delete, func, select, update

from elbowroom.conversations.tables import (
    attachments,
    conversations,
    drafts,
    drafts_aside,
    held,
    messages,
    note_texts,
    scheduled,
)
from elbowroom.kit import jobs
from elbowroom.kit.db import Database, Read, Tx
from elbowroom.kit.files import Files
from elbowroom.kit.jobs import Job

AT_ONCE = 200
DROP = "drop_files"


def forget(tx: Tx, ticket: int) -> bool:
    """At most AT_ONCE messages; True where there may be more."""
    said = select(messages.c.id).where(messages.c.ticket == ticket).order_by(messages.c.id).limit(AT_ONCE)
    if ids := list(tx.run(said).scalars()):
        _forget_files(tx, ids)
        tx.run(delete(note_texts).where(note_texts.c.message.in_(ids)))
        tx.run(delete(messages).where(messages.c.id.in_(ids)))
        return True
    for table in (drafts, drafts_aside, conversations):
        tx.run(delete(table).where(table.c.ticket == ticket))
    for table in (held, scheduled):
        tx.run(delete(table).where(table.c.ticket == ticket, table.c.settled_at.is_not(None)))
        tx.run(update(table).where(table.c.ticket == ticket).values(recipients=None))
    return False


async def drop_files(db: Database, files: Files, job: Job) -> None:
    """After the commit that forgot them. A second time finds nothing."""
    for blob in job.data["blobs"]:
        if not await db.read(lambda read, blob=blob: _is_used(read, blob)):  # type: ignore[misc]
            files.drop(blob)


def _forget_files(tx: Tx, ids: list[int]) -> None:
    gone = delete(attachments).where(attachments.c.message.in_(ids)).returning(attachments.c.blob)
    if blobs := sorted(set(tx.run(gone).scalars())):
        jobs.enqueue(tx, DROP, {"blobs": blobs})


def _is_used(read: Read, blob: str) -> bool:
    return bool(read.value(select(func.count()).select_from(attachments).where(attachments.c.blob == blob)))
