"""Notices of what was said on a ticket go with it, wherever they were made: a message may have come by a merge."""

from sqlalchemy import delete, select, update

from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Tx
from elbowroom.notify.tables import notices

AT_ONCE = 200


def forget(tx: Tx, ticket: int) -> bool:
    said = select(notices.c.id).join_from(notices, messages, notices.c.message == messages.c.id)
    some = said.where(messages.c.ticket == ticket).limit(AT_ONCE)
    tx.run(update(notices).where(notices.c.ticket == ticket).values(ticket=None))
    return tx.run(delete(notices).where(notices.c.id.in_(some))).rowcount == AT_ONCE
