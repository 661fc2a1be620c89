"""Two agents answer the same customer in the same moment, by mail or one of them on the desk: one reply, one held."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import pytest
from sqlalchemy import select

from elbowroom.channels.email import ours
from elbowroom.channels.email.tables import mail_notices
from elbowroom.conversations.tables import held
from elbowroom.kit.mail.parsed import ParsedMail
from tests.cast import Person

from .agents import answer, nobody_wants, settled, told, vouching, wants
from .conftest import Mailbox, MailDesk, nora

Send = Callable[[], str | int]
ACCEPTED, HELD = ("reply", 201), ("held", 409)


@pytest.fixture(autouse=True)
def answers(desk: MailDesk, bianca: Person, hanna: Person) -> Iterator[None]:
    for person in (bianca, hanna):
        wants(person, "all")
    with vouching(desk):
        yield
    nobody_wants(desk)


@dataclass
class Tally:
    pairs: int = 0
    blind: int = 0
    lost: int = 0
    falsely_held: int = 0


def race(box: Mailbox, authors: list[Person], pairs: int, seed: int) -> Tally:
    """Every fourth time one answers alone, and nothing may hold her; in every third pair one answers on the desk."""
    dice, tally = random.Random(seed), Tally(pairs)
    box.takes(nora())
    model = told(box, authors[0])
    with ThreadPoolExecutor(2) as hands:
        for pair in range(pairs):
            ticket = box.ticket_of(nora())
            dice.shuffle(authors)
            here = authors[:1] if pair % 4 == 3 else authors
            gate = threading.Barrier(len(here))
            asked = []
            for which, author in enumerate(here):
                text = f"{pair}: {author.name}"
                send: Send = partial(_by_mail, box, author, notice(box, author, ticket, model), text)
                if which and pair % 3 == 0:
                    send = partial(_on_the_desk, author, ticket, text)
                asked.append(hands.submit(_at_once, gate, send))
            _settle(tally, box, ticket, here, pair, [one.result() for one in asked])
    settled(box)
    return tally


def notice(box: Mailbox, person: Person, ticket: int, model: ParsedMail) -> ParsedMail:
    """Hers of that ticket, whether it has arrived or not."""
    mine = select(mail_notices).where(mail_notices.c.ticket == ticket, mail_notices.c.person == person.id)
    row = ours.row_of_notice(box.desk.rows(mine)[0])
    return replace(model, message_id=ours.mail_id(box.desk.engines.vault, row, box.address), reply_to=[])


def _by_mail(box: Mailbox, author: Person, told: ParsedMail, text: str) -> str:
    return box.takes(answer(told, author, text))


def _on_the_desk(author: Person, ticket: int, text: str) -> int:
    return author.replies(ticket, text, seen=1).status


def _at_once(gate: threading.Barrier, send: Send) -> str | int:
    gate.wait(10)
    return send()


def _settle(tally: Tally, box: Mailbox, ticket: int, authors: list[Person], pair: int, became: list[str | int]) -> None:
    texts = {f"{pair}: {author.name}": what for author, what in zip(authors, became, strict=True)}
    said = [one["text"] for one in authors[0].messages(ticket) if one["kind"] == "reply"]
    kept = [row["body"] for row in box.desk.rows(select(held.c.body).where(held.c.ticket == ticket))]
    accepted = [text for text, what in texts.items() if what in ACCEPTED]
    tally.blind += len(said) > 1 or len(accepted) > 1
    tally.falsely_held += not accepted
    tally.lost += sorted(said + kept) != sorted(texts) or sorted(said) != sorted(accepted)
    tally.lost += any(what not in HELD for text, what in texts.items() if text in kept)


def _raced(box: Mailbox, authors: list[Person], pairs: int, seed: int) -> None:
    began = time.monotonic()
    tally = race(box, authors, pairs, seed)
    print(f"\nanswers by mail at once: seed {seed}, {tally} in {time.monotonic() - began:.0f} s")
    assert tally == Tally(pairs)


def test_twenty_pairs(box: Mailbox, bianca: Person, hanna: Person, seed: int) -> None:
    _raced(box, [bianca, hanna], 20, seed)


@pytest.mark.long
def test_three_hundred_pairs(box: Mailbox, bianca: Person, hanna: Person, seed: int) -> None:
    _raced(box, [bianca, hanna], 300, seed)
