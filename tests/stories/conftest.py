"""The stage of the stories: one Chromium a session, one house a module, one seat a person."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Playwright, async_playwright, expect

from tests import engines
from tests.browser import FLAGS, chromium
from tests.cast import Person
from tests.stories.agent import Agent, at_a_browser
from tests.stories.crowd import Lookout
from tests.stories.house import Counter, House, running
from tests.stories.pairs import Pair, a_pair
from tests.stories.seats import PATIENCE, Seats


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
async def playwright(anyio_backend: str) -> AsyncIterator[Playwright]:
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
async def browser(playwright: Playwright) -> AsyncIterator[Browser]:
    browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield browser
    await browser.close()


@pytest.fixture(scope="module")
def stage(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The module's house, with the cast of tests/cast.py in it."""
    folder = tmp_path_factory.mktemp("stage") / "desk"
    engines.copied(template, folder)
    with running(House(folder)) as house:
        yield house


@pytest.fixture(scope="module")
def nora(stage: House) -> Iterator[Counter]:
    nora = Counter(stage)
    yield nora
    nora.omid.goes_home()


@pytest.fixture
async def ticket(nora: Counter) -> int:
    return await nora.writes("Lamp broken")


@pytest.fixture
def lookout(nora: Counter, ticket: int) -> Iterator[Lookout]:
    """Omid, who watches the ticket from beside, without a browser."""
    lookout = Lookout(nora.omid, ticket)
    yield lookout
    lookout.tab.closes()


@pytest.fixture(scope="session")
def seats(browser: Browser) -> Seats:
    return Seats(browser)


def _someone(name: str) -> Callable[..., Any]:
    async def come(seats: Seats, stage: House) -> AsyncIterator[Agent]:
        async with at_a_browser(seats, stage, name) as agent:
            yield await agent.comes()

    return pytest.fixture(name=name.lower())(come)


bianca, hanna, omid, lena, ada = map(_someone, ("Bianca", "Hanna", "Omid", "Lena", "Ada"))


@pytest.fixture
async def pair(seats: Seats, stage: House) -> AsyncIterator[Pair]:
    """Hanna in German, Bianca in Russian."""
    async with a_pair(seats, stage) as pair:
        yield pair


@pytest.fixture
async def managers(seats: Seats, stage: House) -> AsyncIterator[Pair]:
    """Omid in German, Ada in Russian."""
    async with a_pair(seats, stage, "Omid", "Ada") as pair:
        yield pair


@pytest.fixture
def boss(stage: House) -> Iterator[Person]:
    ada = stage.visitor("ada")
    yield ada
    ada.goes_home()
