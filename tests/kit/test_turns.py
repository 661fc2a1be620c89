"""Questions that wait are asked together, and each gets its own answer."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError

from elbowroom.kit import turns as kit
from elbowroom.kit.db import Database, Read
from elbowroom.kit.problems import Refused, not_found
from elbowroom.kit.turns import MOST, NEWCOMERS, Turns
from tests.kit.conftest import words

_word = select(words.c.word).where(words.c.id == bindparam("id"))


class Counted(Database):
    """Counts its transactions."""

    reads = 0

    def _ask(self, question: Callable[[Read], Any]) -> Any:
        self.reads += 1
        return super()._ask(question)


@pytest.fixture
def counted(store: Database, monkeypatch: pytest.MonkeyPatch) -> Counted:
    """No turn ends for being late: a machine that has more to do would make two of one."""
    monkeypatch.setattr(kit, "TURN_FOR", 60)
    store.__class__ = Counted
    assert isinstance(store, Counted)
    return store


def told(store: Database, story: Callable[[Turns], Coroutine[Any, Any, Any]]) -> Any:
    async def begin() -> Any:
        return await story(Turns(store))

    return asyncio.run(begin())


def refuses(_read: Read) -> None:
    raise not_found("ticket")


def fails(read: Read) -> None:
    read.run(text("SELECT nothing FROM nowhere"))


def answers(number: int) -> Callable[[Read], int]:
    return lambda read: int(read.value(text(f"SELECT {number}")))


def test_what_waits_is_asked_in_one_transaction(counted: Counted) -> None:
    async def story(turns: Turns) -> list[int]:
        return await asyncio.gather(*(turns.ask(answers(number)) for number in range(MOST)))

    assert told(counted, story) == list(range(MOST))
    assert counted.reads == 1


def test_who_is_refused_and_who_failed_take_nobody_with_them(counted: Counted) -> None:
    """On PostgreSQL a failed statement spoils its transaction: those behind it are asked in another."""

    async def story(turns: Turns) -> list[Any]:
        asked = (answers(1), refuses, answers(2), fails, answers(3), fails, answers(4))
        return await asyncio.gather(*map(turns.ask, asked), return_exceptions=True)

    one, refused, two, failed, three, again, four = told(counted, story)
    assert (one, two, three, four) == (1, 2, 3, 4)
    assert isinstance(refused, Refused)
    assert isinstance(failed, DBAPIError)
    assert isinstance(again, DBAPIError)
    assert counted.reads == 3


def test_a_turn_has_an_end_and_order_is_kept(counted: Counted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kit, "TURN_FOR", -1.0)
    came: list[int] = []

    async def one(turns: Turns, number: int) -> None:
        came.append(await turns.ask(answers(number)))

    async def story(turns: Turns) -> None:
        await asyncio.gather(*(one(turns, number) for number in range(9)))

    told(counted, story)
    assert (came, counted.reads) == (list(range(9)), 9)


def test_newcomers_stand_in_a_line_of_their_own(counted: Counted) -> None:
    came: list[str] = []

    async def one(turns: Turns, name: str, newcomer: bool) -> None:
        await turns.ask(answers(1), newcomer=newcomer)
        came.append(name)

    async def story(turns: Turns) -> None:
        herd = (one(turns, "herd", True) for _ in range(3 * MOST))
        await asyncio.gather(*herd, one(turns, "her ticket", False))

    told(counted, story)
    assert came.index("her ticket") <= 4 * NEWCOMERS < 3 * MOST, "though a hundred came before her"
    assert len(came) == 3 * MOST + 1


def test_it_begins_after_it_was_asked(counted: Counted) -> None:
    """What was stored while another turn was under way is seen by who asks then."""
    heard: list[Any] = []

    async def story(turns: Turns) -> None:
        loop = asyncio.get_running_loop()
        second: asyncio.Future[asyncio.Task[Any]] = loop.create_future()

        def look(read: Read) -> str | None:
            return next((row["word"] for row in read.same(_word, {"id": 1})), None)

        def first(read: Read) -> None:
            heard.append(look(read))
            counted.write_now(lambda tx: tx.run(insert(words).values(id=1, word="lamp")))
            loop.call_soon_threadsafe(lambda: second.set_result(asyncio.create_task(turns.ask(look))))
            heard.append(look(read))

        await turns.ask(first)
        heard.append(await (await second))

    told(counted, story)
    assert heard == [None, None, "lamp"]


def test_who_is_cancelled_keeps_nobody_waiting(counted: Counted) -> None:
    async def story(turns: Turns) -> int:
        gone = [asyncio.create_task(turns.ask(answers(0))) for _ in range(2 * MOST)]
        stays = asyncio.create_task(turns.ask(answers(7)))
        await asyncio.sleep(0)
        for one in gone:
            one.cancel()
        return await stays

    assert told(counted, story) == 7


def test_a_connection_that_broke_in_the_middle_costs_nobody_the_answer(counted: Counted) -> None:
    hung_up: list[int] = []

    def breaks_once(read: Read) -> int:
        if not hung_up:
            hung_up.append(1)
            raise DBAPIError("SELECT 2", {}, ConnectionError(), connection_invalidated=True)
        return 2

    async def story(turns: Turns) -> list[int]:
        return await asyncio.gather(*map(turns.ask, (answers(1), breaks_once, answers(3))))

    assert told(counted, story) == [1, 2, 3]
    assert counted.reads == 2


def test_a_store_that_is_gone_is_told_to_all_who_wait(counted: Counted) -> None:
    async def story(turns: Turns) -> list[Any]:
        counted.close()
        return await asyncio.gather(*(turns.ask(answers(1)) for _ in range(5)), return_exceptions=True)

    assert {type(one) for one in told(counted, story)} == {RuntimeError}
