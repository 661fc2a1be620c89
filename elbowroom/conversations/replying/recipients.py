"""Whom a mail goes to where that was chosen for it: to, cc, and bcc, which only colleagues see."""

from sqlalchemy import RowMapping, select

from elbowroom.conversations.shapes import Recipients
from elbowroom.kit.db import Read, folded
from elbowroom.kit.problems import bad_request
from elbowroom.people.tables import customers
from elbowroom.tickets.addresses import require_usable

MOST = 50


def chosen(read: Read, asked: Recipients | None) -> Recipients | None:
    """As it is kept: each address once, in the place where it stands first. Raises Refused (422)."""
    if asked is None:
        return None
    seen: set[str | None] = set()
    kept: Recipients = {
        "to": _fresh(asked["to"], seen),
        "cc": _fresh(asked["cc"], seen),
        "bcc": _fresh(asked["bcc"], seen),
    }
    every = addresses(kept)
    if not kept["to"]:
        raise bad_request("recipients", "Name at least one address that it goes to.")
    if len(every) > MOST:
        raise bad_request("recipients", f"A mail goes to at most {MOST} addresses.")
    for email in every:
        require_usable(read, email, "recipients")
    return kept


def require_someone(read: Read, stored: RowMapping, kept: Recipients | None) -> None:
    """Raises Refused (422) where the ticket's own requester can't be written to and nobody else was named."""
    if kept is None and not email_of(read, stored):
        detail = "The customer is known by telephone alone. Add an address, or write a note."
        raise bad_request("recipients", detail)


def email_of(read: Read, stored: RowMapping) -> str:
    email: str = read.value(select(customers.c.email).where(customers.c.id == stored["requester"]))
    return email


def addresses(kept: Recipients) -> list[str]:
    return [*kept["to"], *kept["cc"], *kept["bcc"]]


def _fresh(asked: list[str], seen: set[str | None]) -> list[str]:
    fresh = []
    for email in (one.strip() for one in asked):
        if email and folded(email) not in seen:
            seen.add(folded(email))
            fresh.append(email)
    return fresh
