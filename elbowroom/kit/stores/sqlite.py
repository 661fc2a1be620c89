"""SQLite as the store: WAL, synchronous=FULL, BEGIN IMMEDIATE, one writer, one server process."""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.pool import QueuePool

OLDEST = (3, 35)  # RETURNING
writers = 1
insert_into = insert


class DatabaseBusy(Exception):
    """Another process holds this data folder; SQLite serves exactly one."""


def engine(url: str, pool: int, *, writes: bool) -> Engine:
    made = create_engine(
        url, poolclass=QueuePool, pool_size=pool, max_overflow=0, connect_args={"check_same_thread": False},
        hide_parameters=True,  # an error's words go to the log, what people wrote must not
    )  # fmt: skip
    event.listen(made, "connect", _prepare)
    event.listen(made, "begin", _begin_immediate if writes else _begin)
    return made


def begin_turn(_connection: Connection, *, alone: bool) -> None:
    """Nothing to do: BEGIN IMMEDIATE let this transaction alone in."""


def require_transaction(connection: Connection) -> None:
    """A full disk makes SQLite undo all of it at once; the next savepoint would then commit by itself."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection) and not driver.in_transaction:
        raise sqlite3.OperationalError("the store undid the whole transaction")


def is_conflict(_error: BaseException, *, alone: bool) -> bool:
    """Writers follow each other here, so none is ever in another's way."""
    return False


def is_lost(_error: BaseException) -> bool:
    """A file does not go away."""
    return False


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; ours is explicit
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def too_old() -> str | None:
    """The version where it lacks RETURNING, None where it will do."""
    return sqlite3.sqlite_version if sqlite3.sqlite_version_info < OLDEST else None


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
