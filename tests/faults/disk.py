"""A disk that forgets at a power cut what it was not told to keep.

`layer.recording` writes down each call that changes a file. `images` gives, for any moment of that record, a folder
as a cut may leave it: all that was synced, and of the rest any sectors; a file that was made or deleted without a sync
of its folder may be undone. The shared memory of WAL is never there.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

SECTORS = (512, 4096)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened: to `file`, a number that no other file of the record has, or to `name` in the folder.

    `synced`: everything in the file before step `at` is kept. `said`: a word of the test, in `word`.
    """

    what: Literal["write", "truncate", "synced", "create", "delete", "folder synced", "said"]
    file: int = 0
    at: int = 0
    data: bytes = b""
    name: str = ""
    word: Any = None


@dataclass
class Record:
    """What happened in one folder, from what was kept there at the start."""

    folder: Path
    start: dict[str, bytes] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    count: int = 0

    def __post_init__(self) -> None:
        for path in self.folder.glob("*.sqlite3*"):
            if not path.name.endswith("-shm"):
                self.start[path.name] = path.read_bytes()
                self.numbers[path.name] = self.fresh()

    def fresh(self) -> int:
        self.count += 1
        return self.count

    def said(self, word: Any) -> None:
        self.steps.append(Step("said", word=word))

    def words(self, until: int) -> list[Any]:
        """What was said before that step."""
        return [step.word for step in self.steps[:until] if step.what == "said"]


@dataclass
class _File:
    kept: bytearray
    waiting: list[tuple[int, Step]] = field(default_factory=list)

    def sync(self, before: int) -> None:
        for number, step in self.waiting:
            if number < before:
                _apply(self.kept, step)
        self.waiting = [one for one in self.waiting if one[0] >= before]


@dataclass
class _Disk:
    """As it stands after some steps."""

    files: dict[int, _File]
    names: dict[str, int]  # as the folder was synced
    waiting: list[Step] = field(default_factory=list)

    def take(self, number: int, step: Step) -> None:
        if step.what == "create":
            self.files[step.file] = _File(bytearray())
            self.waiting.append(step)
        elif step.what == "delete":
            self.waiting.append(step)
        elif step.what == "folder synced":
            self.names = _named(self.names, self.waiting)
            self.waiting = []
        elif step.what == "synced":
            self.files[step.file].sync(step.at)
        elif step.what != "said":
            self.files[step.file].waiting.append((number, step))

    def cut(self, dice: random.Random) -> dict[str, bytes]:
        """One of the many contents that the folder may have when the power is back."""
        stays = dice.choice((0.0, 1.0, dice.random()))
        sector = dice.choice(SECTORS)
        names = _named(self.names, [step for step in self.waiting if dice.random() < stays])
        return {name: _left(self.files[number], stays, sector, dice) for name, number in names.items()}


def _named(names: dict[str, int], steps: Iterable[Step]) -> dict[str, int]:
    named = dict(names)
    for step in steps:
        if step.what == "create":
            named[step.name] = step.file
        else:
            named.pop(step.name, None)
    return named


def _left(file: _File, stays: float, sector: int, dice: random.Random) -> bytes:
    content = bytearray(file.kept)
    fill: Callable[[int], bytes] = dice.choice((bytes, dice.randbytes))  # where a later sector came and this did not
    for _number, step in file.waiting:
        for piece in _pieces(step, sector):
            if dice.random() < stays:
                _apply(content, piece, fill)
    return bytes(content)


def _pieces(step: Step, sector: int) -> Iterator[Step]:
    """A write in its sectors, each of which comes whole or not at all."""
    if step.what != "write":
        yield step
        return
    start, end = step.at, step.at + len(step.data)
    while start < end:
        stop = min(end, (start // sector + 1) * sector)
        yield Step("write", step.file, start, step.data[start - step.at : stop - step.at])
        start = stop


def _apply(content: bytearray, step: Step, fill: Callable[[int], bytes] = bytes) -> None:
    if step.what == "truncate":
        del content[step.at :]
        content += bytes(step.at - len(content))
        return
    if step.at > len(content):
        content += fill(step.at - len(content))
    content[step.at : step.at + len(step.data)] = step.data


def images(record: Record, cuts: Iterable[int], dice: random.Random) -> Iterator[tuple[int, dict[str, bytes]]]:
    """For each number of steps after which the power fails, ascending: what is in the folder then, by name."""
    disk = _Disk({}, {})
    for number, (name, content) in enumerate(record.start.items(), 1):
        disk.files[number], disk.names[name] = _File(bytearray(content)), number
    done = 0
    for cut in sorted(cuts):
        for number in range(done, cut):
            disk.take(number, record.steps[number])
        done = cut
        yield cut, disk.cut(dice)


def lay(image: dict[str, bytes], folder: Path) -> Path:
    folder.mkdir(parents=True)
    for name, content in image.items():
        (folder / name).write_bytes(content)
    return folder
