"""The desk is started anew with another page: the open one works on, says so, and lets her choose when to load."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from elbowroom.pages import pages
from tests.cast import INBOXES
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
NEWS = "A new version is here. Reload when it suits you."


@pytest.fixture
async def hanna(seats: Seats, stage: House) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, stage, "Hanna") as hanna:
        yield await hanna.comes(f"/inbox/{INBOXES['Support']}/all")


@pytest.fixture
def next_page(stage: House, tmp_path: Path) -> Path:
    """The same page as a new build, in which every script has another name."""
    new = shutil.copytree(stage.page or pages.STATIC, tmp_path / "static")
    scripts = list((new / "assets").glob("*.js"))
    names = {one.name: f"{one.stem}2.js" for one in scripts}
    for file in [new / "index.html", *scripts]:
        text = file.read_text()
        for old, name in names.items():
            text = text.replace(old, name)
        file.write_text(text)
    for one in scripts:
        one.rename(one.with_name(names[one.name]))
    return new


async def test_an_open_page_works_on_and_learns_of_it(hanna: Agent, nora: Counter, stage: House, next_page: Path):
    ticket = await nora.writes("Lamp broken")
    await hanna.opens(ticket)
    await hanna.types("Dear Nora")
    await hanna.sees_not(NEWS)
    hanna.wire_may_break = True
    former = stage.page
    stage.stop()
    stage.page = str(next_page)
    stage.start()
    await hanna.page.evaluate("window.isTheSamePage = true")
    await hanna.sees(NEWS)
    await hanna.types(", it is on its way.")
    await hanna.sends()
    await hanna.sees_message("Dear Nora, it is on its way.")
    await hanna.types("And the next")
    assert await hanna.page.evaluate("window.isTheSamePage")
    await goes_to_the_settings_of_another_build(hanna)
    await hanna.sees_not(NEWS)
    await hanna.goes_to(ticket)
    await hanna.has_written("And the next")
    stage.stop()
    stage.page = former
    stage.start()
    await hanna.sees(NEWS)
    await hanna.chooses("Reload")
    await hanna.is_live()
    await hanna.sees_not(NEWS)
    await hanna.has_written("And the next")


async def goes_to_the_settings_of_another_build(hanna: Agent) -> None:
    """Of which the page has a part that no server has any more: it loads anew, and lands there."""
    await hanna.box.blur()
    await hanna.presses("g", "s")
    await expect(hanna.page.get_by_role("heading", name="My account")).to_be_visible()
    assert hanna.page.url.startswith(f"{hanna.origin}/settings")
    assert not await hanna.page.evaluate("Boolean(window.isTheSamePage)")
    hanna.faults = [one for one in hanna.faults if "Failed to fetch dynamically imported module" not in one]
