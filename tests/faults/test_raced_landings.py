"""Something lands while a reply waits or just as it leaves: it leaves knowing, or stops and its author is asked."""

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from tests.cast import UNDO_FOR, Answer, Desk, Nora, eventually

LANDS = ("message_added", "reply_submitted")


@dataclass
class Tally:
    pairs: int = 0
    blind: int = 0  # it left though something stood before it that its author had not seen
    lost: int = 0  # its text is neither with the customer nor with its author
    twice: int = 0
    false_holds: int = 0  # it was stopped and nothing had come before it left


class Race:
    """Each pair on a fresh ticket: a reply that waits, and what lands at a random moment around its leaving."""

    def __init__(self, desk: Desk, nora: Nora, seed: int) -> None:
        self.desk, self.nora, self.dice = desk, nora, random.Random(seed)
        self.bianca, self.hanna = desk.person("bianca"), desk.person("hanna")
        self.tally, self.paused, self.left = Tally(), 0, 0

    def run(self, pairs: int) -> None:
        with ThreadPoolExecutor(2) as hands:
            for pair in range(pairs):
                self.pair(hands, f"reply {pair}")
        self.tally.pairs = pairs

    def pair(self, hands: ThreadPoolExecutor, text: str) -> None:
        ticket = self.nora.writes(inbox="Post")
        reply = self.bianca.replies(ticket, text)["message"]
        landed, raced = self.dice.choice((True, False, None)), self.dice.random() < 0.6
        self.desk.travel(self.dice.uniform(0, UNDO_FOR - 1) if not raced else UNDO_FOR - 0.001)
        gate = threading.Barrier(2)

        def lands() -> None:
            gate.wait(10)
            if landed:
                self.nora.answers(ticket, "It works again!")
            elif landed is False:
                self.theirs(ticket, reply["number"])

        def leaves() -> None:
            gate.wait(10)
            if raced:
                self.desk.travel(0.002)

        for hand in [hands.submit(lands), hands.submit(leaves)]:
            hand.result(20)
        self.desk.travel(UNDO_FOR)
        eventually(lambda: self.bianca.messages(ticket)[1]["state"] in ("left", "paused"), "it is decided")
        self.judge(ticket, reply, something=landed is not None)

    def theirs(self, ticket: int, number: int) -> Answer:
        return self.hanna.replies(ticket, "And the bulb.", seen=number).ok()

    def judge(self, ticket: int, reply: dict[str, Any], *, something: bool) -> None:
        facts = self.desk.facts(f"ticket/{ticket}")
        landing = [one for one in facts if one["kind"] in LANDS and one["data"]["message"]["number"] == 3]
        released = self.desk.postman.carried.count(reply["id"])
        held = [one for one in self.bianca.held(ticket) if one["body"] == reply["text"]]
        # What was stored before its time had come stood there when it was looked at for the last time.
        before = bool(landing) and landing[0]["at"] < reply["leaves_at"]
        self.tally.blind += bool(released) and before
        self.tally.lost += released + len(held) == 0
        self.tally.twice += released + len(held) > 1
        self.tally.false_holds += bool(held) and not (something and held[0]["unseen"])
        self.paused += bool(held)
        self.left += bool(released)


def _raced(desk: Desk, pairs: int, seed: int) -> None:
    began, race = time.monotonic(), Race(desk, Nora(desk), seed)
    race.run(pairs)
    print(f"\nraced landings: seed {seed}, {race.tally}, {race.paused} paused, {race.left} left, "
          f"in {time.monotonic() - began:.0f} s")  # fmt: skip
    assert race.tally == Tally(pairs)
    assert race.paused
    assert race.left


def test_ten_landings(own_desk: Desk, seed: int) -> None:
    _raced(own_desk, 10, seed)


@pytest.mark.walk
def test_fifty_landings(own_desk: Desk, seed: int) -> None:
    _raced(own_desk, 50, seed)


@pytest.mark.long
def test_five_hundred_landings(own_desk: Desk, seed: int) -> None:
    _raced(own_desk, 500, seed)
