"""A store with no desk around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, String, Table

import elbowroom.app  # noqa: F401  every table
from elbowroom.kit import journal
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.db import Database, metadata
from tests import engines

words = Table(
    "words_of_tests", metadata.__class__(), Column("id", Integer, primary_key=True), Column("word", String, unique=True)
)


@pytest.fixture
def clock() -> TravelClock:
    return TravelClock()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ("facts", "feed", "places", "kept", "commands", "jobs")
    return engines.formed(tmp_path_factory.mktemp("empty"), [*(metadata.tables[name] for name in names), words])


@pytest.fixture
def store(empty: Path, tmp_path: Path, clock: TravelClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """Nobody listens within its transactions."""
    monkeypatch.setattr(journal, "_within", [])
    monkeypatch.setattr(journal, "_carriers", {})
    store = Database(engines.address(engines.copied(empty, tmp_path)), clock)
    store.start()
    store.write_now(journal.new_epoch)
    yield store
    store.close()
    engines.dropped(tmp_path)
