"""What colleagues changed of tickets since somebody had seen them up to a message."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping, select

from elbowroom.conversations.messages import FACT
from elbowroom.conversations.shapes import Changed, Field
from elbowroom.kit import journal
from elbowroom.kit.db import Read
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


def _versions_of(read: Read, asked: Collection[Seen]) -> dict[Seen, int]:
    """The ticket's version that came with the newest message up to this number, where there is one."""
    if not asked:
        return {}
    facts = journal.facts.c
    number = facts.data["message"]["number"].as_integer()
    said = select(facts.place, facts.version, number.label("number")).where(
        facts.place.in_({place_of(ticket) for ticket, _ in asked}),
        facts.kind.in_(FACT.values()),
        number <= max(seen for _, seen in asked),
    )
    came = defaultdict(list)
    for row in read.rows(said.order_by(facts.place, facts.version)):
        came[row["place"]].append((row["number"], row["version"]))
    newest = {
        (ticket, seen): [version for number, version in came[place_of(ticket)] if number <= seen]
        for ticket, seen in asked
    }
    return {one: versions[-1] for one, versions in newest.items() if versions}
