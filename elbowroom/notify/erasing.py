"""Notices of a ticket go with it."""

from sqlalchemy import delete, select

from elbowroom.kit.db import Tx
from elbowroom.notify.tables import notices

AT_ONCE = 200


def forget(tx: Tx, ticket: int) -> bool:
    some = select(notices.c.id).where(notices.c.ticket == ticket).limit(AT_ONCE)
    return tx.run(delete(notices).where(notices.c.id.in_(some))).rowcount == AT_ONCE
