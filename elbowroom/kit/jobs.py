"""Work that must be done at least once, later and outside a transaction: a table with leases and heartbeats.

The row commits together with the change that wants it. A handler may run twice (a crash between its effect and
`done`), so each handler's effect must bear a repetition.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Float,
    Index,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)

from elbowroom.kit import failpoints
from elbowroom.kit.clock import token
from elbowroom.kit.db import Database, Number, Tx, metadata

log = structlog.get_logger("jobs")
LEASE_FOR = 60.0
POLL_FOR = 1.0
END_FOR = 3.0  # for what is under way when the server stops

jobs = Table(
    "jobs",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False),
    Column("data", JSON, nullable=False),
    Column("due_at", Float, nullable=False),
    Column("give_up_at", Float),
    Column("tries", Number, nullable=False, server_default="0"),
    Column("lease", String),
    Column("leased_until", Float),
    Column("failed_at", Float),
    Column("error", Text),
    Index("jobs_due", "failed_at", "due_at"),
    sqlite_autoincrement=True,
)


class Again(Exception):
    """Raised by a handler: not now, come back after `after` seconds."""

    def __init__(self, after: float, why: str = "") -> None:
        super().__init__(why or f"again in {after:.0f} s")
        self.after = after


@dataclass(frozen=True)
class Job:
    id: int
    kind: str
    data: dict[str, Any]
    tries: int
    give_up_at: float | None


Handler = Callable[[Job], Awaitable[None]]


def enqueue(
    tx: Tx, kind: str, data: dict[str, Any], *, due_at: float | None = None, give_up_for: float | None = None
) -> int:
    """Adds a job in this transaction; `due_at` is the clock's time, now by default."""
    due = tx.now if due_at is None else due_at
    give_up_at = None if give_up_for is None else due + give_up_for
    row = {"kind": kind, "data": data, "due_at": due, "give_up_at": give_up_at}
    job: int = tx.value(insert(jobs).values(**row).returning(jobs.c.id))
    tx.tell("jobs", None)
    return job


def hasten(tx: Tx, kind: str) -> None:
    """What waits for its time looks at once whether that has come."""
    waits = (jobs.c.kind == kind) & (jobs.c.due_at > tx.now)
    if tx.run(update(jobs).where(waits).values(due_at=tx.now)).rowcount:
        tx.tell("jobs", None)


def lease_due(tx: Tx, lease: str, limit: int) -> list[Job]:
    """Takes due jobs under a lease; one whose worker fell silent is taken over."""
    due = select(jobs.c.id).where(_due(tx.now)).order_by(jobs.c.due_at).limit(limit).with_for_update(skip_locked=True)
    taken = (
        update(jobs)
        .where(jobs.c.id.in_(due))
        .values(lease=lease, leased_until=tx.now + LEASE_FOR, tries=jobs.c.tries + 1)
        .returning(jobs.c.id, jobs.c.kind, jobs.c.data, jobs.c.tries, jobs.c.give_up_at)
    )
    return [Job(row["id"], row["kind"], row["data"], row["tries"], row["give_up_at"]) for row in tx.rows(taken)]


def _due(now: float) -> ColumnElement[bool]:
    """Its time has come, and no worker holds it."""
    free = jobs.c.leased_until.is_(None) | (jobs.c.leased_until < now)
    return jobs.c.failed_at.is_(None) & (jobs.c.due_at <= now) & free


def backoff(tries: int) -> float:
    """Seconds until the next try: 5 s doubling to 30 min, spread by a fifth."""
    return float(min(5 * 2 ** min(tries - 1, 12), 1800) * random.uniform(0.9, 1.1))  # noqa: S311  no secret


class Worker:
    """Carries out due jobs, at most `at_once` together; woken by the bus, else once a second."""

    def __init__(self, database: Database, handlers: dict[str, Handler], at_once: int = 8) -> None:
        self.database, self.handlers, self.at_once = database, handlers, at_once
        self.lease = token(8)
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()

    def wake(self, _what: object = None) -> None:
        self._wake.set()

    async def run(self) -> None:
        while True:
            room = self.at_once - len(self._running)
            try:
                taken = await self._take(room) if room else []
            except Exception as failed:  # noqa: BLE001  a store that fails for a while must not end the worker
                log.warning("the store does not answer", error=str(failed))
                taken = []
            for job in taken:
                task = asyncio.create_task(self._do(job))
                self._running.add(task)
                task.add_done_callback(self._ended)
            if len(taken) < room or not room:
                await self._rest()

    async def stop(self) -> None:
        """After `run` was cancelled: lets what is under way end, and gives back what does not, for others to take."""
        if self._running:
            await asyncio.wait(self._running, timeout=END_FOR)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.database.write(self._give_back)

    def _give_back(self, tx: Tx) -> None:
        tx.run(update(jobs).where(jobs.c.lease == self.lease).values(lease=None, leased_until=None))

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._wake.set()

    async def _rest(self) -> None:
        with suppress(TimeoutError):  # wait_for would swallow a cancelling that meets a word (Python 3.11)
            async with asyncio.timeout(POLL_FOR):
                await self._wake.wait()
        self._wake.clear()

    async def _take(self, room: int) -> list[Job]:
        # A look first: a desk that is idle, or busy with one long job, must not write (and fsync) every second.
        waiting = await self.database.read(
            lambda read: read.value(select(func.count()).select_from(jobs).where(_due(read.now)))
        )
        return await self.database.write(lambda tx: lease_due(tx, self.lease, room)) if waiting else []

    async def _do(self, job: Job) -> None:
        beat = asyncio.create_task(self._beat(job))
        try:
            failpoints.reach("taken")
            await self.handlers[job.kind](job)
            failpoints.reach("handled")
            await self.database.write(lambda tx: self._done(tx, job))
        except Again as again:
            await self._later(job, again.after, str(again))
        except Exception as failed:  # noqa: BLE001  a job must not end the worker
            log.warning("job failed", kind=job.kind, job=job.id, tries=job.tries, error=repr(failed))
            await self._later(job, backoff(job.tries), repr(failed))
        finally:
            beat.cancel()

    async def _beat(self, job: Job) -> None:
        def verb(tx: Tx) -> None:
            mine = (jobs.c.id == job.id) & (jobs.c.lease == self.lease)
            tx.run(update(jobs).where(mine).values(leased_until=tx.now + LEASE_FOR))

        while True:
            await asyncio.sleep(LEASE_FOR / 3)
            try:
                await self.database.write(verb)
            except Exception as failed:  # noqa: BLE001  the next beat may come through
                log.warning("a lease was not renewed", job=job.id, error=str(failed))

    def _done(self, tx: Tx, job: Job) -> None:
        tx.run(delete(jobs).where(jobs.c.id == job.id, jobs.c.lease == self.lease))

    async def _later(self, job: Job, after: float, why: str) -> None:
        def verb(tx: Tx) -> None:
            over = job.give_up_at is not None and tx.now + after > job.give_up_at
            tx.run(
                update(jobs)
                .where(jobs.c.id == job.id, jobs.c.lease == self.lease)
                .values(
                    lease=None,
                    leased_until=None,
                    due_at=tx.now + after,
                    error=why[:2000],
                    failed_at=tx.now if over else None,
                )
            )

        try:
            await self.database.write(verb)
        except Exception as failed:  # noqa: BLE001  the lease runs out, and the job is taken anew
            log.warning("a job could not be put off", job=job.id, error=str(failed))
