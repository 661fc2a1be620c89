"""What colleagues changed of tickets since somebody had seen them up to a message."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import RowMapping, String, column, func, select, values

from elbowroom.conversations.messages import FACT
from elbowroom.conversations.shapes import Changed, Field
from elbowroom.kit import journal
from elbowroom.kit.db import Number, Read
from elbowroom.tickets.access import place_of
from elbowroom.tickets.fields import newest_of

FIELDS: tuple[Field, ...] = ("status", "owner", "priority", "subject", "inbox")
Seen = tuple[int, int]  # a ticket, and a message up to which it was seen


def changed_since(read: Read, asked: Sequence[tuple[RowMapping, int]], person: int) -> dict[Seen, list[Changed]]:
    """Of each ticket and number the fields that somebody else set after that message was stored, as they stand now."""
    versions = _versions_of(read, {(stored["id"], seen) for stored, seen in asked})
    later = [
        (stored, seen, name)
        for stored, seen in asked
        for name in FIELDS
        if stored[f"{name}_version"] > versions.get((stored["id"], seen), 1)
    ]
    told = newest_of(read, [(stored, name) for stored, _, name in later])
    changed: dict[Seen, list[Changed]] = defaultdict(list)
    for (stored, seen, name), field in zip(later, told, strict=True):
        if field["by"] is not None and field["by"]["id"] != person:
            one: Changed = {"field": name, "to": field["value"], "by": field["by"], "at": field["at"]}
            changed[stored["id"], seen].append(one)
    return changed


def _versions_of(read: Read, asked: Iterable[Seen]) -> dict[Seen, int]:
    """The ticket's version that came with the newest message up to this number, where there is one."""
    rows = [(place_of(ticket), ticket, number) for ticket, number in asked]
    if not rows:
        return {}
    columns = column("place", String), column("ticket", Number), column("seen", Number)
    seen = values(*columns, name="seen").data(rows).cte()
    facts = journal.facts.c
    number = facts.data["message"]["number"].as_integer()
    said = (facts.place == seen.c.place) & facts.kind.in_(FACT.values()) & (number <= seen.c.seen)
    newest = select(seen.c.ticket, seen.c.seen, func.max(facts.version).label("version")).join(journal.facts, said)
    found = read.rows(newest.group_by(seen.c.ticket, seen.c.seen))
    return {(row["ticket"], row["seen"]): row["version"] for row in found}
