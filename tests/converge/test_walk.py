"""The random walk, its seed printed with each run. A seed that failed becomes a test of its own here, named by what
it found."""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests import engines
from tests.converge.walk import walk
from tests.served import ServedDesk
from tests.valkey import valkey


@pytest.fixture
def served(template: Path, tmp_path: Path) -> Iterator[ServedDesk]:
    engines.copied(template, tmp_path / "desk")
    desk = ServedDesk(tmp_path / "desk").start()
    yield desk
    desk.close()
    engines.dropped(tmp_path / "desk")


def report(figures: dict[str, int], seed: int, steps: int, began: float) -> None:
    print(f"\nwalk: seed {seed}, {steps} steps in {time.monotonic() - began:.0f} s")
    print("; ".join(f"{what}: {count}" for what, count in sorted(figures.items())))


@pytest.mark.walk
@pytest.mark.sqlite  # on PostgreSQL between two servers, below
def test_two_thousand_steps(served: ServedDesk, seed: int) -> None:
    began = time.monotonic()
    report(walk(served, seed, 2000), seed, 2000, began)


@pytest.fixture
def beside(served: ServedDesk, tmp_path: Path) -> Iterator[list[ServedDesk]]:
    """A second server on the same store; Valkey carries words between the two."""
    with valkey(tmp_path / "valkey") as wire:
        served.stop()
        served.config = replace(served.config, bus_url=wire.url)
        served.start()
        second = ServedDesk(served.folder, bus_url=wire.url).start()
        yield [second]
        second.close()


@pytest.mark.walk
@pytest.mark.postgres
def test_two_thousand_steps_between_two_servers(served: ServedDesk, beside: list[ServedDesk], seed: int) -> None:
    began = time.monotonic()
    report(walk(served, seed, 2000, beside=beside), seed, 2000, began)


@pytest.mark.long
@pytest.mark.postgres
def test_fifty_thousand_steps_between_two_servers(served: ServedDesk, beside: list[ServedDesk], seed: int) -> None:
    for part in range(10):
        began = time.monotonic()
        report(walk(served, seed + part, 5000, beside=beside), seed + part, 5000, began)


@pytest.mark.long
@pytest.mark.sqlite
def test_fifty_thousand_steps(served: ServedDesk, seed: int) -> None:
    for part in range(10):
        began = time.monotonic()
        report(walk(served, seed + part, 5000), seed + part, 5000, began)


def test_a_short_walk(served: ServedDesk) -> None:
    """In `check`: enough to see that the walk itself works."""
    figures = walk(served, int(os.environ.get("ELBOWROOM_SEED", "7")), 60)
    assert figures["rests"] >= 1
