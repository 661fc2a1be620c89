"""The power fails at any moment: what was acknowledged is there when it is back, and everything is whole."""

import random
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from elbowroom.kit import journal
from elbowroom.kit.journal import Cursor
from elbowroom.kit.stores import sqlite
from tests.faults.disk import Record, images, lay
from tests.faults.layer import recording
from tests.faults.outside import AUTHORS, Acknowledged, Known, opened, recorded, send
from tests.faults.whole import findings

pytestmark = pytest.mark.faults


def moments(record: Record, count: int, dice: random.Random) -> list[int]:
    """Any, and as often the very moment after an acknowledgment."""
    told = [at for at, step in enumerate(record.steps, 1) if isinstance(step.word, Acknowledged)]
    return [dice.choice(told) if dice.random() < 0.5 else dice.randint(0, len(record.steps)) for _ in range(count)]


@dataclass
class Tally:
    """`cuts` with how many acknowledged commands before them; findings by their name."""

    cuts: int = 0
    twice: int = 0  # the power failed once more, while the desk came back
    acknowledged: int = 0
    sent_again: int = 0
    found: Counter[str] = field(default_factory=Counter)

    def count(self, found: list[Any]) -> None:
        self.found.update(one[0] for one in found)


def cut(record: Record, count: int, dice: random.Random, folder: Path) -> Tally:
    """Fails the power that often, opens each store that is left, and sends again what was not acknowledged."""
    tally, known, heard = Tally(), Known(), 0
    for number, (at, image) in enumerate(images(record, moments(record, count, dice), dice)):
        known.hear([step.word for step in record.steps[heard:at] if step.what == "said"])
        heard = at
        left = left_by(record, image, folder / str(number))
        note(left, known.noted, dice)
        now = Known(dict(known.asked), dict(known.done), known.noted)
        comes_back(left, now, tally, dice, again=dice.random() < 0.2)
        shutil.rmtree(left)
    return tally


def left_by(record: Record, image: dict[str, bytes], folder: Path) -> Path:
    """What the power cut left of the store, and the key, which was synced before the store knew of it."""
    shutil.copy(record.folder / "secret.key", lay(image, folder))
    return folder


def note(folder: Path, noted: Cursor | None, dice: random.Random) -> None:
    """The side file is not synced: there whole, in part, empty, or not there."""
    if noted is not None and dice.random() < 0.8:
        side_file = folder / "position.json"
        journal.note_position(side_file, noted)
        whole = side_file.read_bytes()
        side_file.write_bytes(whole[: dice.choice((len(whole), len(whole), len(whole) // 2, 0))])


def comes_back(folder: Path, known: Known, tally: Tally, dice: random.Random, *, again: bool) -> None:
    tally.cuts += 1
    tally.acknowledged += len(known.done)
    tally.sent_again += len(known.open)
    with recording(folder) as record, opened(folder) as own:
        if found := findings(own, known):
            tally.count(found)
            return
        for command in known.open:
            send(own, record, command)
        known.hear(record.words(len(record.steps)))
        tally.count(findings(own, known))
    if again:
        _cut_while_it_came_back(record, known, tally, dice)


def _cut_while_it_came_back(record: Record, known: Known, tally: Tally, dice: random.Random) -> None:
    tally.twice += 1
    at, image = next(images(record, [dice.randint(0, len(record.steps))], dice))
    later = {step.word.command.key for step in record.steps[at:] if isinstance(step.word, Acknowledged)}
    left = left_by(record, image, record.folder / "again")
    then = Known(known.asked, {key: given for key, given in known.done.items() if key not in later}, known.noted)
    comes_back(left, then, tally, dice, again=False)


def survive(folder: Path, seed: int, cuts: int, lives: int, count: int) -> None:
    began = time.monotonic()
    record = recorded(folder / "desk", seed, lives, count)
    wrote = time.monotonic()
    tally = cut(record, cuts, random.Random(seed), folder / "left")
    print(
        f"\npower cuts: seed {seed}, {tally}, {len(record.steps)} steps of {len(AUTHORS) * lives * count} commands in "
        f"{wrote - began:.1f} s, cuts in {time.monotonic() - wrote:.1f} s"
    )
    assert not tally.found
    assert tally.acknowledged


def test_fifty_cuts(tmp_path: Path, seed: int) -> None:
    survive(tmp_path, seed, 50, lives=2, count=50)


@pytest.mark.long
def test_a_thousand_cuts(tmp_path: Path, seed: int) -> None:
    for part in range(5):
        survive(tmp_path / str(part), seed + part, 200, lives=3, count=80)


def prepared(pragma: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection of the product is opened with this setting on top of its own."""
    usual = sqlite._prepare

    def prepare(connection: Any, of: object) -> None:
        usual(connection, of)
        connection.execute(f"PRAGMA {pragma}")

    monkeypatch.setattr(sqlite, "_prepare", prepare)


def test_a_store_that_syncs_less_loses_what_it_acknowledged(
    tmp_path: Path, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the cuts above prove nothing."""
    prepared("synchronous=NORMAL", monkeypatch)
    record = recorded(tmp_path / "desk", seed, 1, 40)
    found = cut(record, 15, random.Random(seed), tmp_path / "left").found
    print(f"\npower cuts with synchronous=NORMAL: seed {seed}, {found}")
    assert found["lost"] > 0
    assert set(found) <= {"lost", "another epoch"}  # whole all the same: only the newest is gone
