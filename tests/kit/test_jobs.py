"""Work that must be done at least once: leased, taken over, tried again, given up in the end."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from elbowroom.kit import jobs as module
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.db import CommitFailed, Database
from elbowroom.kit.jobs import LEASE_FOR, Again, Handler, Job, Worker, backoff, enqueue, jobs, lease_due
from tests.cast import eventually


def wants(store: Database, kind: str = "deliver", **more: Any) -> int:
    job: int = store.write_now(lambda tx: enqueue(tx, kind, {"message": 7}, **more))
    return job


def leases(store: Database, lease: str = "mine", limit: int = 10) -> list[Job]:
    taken: list[Job] = store.write_now(lambda tx: lease_due(tx, lease, limit))
    return taken


def rows(store: Database) -> list[dict[str, Any]]:
    return [dict(row) for row in store.read_now(lambda read: read.rows(select(jobs).order_by(jobs.c.id)))]


def works(
    store: Database,
    handler: Callable[[Job], Awaitable[None]],
    until: Callable[[], bool],
    at_once: int = 8,
    **more: Handler,
) -> None:
    """A worker carries out what is due until the condition holds."""

    async def story() -> None:
        worker = Worker(store, {"deliver": handler, **more}, at_once)
        running = asyncio.create_task(worker.run())
        async with asyncio.timeout(8):
            while not until():
                worker.wake()
                await asyncio.sleep(0.002)
        running.cancel()
        await asyncio.gather(running, *worker._running, return_exceptions=True)

    asyncio.run(story())


def test_a_job_is_done_once_and_goes(store: Database) -> None:
    done: list[Job] = []

    async def handler(job: Job) -> None:
        done.append(job)

    wants(store)
    works(store, handler, lambda: not rows(store))
    assert [(job.kind, job.data, job.tries) for job in done] == [("deliver", {"message": 7}, 1)]


def test_nothing_is_done_before_its_time(store: Database, clock: TravelClock) -> None:
    wants(store, due_at=clock.now() + 10)
    assert leases(store) == []
    clock.travel(10)
    assert [job.data for job in leases(store)] == [{"message": 7}]


def test_it_commits_with_the_change_that_wants_it(store: Database) -> None:
    def verb(tx: Any) -> None:
        enqueue(tx, "deliver", {})
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        store.write_now(verb)
    assert rows(store) == []


def test_two_workers_never_hold_the_same(store: Database) -> None:
    for _ in range(5):
        wants(store)
    first, second = leases(store, "one", 3), leases(store, "two", 10)
    assert (len(first), len(second)) == (3, 2)
    assert not {job.id for job in first} & {job.id for job in second}


def test_a_silent_workers_job_is_taken_over_and_its_word_no_longer_counts(store: Database, clock: TravelClock) -> None:
    wants(store)
    worker = Worker(store, {})
    (job,) = leases(store, worker.lease)
    clock.travel(LEASE_FOR)
    assert leases(store, "another") == []
    clock.travel(1)
    (again,) = leases(store, "another")
    assert (again.id, again.tries) == (job.id, 2)
    store.write_now(lambda tx: worker._done(tx, job))
    asyncio.run(worker._later(job, 0, "late"))
    assert [(row["lease"], row["error"]) for row in rows(store)] == [("another", None)]


def test_a_long_job_keeps_its_lease_by_beating(
    store: Database, clock: TravelClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LEASE_FOR", 0.15)
    tries: list[int] = []

    def beaten() -> bool:
        return bool(rows(store)[0]["leased_until"] >= clock.now() + 0.14)

    async def slow(job: Job) -> None:
        tries.append(job.tries)
        for _ in range(5):  # longer than one lease, in steps that a beat can follow
            clock.travel(0.05)
            await asyncio.to_thread(eventually, beaten, "the lease was renewed")

    wants(store)
    works(store, slow, lambda: not rows(store))
    assert tries == [1]


def test_a_worker_that_holds_all_there_is_writes_nothing(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    takings: list[str] = []
    polls: list[None] = []
    take = Worker._take

    async def polled(self: Worker, room: int) -> list[Job]:
        taken = await take(self, room)
        polls.append(None)
        return taken

    def counted(tx: Any, lease: str, limit: int) -> list[Job]:
        takings.append(lease)
        return lease_due(tx, lease, limit)

    async def handler(_job: Job) -> None:
        await asyncio.to_thread(eventually, lambda: len(polls) > 5, "the worker looked again and again")

    monkeypatch.setattr(Worker, "_take", polled)
    monkeypatch.setattr(module, "lease_due", counted)
    wants(store)
    works(store, handler, lambda: not rows(store))
    assert len(takings) == 1


def test_again_comes_back_after_as_long_as_was_said(store: Database, clock: TravelClock) -> None:
    tries: list[int] = []

    async def handler(job: Job) -> None:
        tries.append(job.tries)
        if len(tries) == 1:
            raise Again(30, "greylisted")

    wants(store)
    works(store, handler, lambda: bool(tries) and rows(store)[0]["lease"] is None)
    assert (rows(store)[0]["due_at"], rows(store)[0]["error"]) == (clock.now() + 30, "greylisted")
    clock.travel(30)
    works(store, handler, lambda: not rows(store))
    assert tries == [1, 2]


def test_what_fails_is_tried_later_and_ends_no_worker(store: Database, clock: TravelClock) -> None:
    done: list[int] = []

    async def handler(job: Job) -> None:
        if job.data["message"] == 7 and job.tries == 1:
            raise RuntimeError("the mail server exploded")
        done.append(job.id)

    first = wants(store)
    works(store, handler, lambda: rows(store)[0]["error"] is not None)
    assert 4 < rows(store)[0]["due_at"] - clock.now() < 6
    assert "exploded" in rows(store)[0]["error"]
    clock.travel(6)
    works(store, handler, lambda: not rows(store))
    assert done == [first]


def test_at_the_end_of_patience_it_is_given_up_and_stays_to_be_seen(store: Database, clock: TravelClock) -> None:
    async def handler(_job: Job) -> None:
        raise Again(20, "421 too busy")

    wants(store, give_up_for=30)
    works(store, handler, lambda: rows(store)[0]["error"] is not None)
    assert rows(store)[0]["failed_at"] is None
    clock.travel(20)
    works(store, handler, lambda: rows(store)[0]["failed_at"] is not None)
    clock.travel(10_000)
    assert leases(store) == []
    assert rows(store)[0]["error"] == "421 too busy"


def test_an_effect_whose_done_was_lost_comes_again(
    store: Database, clock: TravelClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects: list[int] = []
    done = Worker._done

    async def handler(job: Job) -> None:
        effects.append(job.tries)

    def lost(self: Worker, tx: Any, job: Job) -> None:
        if job.tries == 1:
            raise CommitFailed("disk full")
        done(self, tx, job)

    monkeypatch.setattr(Worker, "_done", lost)
    wants(store)
    works(store, handler, lambda: rows(store)[0]["error"] is not None)
    clock.travel(6)
    works(store, handler, lambda: not rows(store))
    assert effects == [1, 2]


def test_a_store_that_fails_for_a_while_does_not_end_the_worker(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    take, failing = Worker._take, [3]

    async def handler(job: Job) -> None:
        done.append(job.id)

    async def fails(self: Worker, room: int) -> list[Job]:
        if failing[0]:
            failing[0] -= 1
            raise CommitFailed("disk full")
        return await take(self, room)

    monkeypatch.setattr(Worker, "_take", fails)
    wants(store)
    works(store, handler, lambda: bool(done))


def test_a_worker_that_stops_lets_end_what_ends_and_gives_the_rest_back(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "END_FOR", 0.2)
    begun: list[str] = []

    async def story() -> None:
        ends = asyncio.Event()

        async def quick(_job: Job) -> None:
            begun.append("quick")
            await ends.wait()

        async def endless(_job: Job) -> None:
            begun.append("endless")
            await asyncio.Event().wait()

        worker = Worker(store, {"deliver": quick, "fetch": endless})
        running = asyncio.create_task(worker.run())
        await asyncio.to_thread(eventually, lambda: len(begun) == 2, "both are under way")
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        ends.set()
        await worker.stop()

    wants(store)
    wants(store, "fetch")
    asyncio.run(story())
    assert [(row["kind"], row["lease"], row["error"]) for row in rows(store)] == [("fetch", None, None)]
    assert [job.kind for job in leases(store, "another")] == ["fetch"]


def test_an_unknown_kind_waits_for_a_version_that_knows_it(store: Database) -> None:
    async def handler(_job: Job) -> None:
        raise AssertionError("not mine")

    wants(store, "brew coffee")
    works(store, handler, lambda: rows(store)[0]["error"] is not None)
    assert "brew coffee" in rows(store)[0]["error"]


def test_no_more_at_once_than_told(store: Database) -> None:
    now, most, done = [0], [0], [0]

    async def handler(_job: Job) -> None:
        now[0] += 1
        most[0] = max(most[0], now[0])
        await asyncio.sleep(0.003)
        now[0] -= 1
        done[0] += 1

    for _ in range(9):
        wants(store)
    works(store, handler, lambda: done[0] == 9, at_once=2)
    assert most == [2]


def test_the_pause_between_tries_doubles_up_to_half_an_hour() -> None:
    pauses = [backoff(tries) for tries in (1, 2, 3, 4, 20, 1000)]
    assert all(
        0.9 * wanted <= pause <= 1.1 * wanted for wanted, pause in zip((5, 10, 20, 40, 1800, 1800), pauses, strict=True)
    )


@pytest.mark.parametrize("turns", range(4))
def test_an_ending_that_meets_a_word_is_heard(store: Database, turns: int) -> None:
    """Else the desk would never stop."""

    async def story() -> None:
        worker = Worker(store, {})
        running = asyncio.create_task(worker._rest())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        worker.wake()
        for _ in range(turns):
            await asyncio.sleep(0)
        over = running.done()
        running.cancel()
        (ended,) = await asyncio.gather(running, return_exceptions=True)
        assert over or isinstance(ended, asyncio.CancelledError)

    asyncio.run(story())
