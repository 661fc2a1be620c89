"""The disk of the power cuts itself: SQLite keeps its word on it where it may sync, and only there."""

import random
import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.disk import Record, images, lay
from tests.faults.layer import recording

pytestmark = pytest.mark.faults

ROWS, ROUNDS, CUTS = 200, 60, 100


def worked_on(folder: Path, mode: str, synchronous: str, seed: int) -> Record:
    """Each round changes every row and says its number once it is committed."""
    folder.mkdir()
    dice = random.Random(seed)
    with recording(folder) as record:
        store = sqlite3.connect(folder / "store.sqlite3", isolation_level=None)
        for pragma in (f"journal_mode={mode}", f"synchronous={synchronous}", "wal_autocheckpoint=200"):
            store.execute(f"PRAGMA {pragma}")
        store.execute("CREATE TABLE rows(id INTEGER PRIMARY KEY, round INTEGER, filling BLOB)")
        store.execute("CREATE INDEX by_round ON rows(round, id)")
        for number in range(1, ROUNDS):
            rows = [(one, number, dice.randbytes(dice.randint(10, 400))) for one in range(ROWS)]
            store.execute("BEGIN IMMEDIATE")
            store.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?)", rows)
            store.execute("COMMIT")
            record.said(number)
        store.close()
    return record


def after_cuts(record: Record, seed: int, folder: Path) -> Counter[str]:
    """What came of so many stores: whole, lost (an older round than was acknowledged), torn (of two), or broken."""
    dice, became = random.Random(seed), Counter[str]()
    moments = [dice.randint(0, len(record.steps)) for _ in range(CUTS)]
    for number, (at, image) in enumerate(images(record, moments, dice)):
        acknowledged = max(record.words(at), default=0)
        became[fate(lay(image, folder / str(number)), acknowledged)] += 1
    return became


def fate(folder: Path, acknowledged: int) -> str:
    store = sqlite3.connect(folder / "store.sqlite3")
    try:
        if store.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            return "broken"
        if not store.execute("SELECT 1 FROM sqlite_schema WHERE name = 'by_round'").fetchall():
            return "lost" if acknowledged else "whole"
        rounds = store.execute("SELECT round, count(*) FROM rows GROUP BY round").fetchall()
    except sqlite3.DatabaseError:
        return "broken"
    finally:
        store.close()
    if len(rounds) > 1 or any(count != ROWS for _, count in rounds):
        return "torn"
    return "lost" if (rounds[0][0] if rounds else 0) < acknowledged else "whole"


@pytest.mark.parametrize("mode", ["WAL", "DELETE", "TRUNCATE"])
def test_a_store_that_syncs_is_whole_after_any_cut(mode: str, tmp_path: Path, seed: int) -> None:
    record = worked_on(tmp_path / "store", mode, "EXTRA", seed)
    assert after_cuts(record, seed, tmp_path / "left") == {"whole": CUTS}


def test_one_that_syncs_less_loses_and_is_not_torn(tmp_path: Path, seed: int) -> None:
    became = after_cuts(worked_on(tmp_path / "store", "WAL", "NORMAL", seed), seed, tmp_path / "left")
    assert set(became) == {"whole", "lost"}


@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
def test_one_that_never_syncs_breaks(mode: str, tmp_path: Path, seed: int) -> None:
    became = after_cuts(worked_on(tmp_path / "store", mode, "OFF", seed), seed, tmp_path / "left")
    assert became["broken"] > 0


def test_a_journal_whose_deletion_was_not_synced_comes_back(tmp_path: Path, seed: int) -> None:
    """synchronous=FULL does not sync the folder there, EXTRA does; so the folder's part of a cut is looked at too."""
    became = after_cuts(worked_on(tmp_path / "store", "DELETE", "FULL", seed), seed, tmp_path / "left")
    assert set(became) == {"whole", "lost"}
