"""The first start: whoever holds the token that the console printed becomes the first administrator."""

import hmac

from sqlalchemy import select

from elbowroom.kit import journal
from elbowroom.kit.clock import token
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused, forbidden
from elbowroom.kit.vault import hashed
from elbowroom.people import agents
from elbowroom.people.tables import people

NAME = "setup_token"


def is_needed(read: Read) -> bool:
    """True while there is no administrator, not even a disabled one."""
    return read.first(select(people.c.id).where(people.c.role == "administrator").limit(1)) is None


def setup_token(tx: Tx) -> str:
    """A new one-use token, for the console alone; the one before holds no more."""
    secret = token()
    journal.keep(tx, NAME, hashed(secret))
    return secret


def require_token(read: Read, secret: str) -> None:
    """Raises Refused: 410 once there is an administrator, 403 for another token."""
    if not is_needed(read):
        raise Refused(410, "gone", "This desk is set up", "Sign in, or ask an administrator for an invitation.")
    kept = journal.keep_value(read, NAME)
    if not secret or not kept or not hmac.compare_digest(kept, hashed(secret)):
        raise forbidden("Open the link that the server printed at its start; each start prints a new one.")


def set_up(tx: Tx, secret: str, email: str, name: str, password_hash: str, language: str | None) -> int:
    """Makes the first administrator; of two who race, one. Returns the person."""
    require_token(tx, secret)
    person = agents.make(tx, email, name, "administrator", password_hash=password_hash, language=language)
    journal.keep(tx, NAME, "")
    return person
