"""The one store of truth: reads in threads, writes in one thread with group commit.

SQLite: WAL, synchronous=FULL, BEGIN IMMEDIATE. A verb gets a `Tx`, a question a `Read`; neither may wait for
anything but the database, so both are plain functions.
"""

import asyncio
import fcntl
import queue
import sqlite3
import threading
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, TypeVar

import structlog
from sqlalchemy import Connection, CursorResult, Engine, Executable, MetaData, RowMapping, create_engine, event
from sqlalchemy.pool import QueuePool

from elbowroom.kit.clock import Clock

T = TypeVar("T")
log = structlog.get_logger("db")
metadata = MetaData()
GROUP = 64


class DatabaseBusy(Exception):
    """Another process holds this data folder; SQLite serves exactly one."""


class CommitFailed(Exception):
    """The commit of a whole group failed: nothing of it is stored, the same command may be sent again."""


@dataclass
class Read:
    """A question's view of the store: one transaction, one moment."""

    connection: Connection
    now: float

    def run(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        return self.connection.execute(statement, values)

    def rows(self, statement: Executable, values: Any = None) -> Sequence[RowMapping]:
        return self.run(statement, values).mappings().all()

    def first(self, statement: Executable, values: Any = None) -> RowMapping | None:
        return self.run(statement, values).mappings().first()

    def value(self, statement: Executable, values: Any = None) -> Any:
        return self.run(statement, values).scalar()


@dataclass
class Tx(Read):
    """A write transaction. `facts` are those appended so far; `told` goes out on the bus after COMMIT."""

    facts: list[Any] = field(default_factory=list)
    told: list[tuple[str, Any]] = field(default_factory=list)
    command: str | None = None

    def tell(self, topic: str, what: Any) -> None:
        self.told.append((topic, what))


@dataclass
class _Work:
    verb: Callable[[Tx], Any]
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None


class Database:
    """Opens the store and keeps its one writer. `listen(topics)` hears what was told once it is committed."""

    def __init__(self, url: str, clock: Clock, readers: int = 6) -> None:
        self.url, self.clock = url, clock
        self.listeners: list[Callable[[list[tuple[str, Any]]], None]] = []
        self._writer_engine = _engine(url, pool=1)
        self._reader_engine = _engine(url, pool=readers)
        self._threads = ThreadPoolExecutor(readers, thread_name_prefix="read")
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_all, name="writer", daemon=True)
        self._started = False
        self._closed = False

    @property
    def engine(self) -> Engine:
        return self._writer_engine

    def start(self) -> None:
        self._started = True
        self._thread.start()

    def close(self) -> None:
        """Ends the writer after what is queued, then the readers. A second call does nothing."""
        if self._closed:
            return
        self._closed = True
        if self._started:
            self._queue.put(None)
            self._thread.join()
        self._threads.shutdown(wait=True)
        self._writer_engine.dispose()
        self._reader_engine.dispose()

    # asking
    def read_now(self, question: Callable[[Read], T]) -> T:
        with self._reader_engine.connect() as connection, connection.begin():
            return question(Read(connection, self.clock.now()))

    async def read(self, question: Callable[[Read], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, question)

    # writing
    def write_now(self, verb: Callable[[Tx], T]) -> T:
        """Waits for the commit; for threads and the command line, never for the event loop."""
        return self._submit(verb).result()  # type: ignore[no-any-return]

    async def write(self, verb: Callable[[Tx], T]) -> T:
        """Runs the verb in the writer thread; returns after COMMIT. What the verb raises is raised here."""
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
        told: list[tuple[str, Any]] = []
        try:
            with self._writer_engine.connect() as connection, connection.begin():
                for work in group:
                    told += self._carry_out(connection, work)
                    _require_transaction(connection)
        except Exception as failed:  # noqa: BLE001  the group shares one fate, whatever the driver raised
            log.error("commit failed", error=str(failed), commands=len(group))
            for work in group:
                work.future.set_exception(CommitFailed(str(failed)))
            return
        for listener in self.listeners if told else ():
            try:
                listener(told)
            except Exception:  # what is stored is stored, and the writer must live
                log.exception("listener failed")
        for work in group:
            if work.error is not None:
                work.future.set_exception(work.error)
            else:
                work.future.set_result(work.result)

    def _carry_out(self, connection: Connection, work: _Work) -> list[tuple[str, Any]]:
        tx = Tx(connection, self.clock.now())
        try:
            with connection.begin_nested():
                work.result = work.verb(tx)
        except Exception as refused:  # noqa: BLE001  handed to whoever asked; its savepoint is rolled back
            work.error = refused
            return []
        return tx.told


def _require_transaction(connection: Connection) -> None:
    """A full disk makes SQLite undo all of it at once; the next savepoint would then commit by itself."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        raise CommitFailed("the store undid the whole transaction")


def _engine(url: str, pool: int) -> Engine:
    if not url.startswith("sqlite"):
        raise NotImplementedError("only sqlite:/// addresses are served by this version")
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=pool, max_overflow=0, connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's words go to the log, what people wrote must not
    )  # fmt: skip
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin_immediate if pool == 1 else _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; ours is explicit
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.create_function("folded", 1, folded, deterministic=True)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def folded(text: str | None) -> str | None:
    """One form for comparing: Unicode case folding, compatibility forms, no outer blanks."""
    return None if text is None else unicodedata.normalize("NFKC", text).casefold().strip()


@contextmanager
def only_server(folder: Path) -> Iterator[IO[str]]:
    """Holds the data folder for this process; raises DatabaseBusy when another server has it."""
    folder.mkdir(parents=True, exist_ok=True)
    handle = (folder / "server.lock").open("w")
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise DatabaseBusy(
                f"another Elbowroom server is running on {folder}; end it first, or use PostgreSQL for several"
            ) from taken
        yield handle
    finally:
        handle.close()
