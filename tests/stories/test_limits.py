"""What help pages of other desks call limits: who comes late, second windows, tabs in the background, sleep, cuts."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from playwright.async_api import Browser, Playwright, expect

from tests.browser import FLAGS, chromium
from tests.stories.agent import Agent, at_a_browser
from tests.stories.crowd import Lookout
from tests.stories.house import Counter, House
from tests.stories.plain import plain_browser
from tests.stories.seats import Seats
from tests.stories.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
HEARD = 3  # pings that an idle page does not answer, twelve seconds
GONE = 13.0  # twelve seconds after the last answer, and a look now and then


@pytest.fixture
async def own_browser(playwright: Playwright) -> AsyncIterator[tuple[Browser, list[psutil.Process]]]:
    """A Chromium that nobody else uses, and its processes."""
    before = set(psutil.Process().children(recursive=True))
    browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    devtools = await browser.new_browser_cdp_session()
    known = (await devtools.send("SystemInfo.getProcessInfo"))["processInfo"]
    main = psutil.Process(next(one["id"] for one in known if one["type"] == "browser"))
    assert main not in before
    try:
        yield browser, [main]
    finally:
        wakes([main, *main.children(recursive=True)])  # who sleeps would never end
        await browser.close()


async def test_whoever_comes_sees_her_at_once_whenever_that_is(bianca: Agent, seats: Seats, stage: House, ticket: int):
    """While she begins, while she types, and after."""
    await bianca.goes_to(ticket)
    for _ in range(3):
        async with at_a_browser(seats, stage, "Hanna") as hanna:
            await hanna.comes(f"/ticket/{ticket}")
            await hanna.sees_here("Bianca is")
            await hanna.sees_at_row(ticket, "Bianca is")
            await bianca.types("Dear Nora ")
            await hanna.sees_here("Bianca is writing a reply")


async def test_a_tab_in_the_background_is_idle_at_once_and_never_gone(
    hanna: Agent, stage: House, ticket: int, lookout: Lookout, tmp_path: Path
):
    await hanna.goes_to(ticket)
    key = await asyncio.to_thread(stage.key_of, "bianca")
    with plain_browser(tmp_path / "browser") as bianca:
        bianca.takes("elbowroom", key, stage.origin)
        tab = bianca.opens(f"{stage.origin}/ticket/{ticket}")
        await hanna.sees_here("Bianca is viewing")
        bianca.opens("about:blank")
        assert bianca.is_hidden(tab)
        await hanna.sees_here("Bianca is idle")
        bianca.puts_in_front(tab)
        await hanna.sees_here("Bianca is viewing")
        assert lookout.never_missed("Bianca")


async def test_a_reload_and_a_short_drop_are_seen_by_nobody(seats: Seats, stage: House, ticket: int, lookout: Lookout):
    async with Wire(stage.port).laid() as wire, at_a_browser(seats, stage, "Bianca", origin=wire.origin) as bianca:
        await bianca.comes(f"/ticket/{ticket}")
        await asyncio.to_thread(lookout.waits_for, "Bianca")
        await bianca.page.reload()
        await expect(bianca.box).to_be_visible()
        await bianca.is_live()
        bianca.wire_may_break = True
        wire.cut()
        await bianca.is_told("Offline")
        wire.mend()
        await bianca.is_live()
        assert lookout.never_missed("Bianca")


async def test_a_machine_that_sleeps_is_gone_in_time_and_back_in_full(
    own_browser: tuple[Browser, list[psutil.Process]], hanna: Agent, stage: House, ticket: int, lookout: Lookout
):
    browser, (main,) = own_browser
    bianca = Agent(stage, "Bianca", await Seats(browser).take())
    await bianca.comes(f"/ticket/{ticket}")
    await bianca.types("Dear Nora")
    await hanna.goes_to(ticket)
    await hanna.sees_here("Bianca is writing a reply")
    asleep = [main, *main.children(recursive=True)]
    for one in asleep:
        one.suspend()
    try:
        began = time.monotonic()
        await asyncio.to_thread(lookout.gone_after, "Bianca", GONE)
        print(f"asleep: gone after {time.monotonic() - began:.1f} s")
        await hanna.picks("Priority", "High")
    finally:
        wakes(asleep)
    bianca.wire_may_break = True
    await bianca.is_live()
    await hanna.sees_here("Bianca is")
    await bianca.sees_field("Priority", "High")
    await bianca.has_written("Dear Nora")


async def test_a_page_that_hangs_is_idle_and_never_gone(
    own_browser: tuple[Browser, list[psutil.Process]], hanna: Agent, stage: House, ticket: int, lookout: Lookout,
    tmp_path: Path,
):  # fmt: skip
    """Bianca's process is stopped and goes on; Ada's page never comes to an end."""
    browser, (main,) = own_browser
    bianca = Agent(stage, "Bianca", await Seats(browser).take())
    await bianca.comes(f"/ticket/{ticket}")
    await bianca.types("Dear Nora")
    await hanna.goes_to(ticket)
    await hanna.sees_here("Bianca is writing a reply")
    key = await asyncio.to_thread(stage.key_of, "ada")
    with plain_browser(tmp_path / "browser") as ada:
        ada.takes("elbowroom", key, stage.origin)
        page = ada.opens(f"{stage.origin}/ticket/{ticket}")
        await hanna.sees_here("Ada is viewing")
        hung = [one for one in main.children(recursive=True) if "--type=renderer" in one.cmdline()]
        began = time.monotonic()
        for one in hung:
            one.suspend()
        ada.hangs(page)
        try:
            for name in ("Bianca", "Ada"):
                await hanna.sees_here(f"{name} is idle")
            print(f"hung: idle after {time.monotonic() - began:.1f} s")
            await asyncio.to_thread(lookout.hears_pings, HEARD)
            assert lookout.never_missed("Bianca")
            assert lookout.never_missed("Ada")
        finally:
            wakes(hung)
        bianca.wire_may_break = True  # the page may take its own silence for the wire's
        await hanna.sees_here("Bianca is viewing")
        await bianca.is_live()
        await bianca.types(", I am back")
        await hanna.sees_here("Bianca is writing a reply")
        await bianca.has_written("Dear Nora, I am back")
        assert lookout.never_missed("Bianca")


def wakes(asleep: list[psutil.Process]) -> None:
    for one in asleep:
        with suppress(psutil.NoSuchProcess):
            one.resume()


@pytest.mark.parametrize("way", ["another ticket", "the list", "settings", "another folder", "log-out"])
async def test_a_lock_is_free_for_the_next_whichever_way_she_goes(bianca: Agent, hanna: Agent, nora: Counter, way: str):
    ticket, other = await nora.writes("Held", inbox="VIP"), await nora.writes("Another", inbox="VIP")
    await hanna.looks_into("VIP")
    await bianca.looks_into("VIP")
    await bianca.opens(ticket)
    await hanna.sees_row(ticket, "Bianca has it")
    began = time.monotonic()
    await goes(bianca, way, other)
    await expect(hanna.row(ticket)).not_to_contain_text("Bianca has it")
    assert time.monotonic() - began < 2
    await hanna.opens(ticket)
    await hanna.types("Mine now")


async def goes(agent: Agent, way: str, other: int) -> None:
    if way == "another ticket":
        await agent.opens(other)
    elif way == "the list":
        await agent.presses("u")
    elif way == "settings":
        await agent.page.get_by_role("button", name="Account and settings").click()
        await agent.page.get_by_role("menuitem", name="Settings").click()
    elif way == "another folder":
        await agent.page.get_by_role("link", name="Resolved").first.click()
    else:
        await agent.page.get_by_role("button", name="Account and settings").click()
        await agent.page.get_by_role("menuitem", name="Sign out").click()
        agent.house.forgets(agent.name.lower())


async def test_what_others_do_to_a_ticket_stays_in_her_list_as_a_note(bianca: Agent, hanna: Agent, nora: Counter):
    resolved, deleted, moved = [await nora.writes(one) for one in ("Resolved", "Deleted", "Moved")]
    await hanna.looks_into("Support")
    await hanna.sees_row(moved, "Moved")
    await bianca.goes_to(resolved)
    await bianca.presses("e")
    await hanna.sees_row(resolved, "Bianca resolved it")
    await bianca.goes_to(deleted)
    await bianca.page.get_by_role("button", name="More", exact=True).click()
    await bianca.page.get_by_role("menuitem", name="Delete ticket").click()
    await hanna.sees_row(deleted, "Bianca deleted it")
    await bianca.goes_to(moved)
    await bianca.chooses("Details")
    await bianca.page.get_by_title("Move…").click()
    await bianca.page.get_by_role("option", name="Advice").click()
    await hanna.sees_row(moved, "Bianca moved it")
    for one in (resolved, deleted, moved):
        await hanna.row(one).hover()
        await hanna.row(one).get_by_role("button", name="Remove from the list").click()
        await hanna.sees_no_row(one)
