"""One seeded desk for a whole module: seeding takes a second."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from elbowroom.app import engines
from elbowroom.demo import seed, seeding
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.config import Config
from elbowroom.kit.web import Engines


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """The engines of a seeded store that nobody serves."""
    folder: Path = tmp_path_factory.mktemp("demo")
    own = engines(Config(data_dir=folder), TravelClock())
    own.db.write_now(lambda tx: seeding.plant(tx, seed.load(), own.files))
    yield own
    own.db.close()
