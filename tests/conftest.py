"""One house a module, a fresh ticket a test. A test after which the server's log holds an error has failed."""

import logging
import os
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import structlog

pytest.register_assert_rewrite("tests.cast", "tests.converge")

from tests import engines  # noqa: E402
from tests.cast import LOG, WHO, Desk, Nora, Person, desk_of, overhearing, stage  # noqa: E402
from tests.neighbour import ELSEWHERE, TWO_SERVERS, DeskOfTwo  # noqa: E402
from tests.valkey import valkey  # noqa: E402

SLOW = (
    "tests/channels",
    "tests/conversations/test_merge_walk",
    "tests/conversations/test_preparing",
    "tests/conversations/test_reply_model",
    "tests/conversations/test_schedule",
    "tests/live/test_rights",
    "tests/demo",
    "tests/faults",
    "tests/kit/mail",
    "tests/kit/test_doctor",
    "tests/live/test_heartbeat",
    "tests/live/test_history",
    "tests/live/test_slow_reader",
    "tests/tickets/test_erase",
    "tests/together/test_board_model",
    "tests/together/test_lock_model",
    "tests/rights/test_outsider",
    "tests/rights/test_doors",
    "tests/converge",
)
MEETING = tuple(f"tests/{one}" for one in ("conversations", "live", "overview", "rights", "tickets", "together"))
CAST = frozenset({*WHO, "nora"})
STORED = CAST | {"template", "house", "desk", "own_desk", "store", "empty_desk"}  # what needs a desk's store
SERVER = pytest.StashKey[engines.Postgres]()
FIRST_SEED = int(os.environ.get("ELBOWROOM_SEED", "20260701"))


def pytest_configure(config: pytest.Config) -> None:
    """One PostgreSQL for all workers, where the tests are to run on it."""
    if TWO_SERVERS and not engines.ON_POSTGRES:
        raise pytest.UsageError("SQLite serves one process: set ELBOWROOM_TEST_STORE=postgresql as well")
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
        if (limit := _limit(item)) is not None:
            item.add_marker(pytest.mark.timeout(limit))
        if isinstance(item, pytest.Function) and STORED & set(item.fixturenames):
            item.add_marker("stored")
        if isinstance(item, pytest.Function) and _crosses(item):
            item.add_marker("two_servers")
    other = "sqlite" if engines.ON_POSTGRES else "postgres"
    items[:] = [item for item in items if item.get_closest_marker(other) is None]
    if TWO_SERVERS:
        items[:] = [item for item in items if item.get_closest_marker("two_servers") is not None]


def _limit(item: pytest.Item) -> float | None:
    """Seconds after which it hangs, where it is allowed more than others; 0 is without end."""
    if item.get_closest_marker("long") is not None:
        return 0
    return 1200 if item.get_closest_marker("walk") is not None else None


def _crosses(item: pytest.Function) -> bool:
    """Someone at the one server may hear of someone at the other."""
    asked = CAST & set(item.fixturenames)
    is_left_out = item.get_closest_marker("one_server") is not None
    return item.nodeid.startswith(MEETING) and bool(asked & ELSEWHERE) and len(asked) > 1 and not is_left_out


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template") / "desk"
    stage(folder)
    return folder


@pytest.fixture(scope="session")
def overheard() -> Iterator[None]:
    with overhearing():
        yield


@pytest.fixture(autouse=True)
def own_process(overheard: None) -> Iterator[None]:
    """The command line sets up its process's log, and who may read its files; for the next test both are as before."""
    before, handlers = structlog.get_config(), logging.getLogger().handlers[:]
    mask = os.umask(0)
    os.umask(mask)
    yield
    os.umask(mask)
    structlog.configure(**before)
    logging.getLogger().handlers[:] = handlers


@pytest.fixture(scope="session")
def one_or_two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Desk]]:
    """A desk of one server, or of two with one wire for all of them."""
    if not TWO_SERVERS:
        yield Desk
        return
    with valkey(tmp_path_factory.mktemp("wire")) as wire:
        yield partial(DeskOfTwo, bus_url=wire.url)


@pytest.fixture(scope="module")
def house(
    template: Path, one_or_two: Callable[..., Desk], tmp_path_factory: pytest.TempPathFactory, overheard: None
) -> Iterator[Desk]:
    with desk_of(template, tmp_path_factory.mktemp("house") / "desk", one_or_two) as desk:
        yield desk


@pytest.fixture
def desk(house: Desk) -> Iterator[Desk]:
    """The module's house for one test. What a test changes of people or inboxes belongs to `own_desk`."""
    LOG.events.clear()
    house.postman.begins()
    yield house
    house.nobody_stays()
    assert not LOG.errors


@pytest.fixture
def own_desk(template: Path, one_or_two: Callable[..., Desk], tmp_path: Path, overheard: None) -> Iterator[Desk]:
    """A house for this test alone."""
    LOG.events.clear()
    with desk_of(template, tmp_path / "desk", one_or_two) as desk:
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
