"""Who is at a ticket, what she does there, and that she is gone when she is."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Playwright, expect

from tests.browser import FLAGS, chromium
from tests.stories.agent import Agent, at_a_browser
from tests.stories.crowd import Lookout
from tests.stories.house import House
from tests.stories.seats import Seats
from tests.stories.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
GONE = 12.0
LOOK = 1.0  # the last answer may be on its way when the wire falls silent, and the board looks now and then


async def test_hanna_sees_that_bianca_is_viewing_and_then_writing(bianca: Agent, hanna: Agent, ticket: int):
    await bianca.opens(ticket)
    await hanna.sees_at_row(ticket, "Bianca is viewing")
    await hanna.opens(ticket)
    await hanna.sees_here("Bianca is viewing")
    await bianca.sees_here("Hanna is viewing")
    await bianca.types("Dear Nora")
    await hanna.sees("Bianca is writing a reply")
    await hanna.sees_at_row(ticket, "Bianca is writing a reply")
    await bianca.chooses("Note")
    await bianca.types("She called as well")
    await hanna.sees("Bianca is writing a note")


async def test_who_comes_late_sees_it_in_her_first_paint(bianca: Agent, stage: House, seats: Seats, ticket: int):
    await bianca.opens(ticket)
    await bianca.types("Dear Nora")
    async with at_a_browser(seats, stage, "Hanna", script=FIRST_PAINT) as hanna:
        await hanna.comes(f"/ticket/{ticket}")
        await expect(hanna.box).to_be_visible()
        await hanna.sees_here("Bianca is writing a reply")
        await hanna.sees_at_row(ticket, "Bianca is writing a reply")
        first = await hanna.page.evaluate("window.firstPaint")
    assert "Bianca is writing a reply" in first


# The pictures in the frame in which the box first stands on the page.
FIRST_PAINT = """
new MutationObserver((_, watching) => {
  if (!document.querySelector("textarea")) return;
  watching.disconnect();
  requestAnimationFrame(() => {
    const pictures = document.querySelectorAll("[role=group] button[aria-label]");
    window.firstPaint = [...pictures].map((one) => one.getAttribute("aria-label")).join(", ");
  });
}).observe(document, {childList: true, subtree: true});
"""


async def test_a_second_tab_changes_nothing(bianca: Agent, hanna: Agent, ticket: int, lookout: Lookout):
    await bianca.opens(ticket)
    await hanna.opens(ticket)
    await hanna.sees_here("Bianca is viewing")
    other = await bianca.other_tab()
    await other.goes_to(ticket)
    await expect(hanna.here.get_by_role("button")).to_have_count(1)
    await other.types("Dear Nora")
    await hanna.sees_here("Bianca is writing a reply")
    await other.closes_tab()
    await hanna.sees_here("Bianca is viewing")
    assert lookout.never_missed("Bianca")


async def test_leaving_is_seen_within_a_second(bianca: Agent, hanna: Agent, ticket: int, lookout: Lookout):
    await bianca.opens(ticket)
    await hanna.opens(ticket)
    await hanna.sees_here("Bianca is viewing")
    await bianca.presses("u")
    await asyncio.to_thread(lookout.gone_after, "Bianca", 1.0)
    await hanna.sees_nobody_here("Bianca")
    await hanna.sees_here("Bianca left")


async def test_a_killed_browser_is_gone_within_twelve_seconds(
    hanna: Agent, playwright: Playwright, stage: House, ticket: int, lookout: Lookout
):
    async with own_browser(playwright) as (browser, kill):
        bianca = Agent(stage, "Bianca", await Seats(browser).take())
        await bianca.comes(f"/ticket/{ticket}")
        await bianca.types("Dear Nora")
        await hanna.opens(ticket)
        await hanna.sees_here("Bianca is writing a reply")
        kill()
        seconds = await asyncio.to_thread(lookout.gone_after, "Bianca", GONE)
        await hanna.sees_nobody_here("Bianca")
    print(f"a killed browser was gone after {seconds:.1f} s")


async def test_a_browser_behind_a_silent_wire_is_gone_within_twelve_seconds(
    hanna: Agent, seats: Seats, stage: House, ticket: int, lookout: Lookout
):
    async with Wire(stage.port).laid() as wire, at_a_browser(seats, stage, "Bianca", origin=wire.origin) as bianca:
        await bianca.comes(f"/ticket/{ticket}")
        await hanna.opens(ticket)
        await hanna.sees_here("Bianca is viewing")
        bianca.wire_may_break = True
        wire.fall_silent()
        seconds = await asyncio.to_thread(lookout.gone_after, "Bianca", GONE + LOOK)
        await hanna.sees_nobody_here("Bianca")
    print(f"a browser behind a silent wire was gone after {seconds:.1f} s")


@asynccontextmanager
async def own_browser(playwright: Playwright) -> AsyncIterator[tuple[Browser, Callable[[], None]]]:
    """A Chromium that nobody else uses, and how to kill it."""
    browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    devtools = await browser.new_browser_cdp_session()
    processes = (await devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
    process = next(one["id"] for one in processes if one["type"] == "browser")
    try:
        yield browser, lambda: os.kill(process, signal.SIGKILL)
    finally:
        await browser.close()
