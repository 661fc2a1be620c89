"""What colleagues changed of a ticket since somebody had seen it up to a message."""

from sqlalchemy import RowMapping, func, select

from elbowroom.conversations.messages import FACT
from elbowroom.conversations.shapes import Changed, Field
from elbowroom.kit import journal
from elbowroom.kit.db import Read
from elbowroom.tickets.access import place_of
from elbowroom.tickets.fields import newest

FIELDS: tuple[Field, ...] = ("status", "owner", "priority", "subject", "inbox")


def changed_since(read: Read, stored: RowMapping, seen: int, person: int) -> list[Changed]:
    """Each field that somebody else set after the message `seen` was stored, as it stands now."""
    version = _version_of(read, stored["id"], seen)
    later = [name for name in FIELDS if stored[f"{name}_version"] > version]
    told = [(name, newest(read, stored, name)) for name in later]
    return [
        {"field": name, "to": field["value"], "by": field["by"], "at": field["at"]}
        for name, field in told
        if field["by"] is not None and field["by"]["id"] != person
    ]


def _version_of(read: Read, ticket: int, number: int) -> int:
    """The ticket's version that came with the newest message up to this number."""
    facts = journal.facts.c
    said = select(func.max(facts.version)).where(facts.place == place_of(ticket), facts.kind.in_(FACT.values()))
    version: int | None = read.value(said.where(facts.data["message"]["number"].as_integer() <= number))
    return version or 1
