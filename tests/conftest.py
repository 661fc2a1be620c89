"""One house a module, a fresh ticket a test. A test after which the server's log holds an error has failed."""

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

pytest.register_assert_rewrite("tests.cast", "tests.converge")

from tests import engines  # noqa: E402
from tests.cast import LOG, WHO, Desk, Nora, Person, desk_of, stage  # noqa: E402

SLOW = (
    "tests/channels",
    "tests/live/test_rights",
    "tests/demo",
    "tests/faults",
    "tests/kit/mail",
    "tests/rights/test_doors",
    "tests/converge",
)
CAST = frozenset({*WHO, "nora"})
STORED = CAST | {"template", "house", "desk", "own_desk", "store", "empty_desk"}  # what needs a desk's store
SERVER = pytest.StashKey[engines.Postgres]()
FIRST_SEED = int(os.environ.get("ELBOWROOM_SEED", "20260701"))


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for all workers, where the tests are to run on it."""
    if engines.ON_POSTGRES and "ELBOWROOM_TEST_POSTGRES" not in os.environ:
        config.stash[SERVER] = server = engines.Postgres(quick=True).made().start()
        os.environ["ELBOWROOM_TEST_POSTGRES"] = server.url("postgres")


def pytest_unconfigure(config: pytest.Config) -> None:
    if (server := config.stash.get(SERVER, None)) is not None:
        server.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.nodeid.startswith(SLOW):
            item.add_marker("slow")
        if isinstance(item, pytest.Function) and STORED & set(item.fixturenames):
            item.add_marker("stored")
    other = "sqlite" if engines.ON_POSTGRES else "postgres"
    items[:] = [item for item in items if item.get_closest_marker(other) is None]


class Overheard(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        words = self.format(record)
        LOG.events.append({"event": words, "level": record.levelname.lower()})


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "desk"
    stage(folder)
    return folder


@pytest.fixture(scope="session")
def overheard() -> Iterator[None]:
    """The server's log goes into LOG: structlog's and, from uvicorn and asyncio, the standard library's."""
    before = structlog.get_config()
    structlog.configure(processors=[structlog.processors.format_exc_info, LOG.heard], cache_logger_on_first_use=False)
    handler = Overheard(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(name).addHandler(handler)
    yield
    structlog.configure(**before)


@pytest.fixture(scope="module")
def house(template: Path, tmp_path_factory: pytest.TempPathFactory, overheard: None) -> Iterator[Desk]:
    with desk_of(template, tmp_path_factory.mktemp("house") / "desk") as desk:
        yield desk


@pytest.fixture
def desk(house: Desk) -> Iterator[Desk]:
    """The module's house for one test. What a test changes of people or inboxes belongs to `own_desk`."""
    LOG.events.clear()
    house.postman.carried.clear()
    yield house
    house.postman.words = ""
    house.nobody_stays()
    assert not LOG.errors


@pytest.fixture
def own_desk(template: Path, tmp_path: Path, overheard: None) -> Iterator[Desk]:
    """A house for this test alone."""
    LOG.events.clear()
    with desk_of(template, tmp_path / "desk") as desk:
        yield desk
    assert not LOG.errors


def _one_of_the_cast(name: str) -> Callable[[pytest.FixtureRequest], Person]:
    def someone(request: pytest.FixtureRequest) -> Person:
        own = "own_desk" in request.fixturenames
        desk: Desk = request.getfixturevalue("own_desk" if own else "desk")
        return desk.person(name)

    return pytest.fixture(name=name)(someone)


ada, bianca, hanna, omid, lena = map(_one_of_the_cast, ("ada", "bianca", "hanna", "omid", "lena"))


@pytest.fixture
def nora(request: pytest.FixtureRequest) -> Nora:
    own = "own_desk" in request.fixturenames
    return Nora(request.getfixturevalue("own_desk" if own else "desk"))


@pytest.fixture
def ticket(nora: Nora) -> int:
    """Nora's lamp, number 1 on a ticket in Support."""
    return nora.writes()


@pytest.fixture
def seed() -> int:
    return FIRST_SEED
