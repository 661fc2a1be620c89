"""Notices of what was said on a ticket go with it, wherever they were made: a message may have come by a merge."""

from sqlalchemy import delete, select

from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Tx
from elbowroom.notify import mentions
from elbowroom.notify.tables import notices

AT_ONCE = 200


def forget(tx: Tx, ticket: int) -> bool:
    """Who had not read one yet hears that it is off her list."""
    said = select(notices).join_from(notices, messages, notices.c.message == messages.c.id)
    gone = tx.rows(said.where(messages.c.ticket == ticket).order_by(notices.c.id).limit(AT_ONCE))
    tx.run(delete(notices).where(notices.c.id.in_([row["id"] for row in gone])))
    unread = [row for row in gone if row["read_at"] is None]
    for person in sorted({row["person"] for row in unread}):
        mentions.say_read(tx, person, [row["id"] for row in unread if row["person"] == person])
    return len(gone) == AT_ONCE
