"""Two agents press Send in the same moment: one leaves, the other is held, and no text is lost."""

import random
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from elbowroom.conversations.tables import held
from tests.cast import Answer, Desk, Nora, Person
from tests.served import ServedDesk


@dataclass
class Tally:
    pairs: int = 0
    blind: int = 0
    both_held: int = 0
    lone_held: int = 0
    lost: int = 0


def race(desk: Desk, nora: Nora, pairs: int, seed: int, beside: Desk | None = None) -> Tally:
    """Each pair on a fresh ticket; every fourth one is a lone reply, which nothing may hold.

    `beside`: another server on the same store, through which half of the people work.
    """
    dice, tally = random.Random(seed), Tally(pairs)
    names = ["bianca", "hanna", "omid", "ada"]
    people = {name: (beside or desk if which % 2 else desk).person(name) for which, name in enumerate(names)}
    with ThreadPoolExecutor(2) as hands:
        for pair in range(pairs):
            ticket = nora.writes(inbox=dice.choice(("Support", "Post", "Advice")))
            first, second = dice.sample(names, 2)
            # Her own second tab is a competitor like anyone else.
            authors = [people[first], people[first if dice.random() < 0.2 else second]]
            _settle(tally, ticket, people["ada"], _sent_at_once(hands, authors, ticket, pair))
            if pair % 4 == 0:
                seen = people["ada"].sees(ticket)["head"]
                lone = people[first].replies(ticket, f"lone {pair}", seen=seen)
                tally.lone_held += lone.status != 201
    return tally


def _sent_at_once(hands: ThreadPoolExecutor, authors: list[Person], ticket: int, pair: int) -> dict[str, Answer]:
    gate = threading.Barrier(len(authors))

    def send(author: Person, text: str) -> tuple[str, Answer]:
        gate.wait(10)
        return text, author.replies(ticket, text, seen=1)

    asked = [hands.submit(send, author, f"{pair}: {which}") for which, author in enumerate(authors)]
    return dict(one.result() for one in asked)


def _settle(tally: Tally, ticket: int, reader: Person, answers: dict[str, Answer]) -> None:
    accepted = {text for text, answer in answers.items() if answer.status == 201}
    kept = {text for text, answer in answers.items() if answer.problem == "reply-held"}
    stored = [one["text"] for one in reader.messages(ticket) if one["kind"] == "reply"]
    tally.blind += len(accepted) > 1 or len(stored) > 1
    tally.both_held += not accepted
    tally.lost += accepted | kept != set(answers) or set(stored) != accepted
    for text in kept:
        tally.lost += [one["text"] for one in answers[text]["unseen"]] != stored


@pytest.fixture
def crowded(own_desk: Desk) -> tuple[Desk, Nora]:
    return own_desk, Nora(own_desk)


def report(tally: Tally, seed: int, began: float, now_held: int) -> None:
    print(f"\nraced pairs: seed {seed}, {tally} in {time.monotonic() - began:.0f} s, {now_held} texts held")


def _raced(crowded: tuple[Desk, Nora], pairs: int, seed: int, beside: Desk | None = None) -> None:
    desk, nora = crowded
    began, before = time.monotonic(), _held(desk)
    tally = race(desk, nora, pairs, seed, beside)
    now_held = _held(desk) - before
    report(tally, seed, began, now_held)
    assert tally == Tally(pairs)
    assert now_held == pairs  # one of each pair, kept


def _held(desk: Desk) -> int:
    """Those that a head held; the lone replies stop what waits, too."""
    unseen = select(func.count()).select_from(held).where(held.c.reason == "unseen")
    return int(desk.read(lambda read: read.value(unseen)))


@pytest.fixture
def beside(own_desk: Desk) -> Iterator[ServedDesk]:
    """A second server on the same store, a process of its own."""
    second = ServedDesk(own_desk.folder).start()
    yield second
    second.close()


@pytest.mark.postgres
def test_ten_pairs_between_two_servers(crowded: tuple[Desk, Nora], beside: Desk, seed: int) -> None:
    _raced(crowded, 10, seed, beside)


@pytest.mark.walk
@pytest.mark.postgres
def test_five_hundred_pairs_between_two_servers(crowded: tuple[Desk, Nora], beside: Desk, seed: int) -> None:
    _raced(crowded, 500, seed, beside)


@pytest.mark.long
@pytest.mark.postgres
def test_twenty_thousand_pairs_between_two_servers(crowded: tuple[Desk, Nora], beside: Desk, seed: int) -> None:
    for part in range(10):
        _raced(crowded, 2000, seed + part, beside)


def test_ten_pairs(crowded: tuple[Desk, Nora], seed: int) -> None:
    _raced(crowded, 10, seed)


@pytest.mark.walk
@pytest.mark.sqlite  # five hundred on PostgreSQL between two servers, above
def test_a_hundred_pairs(crowded: tuple[Desk, Nora], seed: int) -> None:
    _raced(crowded, 100, seed)


@pytest.mark.long
def test_twenty_thousand_pairs(crowded: tuple[Desk, Nora], seed: int) -> None:
    for part in range(10):
        _raced(crowded, 2000, seed + part)
