"""Random merges, undone merges, splits, and words between them: numbers and heads are right whatever comes."""

import random
from typing import Any

import pytest
from sqlalchemy import select

from elbowroom.conversations.tables import conversations, messages
from elbowroom.tickets.tables import tickets
from tests.cast import Desk, Nora, Person

STEPS = 60
HEADS = ("customer", "reply")


class Walk:
    def __init__(self, desk: Desk, bianca: Person, nora: Nora, seed: int) -> None:
        self.desk, self.bianca, self.nora = desk, bianca, nora
        self.dice = random.Random(seed)
        self.tickets = [nora.writes(f"Walk {seed}", f"first {seed}.{n}") for n in range(4)]
        self.said = [f"first {seed}.{n}" for n in range(4)]
        self.numbers: dict[tuple[int, int], int] = {}  # ticket and number → message, for ever

    def steps(self) -> None:
        one, other = self.dice.sample(self.tickets, 2)
        match self.dice.choice(("says", "says", "replies", "blindly", "merges", "merges", "parts", "splits")):
            case "says":
                self.nora.answers(one, self.text())
            case "replies":
                if self.bianca.replies(one, text := f"reply {len(self.said)}").status == 201:
                    self.said.append(text)
            case "blindly":
                self.sends_blindly(one)
            case "merges":
                self.bianca.merges(one, other)
            case "parts":
                self.bianca.parts(one)
            case _:
                stands = self.bianca.messages(one)
                if len(stands) > 1 and len(self.tickets) < 9:
                    answer = self.bianca.splits(one, self.dice.choice(stands)["number"]).ok()
                    self.tickets.append(answer["id"])

    def text(self) -> str:
        self.said.append(f"message {len(self.said)}")
        return self.said[-1]

    def sends_blindly(self, ticket: int) -> None:
        """What she had seen was less than what stands: never admitted."""
        stands = [one for one in self.bianca.messages(ticket) if one["kind"] in HEADS]
        if not stands or self.bianca.sees(ticket)["merged_into"] is not None:
            return
        seen = self.dice.randrange(stands[-1]["number"])
        refused = self.bianca.replies(ticket, f"blind {self.dice.random()}", seen=seen)
        assert (refused.status, refused.problem) == (409, "reply-held")
        assert {one["number"] for one in refused["unseen"]} == {one["number"] for one in stands if one["number"] > seen}

    def checks(self) -> None:
        rows = self.desk.read(lambda read: read.rows(select(messages).where(messages.c.ticket.in_(self.tickets))))
        words = sorted(row["text"] for row in rows if row["kind"] in HEADS)
        assert words == sorted(self.said), "none is lost and none is doubled"
        for row in rows:
            taken = self.numbers.setdefault((row["ticket"], row["number"]), row["id"])
            assert taken == row["id"], f"number {row['number']} of {row['ticket']} was another's"
        for ticket in self.tickets:
            self.checks_head(ticket, [row for row in rows if row["ticket"] == ticket])

    def checks_head(self, ticket: int, rows: list[Any]) -> None:
        other = conversations.c.head.label("other")
        asked = select(tickets.c.head, tickets.c.last_number, tickets.c.merged_into, other)
        joined = asked.join_from(tickets, conversations, conversations.c.id == tickets.c.conversation)
        stored = self.desk.read(lambda read: read.first(joined.where(tickets.c.id == ticket)))
        assert max((row["number"] for row in rows), default=0) <= stored["last_number"]
        if stored["merged_into"] is not None:
            assert rows == []
            return
        newest = max((row["number"] for row in rows if row["kind"] in HEADS), default=0)
        assert (stored["head"], stored["other"]) == (newest, newest)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_numbers_heads_and_words_are_right_whatever_comes(desk: Desk, bianca: Person, nora: Nora, seed: int) -> None:
    walk = Walk(desk, bianca, nora, seed)
    for _ in range(STEPS):
        walk.steps()
        walk.checks()
