"""What ended by itself is not kept for ever."""

from sqlalchemy import delete

from elbowroom.kit.db import Tx
from elbowroom.people.tables import invitations, resets, sessions

SHOWN_FOR = 30 * 86_400.0  # so long an old link still says that it is over


def forget_old(tx: Tx) -> None:
    tx.run(delete(sessions).where(sessions.c.expires_at <= tx.now))
    tx.run(delete(resets).where(resets.c.expires_at <= tx.now - SHOWN_FOR))
    tx.run(delete(invitations).where(invitations.c.expires_at <= tx.now - SHOWN_FOR))
