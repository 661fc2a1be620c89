"""Addresses that agents write to: such as mail can be sent to, and never one of the desk's own."""

from sqlalchemy import select

from elbowroom.kit.db import Read, folded
from elbowroom.kit.mail.build import is_sendable
from elbowroom.kit.problems import bad_request
from elbowroom.tickets.tables import channels


def own(read: Read) -> set[str | None]:
    """Of the channels that there are, folded: what is sent to one comes back to the desk."""
    asked = select(channels.c.address).where(channels.c.removed_at.is_(None), channels.c.address.is_not(None))
    return {folded(one) for one in read.run(asked).scalars()}


def require_usable(read: Read, email: str, field: str) -> None:
    """Raises Refused (422) that names the address."""
    if not email.isprintable() or not is_sendable(email):
        raise bad_request(field, f"Mail can't be sent to {email[:200]!r}. Write an address like name@example.org.")
    if folded(email) in own(read):
        raise bad_request(field, f"{email} is an address of this desk; it would write to itself.")
