"""Positions on PostgreSQL: many writers, slow ones and a stranger's open transaction, and no reader misses a fact."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median, quantiles

import psycopg
import pytest

from elbowroom.kit import db, journal
from elbowroom.kit.clock import SystemClock
from elbowroom.kit.db import Database, Read, Tx
from elbowroom.kit.stores import forming
from tests import engines

WRITERS, SERVERS = 6, 3


@pytest.fixture(scope="module")
def server() -> Iterator[engines.Postgres]:
    server = engines.Postgres(quick=True).made().start()
    yield server
    server.close()


@pytest.fixture
def url(server: engines.Postgres) -> str:
    return server.new_database()


@dataclass
class Reader:
    """Follows the feed as a server does: what lies beyond the last position that it saw."""

    database: Database
    naive: bool = False
    last: int = 0
    seen: dict[int, float] = field(default_factory=dict)  # id of the fact → when it was seen

    def look(self) -> None:
        def question(read: Read) -> list[tuple[int, int]]:
            if self.naive:
                asked = journal.facts.select().where(journal.facts.c.id > self.last).order_by(journal.facts.c.id)
                return [(row["id"], row["id"]) for row in read.rows(asked)]
            return [(fact.id, fact.position or 0) for fact in journal.after(read, self.last, limit=5000)]

        for fact, position in self.database.read_now(question):
            assert fact not in self.seen, "told twice"
            self.seen[fact] = time.monotonic()
            self.last = position


@dataclass
class Run:
    made: dict[int, float]
    followed: Reader
    naive: Reader
    seconds: float

    @property
    def lags(self) -> list[float]:
        return [max(0.0, self.followed.seen[fact] - at) for fact, at in self.made.items()]


def run(url: str, seed: int, each: int, *, slow: float = 0.02) -> Run:
    """Several servers write side by side, now and then slowly; two readers follow all the while."""
    with ExitStack() as house:
        servers = [opened(house, url) for _ in range(SERVERS)]
        made: dict[int, float] = {}
        over = threading.Event()

        def writes(number: int) -> None:
            dice, pause = random.Random(seed + number), threading.Event()

            def verb(tx: Tx) -> int:
                place = f"ticket/{number if dice.random() < 0.7 else dice.randrange(WRITERS)}"
                fact = journal.append(tx, place, "label_added", audience="a")
                if dice.random() < slow:
                    pause.wait(0.05)  # a verb that takes its time, with its fact made already
                return fact.id

            for _ in range(each):
                fact = servers[number % SERVERS].write_now(verb)
                made[fact] = time.monotonic()

        def follow(reader: Reader) -> None:
            while not over.is_set():
                reader.look()
                over.wait(0.002)
            reader.look()

        readers = [Reader(opened(house, url)), Reader(opened(house, url), naive=True)]
        following = [threading.Thread(target=follow, args=(one,)) for one in readers]
        writing = [threading.Thread(target=writes, args=(number,)) for number in range(WRITERS)]
        began = time.monotonic()
        for one in (*following, *writing):
            one.start()
        for one in writing:
            one.join()
        seconds = time.monotonic() - began
        over.set()
        for one in following:
            one.join()
        return Run(made, readers[0], readers[1], seconds)


def opened(house: ExitStack, url: str) -> Database:
    database = Database(url, SystemClock(), readers=2)
    forming.migrate(database.engine)
    database.start()
    house.callback(database.close)
    return database


def test_whoever_follows_the_positions_misses_nothing_and_whoever_follows_the_ids_does(url: str, seed: int) -> None:
    done = run(url, seed, 150)
    missed = done.made.keys() - done.followed.seen.keys()
    print(
        f"\npositions: seed {seed}, {len(done.made)} facts by {SERVERS} servers in {done.seconds:.1f} s, missed"
        f" {len(missed)}; by ids: {len(done.made.keys() - done.naive.seen.keys())}"
    )
    assert missed == set()
    assert done.made.keys() - done.naive.seen.keys(), "the naive reader should have missed some"


def test_a_strangers_long_transaction_delays_nobody(url: str, seed: int) -> None:
    with ExitStack() as house:
        opened(house, url)
    with psycopg.connect(url) as stranger:
        stranger.execute("BEGIN ISOLATION LEVEL SERIALIZABLE")
        stranger.execute("SELECT txid_current()")
        stranger.execute("SELECT count(*) FROM facts")
        done = run(url, seed, 60, slow=0.0)
    late = quantiles(done.lags, n=100)[98]
    assert done.made.keys() == done.followed.seen.keys()
    assert late < 0.25, f"99 of 100 within {late:.3f} s"


@pytest.mark.long
def test_what_positions_cost(server: engines.Postgres, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Facts a second with positions given at the commit, as a share of those without any order at all."""
    rates: dict[str, list[float]] = {"numbered": [], "naive": []}
    for one in range(4):
        for how in ("numbered", "naive"):
            with monkeypatch.context() as patch:
                if how == "naive":
                    patch.setattr(db, "_finishing", [])
                done = run(server.new_database(), seed + one, 250, slow=0.0)
            rates[how].append(len(done.made) / done.seconds)
    share = median(rates["numbered"]) / median(rates["naive"])
    print(f"\npositions: seed {seed}, {median(rates['numbered']):.0f} facts a second, {share:.2f} of the naive rate")
