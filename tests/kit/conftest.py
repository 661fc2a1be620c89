"""A store with no desk around it."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Column, Integer, String, Table

import elbowroom.app  # noqa: F401  every table
from elbowroom.kit import journal
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.db import Database, metadata

words = Table(
    "words_of_tests", metadata.__class__(), Column("id", Integer, primary_key=True), Column("word", String, unique=True)
)


@pytest.fixture
def clock() -> TravelClock:
    return TravelClock()


@pytest.fixture
def store(tmp_path: Path, clock: TravelClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Nobody listens within its transactions."""
    monkeypatch.setattr(journal, "_within", [])
    monkeypatch.setattr(journal, "_carriers", {})
    store = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}", clock)
    with store.engine.connect() as connection, connection.begin():
        for table in (journal.facts, journal.places, journal.kept, *(metadata.tables[n] for n in ("commands", "jobs"))):
            table.create(connection)
        words.create(connection)
    store.start()
    store.write_now(journal.new_epoch)
    yield store
    store.close()


@pytest.fixture(autouse=True)
def own_log(overheard: None) -> Iterator[None]:
    """The command line sets up the log of its process; the next test's is as it was."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    yield
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers
