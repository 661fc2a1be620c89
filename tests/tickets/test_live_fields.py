"""Every field that people set, on the screens of the others: in the open ticket, in the list, and with its author.

A field that is added later gets its line here, in web/src/tickets/fields.test.ts and in the story of the fields.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cast import INBOXES, Answer, Person


@dataclass(frozen=True)
class Live:
    field: str
    change: Callable[[Person, int], Answer]
    kind: str
    shown: Any
    place: str = f"inbox/{INBOXES['Support']}"  # whose list shows it

    def __str__(self) -> str:
        return self.field


FIELDS = [
    Live("subject", lambda who, one: who.changes(one, subject="Lamp flickers"), "field_changed", "Lamp flickers"),
    Live("status", lambda who, one: who.changes(one, status="escalated"), "field_changed", "escalated"),
    Live("priority", lambda who, one: who.changes(one, priority="urgent"), "field_changed", "urgent"),
    Live("owner", lambda who, one: who.takes(one), "owner_changed", 3),
    Live("labels", lambda who, one: who.labels(one, "warranty"), "label_added", ["warranty"]),
    Live(
        "inbox", lambda who, one: who.changes(one, inbox=INBOXES["Post"]), "ticket_moved", INBOXES["Post"],
        f"inbox/{INBOXES['Post']}",
    ),
]  # fmt: skip


@pytest.mark.two_servers
@pytest.mark.parametrize("live", FIELDS, ids=str)
def test_a_change_is_on_every_screen_with_its_author(bianca: Person, hanna: Person, ticket: int, live: Live) -> None:
    inside, beside = bianca.tab(), bianca.tab()
    inside.watches(f"ticket/{ticket}")
    beside.watches(live.place)
    before = bianca.sees(ticket)[live.field]
    assert live.change(hanna, ticket).status == 200
    author = {"id": hanna.id, "name": "Hanna"}
    told = inside.hears_fact(live.kind)
    assert told["by"] == author
    row = next(one for one in beside.hears("rows", lambda one: one["rows"])["rows"] if one["id"] == ticket)
    assert (row[live.field], row["changed_by"]) == (live.shown, author)
    assert before != bianca.sees(ticket)[live.field] == live.shown
