"""That a mail came stays known, or it would be fetched once more; what it became is forgotten with its ticket."""

from sqlalchemy import delete, select, update

from elbowroom.channels.email.tables import mail_notices, received
from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Tx

AT_ONCE = 200


def forget(tx: Tx, ticket: int) -> bool:
    became = select(received.c.id).join_from(messages, received, received.c.message == messages.c.id)
    some = list(tx.run(became.where(messages.c.ticket == ticket).limit(AT_ONCE)).scalars())
    tx.run(update(received).where(received.c.id.in_(some)).values(message=None))
    tx.run(delete(mail_notices).where(mail_notices.c.ticket == ticket))
    return len(some) == AT_ONCE
