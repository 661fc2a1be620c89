"""A SQLite file as a whole: copied while it is written to, opened where nobody writes, and looked at for damage."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from elbowroom.kit.stores.whole import Watch

PAGES = 2000  # between two such steps the progress is told


def copy_pages(connection: Connection, file: Path, watch: Watch) -> None:
    """SQLite's own pages as of this one moment, into a new file. Writers go on meanwhile."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    connection.execute(text("SELECT 1 FROM sqlite_master")).all()  # holds the moment; else a write starts it all anew
    with closing(sqlite3.connect(file)) as target:
        driver.backup(
            target, pages=PAGES, progress=lambda _state, left, of: watch("copying the database", of - left, of)
        )
        target.execute("PRAGMA journal_mode=DELETE")  # so that nothing lies beside the file


def frozen(file: Path) -> Engine:
    """A SQLite file that nobody changes, opened for reading alone."""
    address = f"file:{file.resolve()}?mode=ro&immutable=1"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True)

    return create_engine("sqlite://", creator=connect, poolclass=NullPool, hide_parameters=True)


def damage(connection: Connection) -> str | None:
    """SQLite's own words on what is broken in its file."""
    said = connection.execute(text("PRAGMA integrity_check(1)")).scalar()
    if said == "ok":
        lost = connection.execute(text("PRAGMA foreign_key_check")).first()
        said = "ok" if lost is None else f"a row of {lost[0]} points to one of {lost[2]} that is not there"
    return None if said == "ok" else str(said)
