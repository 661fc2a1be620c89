"""The network drops, the server restarts: offline, catching up, live, and then exactly what a fresh load shows."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from tests.cast import INBOXES
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats
from tests.stories.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
LONGER_THAN_PATIENCE = 13_000  # without a word for 12 s the page takes the wire for dead


@pytest.fixture
async def wire(stage: House) -> AsyncIterator[Wire]:
    async with Wire(stage.port).laid() as wire:
        yield wire


@pytest.fixture
async def hanna(seats: Seats, stage: House, wire: Wire) -> AsyncIterator[Agent]:
    """Behind a wire of her own, on a page whose clock can travel."""
    async with at_a_browser(seats, stage, "Hanna", origin=wire.origin) as hanna:
        hanna.wire_may_break = True
        await hanna.context.clock.install()
        yield await hanna.comes(f"/inbox/{INBOXES['Support']}/all")


@pytest.fixture
async def ticket(nora: Counter, bianca: Agent, hanna: Agent) -> int:
    """Open at both, and Hanna has begun to write."""
    ticket = await nora.writes("Lamp broken")
    for agent in (bianca, hanna):
        await agent.opens(ticket)
    await hanna.types("Dear Nora")
    await hanna.sees("Draft saved")
    return ticket


async def much_happens(bianca: Agent, nora: Counter, ticket: int) -> int:
    """A reply, a note, fields, a label and another ticket; returns that one's number."""
    await bianca.box.click()
    await bianca.chooses("Continue")
    await bianca.types("It is on its way.")
    await bianca.sends()
    await bianca.sees_message("It is on its way.")
    await bianca.renames("Lamp flickers")
    await bianca.picks("Priority", "Urgent")
    await bianca.labels("warranty")
    await bianca.sees_label("warranty")
    return await nora.writes("A second lamp")


async def shows_what_a_fresh_load_shows(agent: Agent) -> None:
    """The same words in the same order, ages aside, and what only this page can say: that its hold ended meanwhile."""
    fresh = await agent.other_tab()
    await fresh.goes(agent.page.url.removeprefix(agent.origin))
    await fresh.is_live()
    await expect(fresh.box).to_be_visible()
    for part in ("nav", "main"):
        expected = await fresh.page.locator(part).evaluate(WORDS, None)
        shown = await agent.page.locator(part).evaluate(WORDS, expected)
        for _ in range(3):  # both may have changed between the two looks: someone who wrote falls idle, say
            if shown != expected:
                expected = await fresh.page.locator(part).evaluate(WORDS, None)
                shown = await agent.page.locator(part).evaluate(WORDS, expected)
        assert shown == expected
    await fresh.closes_tab()


# What an element says, at the latest after 5 s: before that as soon as it is what is expected.
WORDS = """(element, expected) => new Promise((say) => {
  const end = Date.now() + 5000;
  const look = () => {
    const passing = element.querySelector(".passing")?.innerText ?? "";
    const words = element.innerText.replace(passing, "").replace(/\\s+/g, " ")
      .replace(/\\b\\d+ (s|min)\\b/g, "a moment").replace(/Your hold on this ticket ended .* Take it back /, "");
    if (expected === null || words === expected || Date.now() > end) say(words);
    else requestAnimationFrame(look);
  };
  look();
})"""


async def test_a_cut_wire_is_told_and_mended_without_a_reload(
    bianca: Agent, hanna: Agent, nora: Counter, wire: Wire, ticket: int
):
    await hanna.page.evaluate("window.isTheSamePage = true")
    wire.cut()
    await hanna.is_told("Offline")
    await hanna.sees("No connection. What you do here is kept")
    other = await much_happens(bianca, nora, ticket)
    wire.mend()
    await hanna.is_live()
    await hanna.sees_once("It is on its way.")
    await hanna.has_written("Dear Nora")
    await hanna.sees_row(other, "A second lamp")
    await shows_what_a_fresh_load_shows(hanna)
    assert await hanna.page.evaluate("window.isTheSamePage")


async def test_a_silent_wire_is_found_out(bianca: Agent, hanna: Agent, nora: Counter, wire: Wire, ticket: int):
    wire.fall_silent()
    await much_happens(bianca, nora, ticket)
    await hanna.context.clock.fast_forward(LONGER_THAN_PATIENCE)
    await hanna.is_told("Offline")
    wire.mend()
    await hanna.is_live()
    await hanna.sees_once("It is on its way.")
    await shows_what_a_fresh_load_shows(hanna)


async def test_the_server_restarts_under_them(bianca: Agent, hanna: Agent, nora: Counter, stage: House, ticket: int):
    bianca.wire_may_break = True
    stage.stop()
    for agent in (bianca, hanna):
        await agent.is_told("Offline")
    await hanna.types(", I am sorry")
    stage.start()
    for agent in (bianca, hanna):
        await agent.is_live()
    await much_happens(bianca, nora, ticket)
    await hanna.sees_once("It is on its way.")
    await hanna.has_written("Dear Nora, I am sorry")
    await shows_what_a_fresh_load_shows(hanna)


async def test_the_server_is_killed_and_no_reply_is_lost_or_doubled(
    bianca: Agent, hanna: Agent, stage: House, ticket: int
):
    bianca.wire_may_break = True
    await hanna.sends()
    await bianca.sees_message("Dear Nora")
    stage.kill()
    for agent in (bianca, hanna):
        await agent.is_told("Offline")
    stage.start()
    for agent in (bianca, hanna):
        await agent.is_live()
        await agent.sees_once("Dear Nora")
    await shows_what_a_fresh_load_shows(hanna)


async def test_what_she_sends_while_it_catches_up_waits_until_it_has(
    bianca: Agent, hanna: Agent, wire: Wire, ticket: int
):
    silent = True
    wire.cut()
    await hanna.is_told("Offline")
    await hanna.page.route_web_socket("**/api/live", lambda way: None if silent else way.connect_to_server())
    wire.mend()
    await hanna.is_told("Catching up")
    await hanna.presses("ControlOrMeta+Enter")
    await hanna.sees("waits to be sent")
    await hanna.has_written("Dear Nora")
    await expect(bianca.conversation.get_by_text("Dear Nora")).to_have_count(0)
    silent = False
    await hanna.context.clock.fast_forward(LONGER_THAN_PATIENCE)
    for agent in (bianca, hanna):
        await agent.sees_once("Dear Nora")
    await hanna.has_written("")
