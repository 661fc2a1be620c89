"""The stage of the stories: one Chromium a session, one house a module, one context a person."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Playwright, async_playwright, expect

from tests import engines
from tests.browser import FLAGS, chromium
from tests.stories.agent import PATIENCE, Agent, sits_down
from tests.stories.house import Counter, House, running


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


@pytest.fixture(scope="module")
async def seats(browser: Browser) -> AsyncIterator[dict[str, Agent]]:
    """A browser context a person, which remembers what it has loaded; its windows live for one test."""
    seats: dict[str, Agent] = {}
    yield seats
    for agent in seats.values():
        await agent.context.close()


def _someone(name: str) -> Callable[..., Any]:
    async def come(browser: Browser, stage: House, seats: dict[str, Agent]) -> AsyncIterator[Agent]:
        if name not in seats:
            seats[name] = await sits_down(browser, stage, name)
        yield await seats[name].comes()
        await seats[name].goes_home()

    return pytest.fixture(name=name.lower())(come)


bianca, hanna, omid, lena, ada = map(_someone, ("Bianca", "Hanna", "Omid", "Lena", "Ada"))
