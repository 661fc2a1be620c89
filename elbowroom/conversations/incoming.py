"""What customers write, by whatever channel: a new ticket, or a message on one."""

from typing import Any

from sqlalchemy import RowMapping

from elbowroom.conversations import messages
from elbowroom.conversations.messages import Words
from elbowroom.conversations.replying import release
from elbowroom.kit.db import Tx
from elbowroom.kit.journal import By
from elbowroom.tickets import archiving, merges, opening
from elbowroom.tickets.access import stored_ticket
from elbowroom.tickets.fields import set_field
from elbowroom.tickets.statuses import REOPENED


def open_ticket(
    tx: Tx, inbox: int, subject: str, customer: int, text: str, *, channel: int | None, by: By | None = None,
    status: str = "open", queue: str = "new", extra: dict[str, Any] | None = None, is_auto: bool = False,
) -> int:  # fmt: skip
    """A ticket with its first message, the customer's; returns the ticket's id."""
    at = (extra or {}).get("at")
    ticket = opening.create(tx, inbox, subject, customer, channel=channel, by=by, status=status, queue=queue, at=at)
    conversation = messages.open_conversation(tx, ticket)
    stored = stored_ticket(tx, ticket)
    _say(tx, stored, conversation, text, customer, extra or {}, is_auto, by)
    return ticket


def answer(
    tx: Tx, ticket: int, customer: int, text: str, *, extra: dict[str, Any] | None = None, is_auto: bool = False,
    is_older: bool = False,
) -> int:  # fmt: skip
    """A customer's further message; reopens the ticket unless a machine wrote it or it is of an import.

    Returns its number.
    """
    stored = stored_ticket(tx, merges.standing(tx, ticket))
    if not is_auto and not is_older:
        archiving.bring_back(tx, stored, None)
    number = _say(tx, stored, stored["conversation"], text, customer, extra or {}, is_auto, None)
    now = stored_ticket(tx, stored["id"])  # a reply that it stopped took its status along
    if not is_auto and not is_older and now["queue"] != "new":
        set_field(tx, now, "status", REOPENED, None)
    return number


def _say(
    tx: Tx, stored: RowMapping, conversation: int, text: str, customer: int, extra: dict[str, Any], is_auto: bool,
    by: By | None,
) -> int:  # fmt: skip
    """Auto-submitted mail gets a number but does not raise the head: a machine holds up nobody."""
    number = messages.next_number(tx, stored["id"])
    if not is_auto:
        messages.raise_head(tx, conversation, number)
    words = Words("auto" if is_auto else "customer", text, customer=customer, extra=extra)
    messages.add(tx, stored, conversation, words, by, number=number, heads=not is_auto)
    if not is_auto:
        release.landed(tx, stored, number)
    return number
