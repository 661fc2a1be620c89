"""The one store of truth: reads in threads, writes in threads of their own with group commit.

A verb gets a `Tx`, a question a `Read`; neither may wait for anything but the database, so both are plain functions.
A verb may be carried out more than once until it is committed, so it changes nothing but the store.
"""

import asyncio
import queue
import random
import threading
import time
import unicodedata
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

import structlog
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    Engine,
    Executable,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
)
from sqlalchemy.exc import DBAPIError

from elbowroom.kit import failpoints
from elbowroom.kit.clock import Clock
from elbowroom.kit.stores import postgres, sqlite

T = TypeVar("T")
log = structlog.get_logger("db")
metadata = MetaData()
Number = BigInteger().with_variant(Integer(), "sqlite")  # 64 bits; SQLite counts up only in what it calls INTEGER
Sorted = String().with_variant(String(collation="C"), "postgresql")  # a text that is sorted by, the same everywhere
GROUP = 64
TRIES, ALONE_FROM = 12, 4  # of a group that others were in the way of
_finishing: list[Callable[[Connection, list[Any]], None]] = []


class CommitFailed(Exception):
    """The commit of a whole group failed: nothing of it is stored, the same command may be sent again.

    Where the connection broke during the COMMIT itself it may be stored after all; a command's id tells then.
    """


def before_commit(listener: Callable[[Connection, list[Any]], None]) -> None:
    """Registers what is done last in each transaction, with all facts that were appended in it."""
    if listener not in _finishing:
        _finishing.append(listener)


def dialect(url: str) -> ModuleType:
    """What differs between the stores. Raises ValueError with a mend for an address of another one."""
    scheme = url.partition(":")[0]
    if scheme == "sqlite":
        return sqlite
    if scheme in {"postgresql", "postgres"}:
        return postgres
    raise ValueError(f"{scheme}:// is no store of this desk; write sqlite:///… or postgresql://user:password@host/name")


@dataclass
class Read:
    """A question's view of the store: one transaction, one moment."""

    connection: Connection
    now: float
    answers: dict[Any, Sequence[RowMapping]] | None = None  # None while it may write: what was read may change

    def run(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        return self.connection.execute(statement, values)

    def rows(self, statement: Executable, values: Any = None) -> Sequence[RowMapping]:
        return self.run(statement, values).mappings().all()

    def same(self, statement: Executable, values: dict[str, Any]) -> Sequence[RowMapping]:
        """The rows, asked for once however often they are wanted. The statement is one that was made once as well."""
        if self.answers is None:
            return self.rows(statement, values)
        asked = statement, *values.values()
        if asked not in self.answers:
            self.answers[asked] = self.rows(statement, values)
        return self.answers[asked]

    def first(self, statement: Executable, values: Any = None) -> RowMapping | None:
        return self.run(statement, values).mappings().first()

    def value(self, statement: Executable, values: Any = None) -> Any:
        return self.run(statement, values).scalar()

    @property
    def is_postgres(self) -> bool:
        return self.connection.dialect.name == "postgresql"


@dataclass
class Tx(Read):
    """A write transaction. `facts` are those appended so far; `told` goes out on the bus after COMMIT."""

    facts: list[Any] = field(default_factory=list)
    told: list[tuple[str, Any]] = field(default_factory=list)
    command: str | None = None

    def tell(self, topic: str, what: Any) -> None:
        self.told.append((topic, what))

    def insert(self, table: Table) -> Any:
        """The store's own INSERT, which knows ON CONFLICT."""
        return (postgres if self.is_postgres else sqlite).insert_into(table)


@dataclass
class _Work:
    verb: Callable[[Tx], Any]
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None


class Database:
    """Opens the store and keeps its writers. `listeners` hear what was told once it is committed, in any thread."""

    def __init__(self, url: str, clock: Clock, readers: int = 6) -> None:
        self.url, self.clock = url, clock
        self.store = dialect(url)
        self.listeners: list[Callable[[list[tuple[str, Any]]], None]] = []
        self._writer_engine: Engine = self.store.engine(url, self.store.writers, writes=True)
        self._reader_engine: Engine = self.store.engine(url, readers, writes=False)
        self._threads = ThreadPoolExecutor(readers, thread_name_prefix="read")
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._writers = [
            threading.Thread(target=self._write_all, name=f"writer {number}", daemon=True)
            for number in range(self.store.writers)
        ]
        self._started = False
        self._closed = False

    @property
    def serves_one(self) -> bool:
        """True where no other server process may have this store open."""
        return self.store is sqlite

    @property
    def engine(self) -> Engine:
        return self._writer_engine

    def start(self) -> None:
        self._started = True
        for writer in self._writers:
            writer.start()

    def close(self) -> None:
        """Ends the writers after what is queued, then the readers. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._started:
            for _ in self._writers:
                self._queue.put(None)
            for writer in self._writers:
                writer.join()
        self._threads.shutdown(wait=True)
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    # asking
    def read_now(self, question: Callable[[Read], T]) -> T:
        try:
            return self._ask(question)
        except DBAPIError as failed:  # a connection that broke while it rested is no answer
            if not failed.connection_invalidated:
                raise
            return self._ask(question)

    def _ask(self, question: Callable[[Read], T]) -> T:
        with self._reader_engine.connect() as connection, connection.begin():
            return question(Read(connection, self.clock.now(), {}))

    async def read(self, question: Callable[[Read], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, question)

    # writing
    def write_now(self, verb: Callable[[Tx], T]) -> T:
        """Waits for the commit; for threads and the command line, never for the event loop."""
        return self._submit(verb).result()  # type: ignore[no-any-return]

    async def write(self, verb: Callable[[Tx], T]) -> T:
        """Runs the verb in a writer thread; returns after COMMIT. What the verb raises is raised here."""
        # Shielded: a client that hangs up must not cancel a command that is already being carried out.
        return await asyncio.shield(asyncio.wrap_future(self._submit(verb)))

    def _submit(self, verb: Callable[[Tx], Any]) -> Future[Any]:
        if self._closed:
            raise CommitFailed("the desk is shutting down")
        work = _Work(verb, Future())
        self._queue.put(work)
        return work.future

    def _write_all(self) -> None:
        while (first := self._queue.get()) is not None:
            group = [first]
            ended = False
            while len(group) < GROUP and not self._queue.empty():
                if (more := self._queue.get()) is None:
                    ended = True
                    break
                group.append(more)
            self._write_group(group)
            if ended:
                return

    def _write_group(self, group: list[_Work]) -> None:
        try:
            told = self._committed(group)
        except Exception as failed:  # noqa: BLE001  the group shares one fate, whatever the driver raised
            log.error("commit failed", error=str(failed), commands=len(group))
            for work in group:
                work.future.set_exception(CommitFailed(str(failed)))
            return
        if told:
            failpoints.reach("committed")
        for listener in self.listeners if told else ():
            try:
                listener(told)
            except Exception:  # what is stored is stored, and the writer must live
                log.exception("listener failed")
        if told:
            failpoints.reach("published")
        for work in group:
            if work.error is not None:
                work.future.set_exception(work.error)
            else:
                work.future.set_result(work.result)

    def _committed(self, group: list[_Work]) -> list[tuple[str, Any]]:
        """Carries the group out until nobody was in its way. Returns what is to be told."""
        for tried in range(TRIES):
            alone = tried >= ALONE_FROM
            try:
                return self._carry_out(group, alone)
            except CommitFailed:
                raise
            except Exception as failed:
                again = self.store.is_conflict(failed, alone=alone) or self.store.is_lost(failed)
                if tried + 1 == TRIES or not again:
                    raise
                time.sleep(random.uniform(0, 0.004 * (tried + 1)))  # noqa: S311  no secret
        raise AssertionError("unreachable")

    def _carry_out(self, group: list[_Work], alone: bool) -> list[tuple[str, Any]]:
        """Once; raises CommitFailed where nobody can tell whether it is stored."""
        committing = False
        try:
            with self._writer_engine.connect() as connection, connection.begin():
                told = self._do_all(connection, group, alone)
                committing = True
        except Exception as failed:
            if committing and not self.store.is_conflict(failed, alone=alone):
                raise CommitFailed(str(failed)) from failed
            raise
        return told

    def _do_all(self, connection: Connection, group: list[_Work], alone: bool) -> list[tuple[str, Any]]:
        told: list[tuple[str, Any]] = []
        made: list[Any] = []
        self.store.begin_turn(connection, alone=alone)
        for work in group:
            tx = Tx(connection, self.clock.now())
            work.result, work.error = None, None
            try:
                with connection.begin_nested():
                    work.result = work.verb(tx)
                told += tx.told
                made += tx.facts
            except Exception as refused:
                if self.store.is_conflict(refused, alone=alone):
                    raise
                work.error = refused  # for whoever asked; its savepoint is rolled back
            self.store.require_transaction(connection)
        for listener in _finishing:
            listener(connection, made)
        if told:
            failpoints.reach("committing")
        return told


def folded(text: str | None) -> str | None:
    """One form for comparing: Unicode case folding, compatibility forms, no outer blanks."""
    return None if text is None else unicodedata.normalize("NFKC", text).casefold().strip()


def only_server(url: str, folder: Path) -> AbstractContextManager[object]:
    """SQLite serves one process: held for this one, or DatabaseBusy is raised. PostgreSQL serves any number."""
    return cast("AbstractContextManager[object]", dialect(url).only_server(folder))
