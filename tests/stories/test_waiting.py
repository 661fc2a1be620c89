"""What is done while the desk is out of reach waits in sight, goes once and in order, and says what became of it."""

from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
from playwright.async_api import Locator, expect

from tests.cast import INBOXES
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import House
from tests.stories.seats import Seats
from tests.stories.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


@pytest.fixture
async def wire(stage: House) -> AsyncIterator[Wire]:
    async with Wire(stage.port).laid() as wire:
        yield wire


@pytest.fixture
async def hanna(seats: Seats, stage: House, wire: Wire, ticket: int) -> AsyncIterator[Agent]:
    """Behind a wire of her own, before the ticket."""
    async with at_a_browser(seats, stage, "Hanna", origin=wire.origin) as hanna:
        hanna.wire_may_break = True
        await hanna.comes(f"/inbox/{INBOXES['Support']}/all")
        await hanna.opens(ticket)
        yield hanna


def dot(agent: Agent, count: int) -> Locator:
    words = "1 waits" if count == 1 else f"{count} wait"
    return agent.page.get_by_role("complementary", name="Elbowroom").get_by_text(f", {words}", exact=True)


async def test_by_keyboard_offline_and_after_the_page_is_gone_everything_arrives_once(
    bianca: Agent, hanna: Agent, wire: Wire, ticket: int
):
    await bianca.opens(ticket)
    await hanna.presses("r")
    await hanna.types("Dear Nora")
    await hanna.sees("Draft saved")
    wire.cut()
    await hanna.is_told("Offline")
    await hanna.presses("ControlOrMeta+Enter", "Escape")
    await hanna.sees("waits to be sent")
    await hanna.page.get_by_role("button", name="Status: Open").first.focus()
    await hanna.presses("i", "l")
    await hanna.page.get_by_placeholder("Find or make a label").fill("warranty")
    await hanna.presses("Enter", "Escape")
    await expect(dot(hanna, 3)).to_be_attached()
    await hanna.closes_tab()
    wire.mend()
    again = await hanna.other_tab()
    await again.goes_to(ticket)
    for agent in (bianca, again):
        await agent.sees_once("Dear Nora")
        await agent.sees_label("warranty")
        await agent.sees_owner("(waiting for|owned by) (Hanna|you)")
    await again.has_written("")


async def test_what_waits_is_listed_behind_the_dot_and_can_be_taken_back(
    bianca: Agent, hanna: Agent, wire: Wire, ticket: int
):
    wire.cut()
    await hanna.is_told("Offline")
    await hanna.picks("Priority", "High")
    await hanna.picks("Status", "On hold")
    await hanna.sees_field("Priority", "High")
    await dot(hanna, 2).locator("xpath=ancestor::button").click()
    await hanna.sees(f"#{ticket} Priority: High", f"#{ticket} Status: On hold")
    await hanna.button(f"Take back: #{ticket} Priority: High").click()
    await hanna.sees_field("Priority", "Normal")
    wire.mend()
    await hanna.sees("What became of it", "done")
    await bianca.opens(ticket)
    await bianca.sees_field("Status", "On hold")
    await bianca.sees_field("Priority", "Normal")


async def test_a_waiting_reply_is_held_when_a_colleague_was_quicker(
    bianca: Agent, hanna: Agent, wire: Wire, ticket: int
):
    await hanna.types("Dear Nora, tomorrow.")
    wire.cut()
    await hanna.is_told("Offline")
    await hanna.chooses("Send when live")
    await hanna.sees("waits to be sent")
    await hanna.presses("z")
    await hanna.types(" Surely.")
    await hanna.chooses("Send when live")
    await bianca.opens(ticket)
    await bianca.presses("r")
    with suppress(AssertionError):
        await expect(bianca.button("Continue")).to_be_visible(timeout=1_000)
        await bianca.chooses("Continue")
    await bianca.types("It is on its way.")
    await bianca.sends()
    await bianca.sees_message("It is on its way.")
    wire.mend()
    await expect(hanna.held).to_contain_text("Dear Nora, tomorrow. Surely.")
    await expect(hanna.held).to_contain_text("It is on its way.")
    await expect(bianca.conversation.get_by_text("tomorrow")).to_have_count(0)


async def test_of_two_tabs_one_sends_and_both_know(bianca: Agent, hanna: Agent, wire: Wire, ticket: int):
    beside = await hanna.other_tab()
    await beside.goes_to(ticket)
    await hanna.types("Dear Nora")
    wire.cut()
    for tab in (hanna, beside):
        await tab.is_told("Offline")
    await hanna.presses("ControlOrMeta+Enter")
    for tab in (hanna, beside):
        await tab.sees("waits to be sent")
    wire.mend()
    await bianca.opens(ticket)
    for agent in (hanna, beside, bianca):
        await agent.sees_once("Dear Nora")
    for tab in (hanna, beside):
        await expect(dot(tab, 1)).to_have_count(0)
        await tab.has_written("")
