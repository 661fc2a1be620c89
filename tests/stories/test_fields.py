"""Two people change one ticket: both screens show all of it at once, and nobody overwrites what she has not seen."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Route, expect

from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]

LIVE = {"Bianca": "Live", "Hanna": "На связи"}


@pytest.fixture
async def ticket(nora: Counter, bianca: Agent, hanna: Agent) -> int:
    """Open at both."""
    ticket = await nora.writes("Lamp broken")
    await asyncio.gather(bianca.opens(ticket), hanna.opens(ticket))
    return ticket


@asynccontextmanager
async def slow(agent: Agent, door: str) -> AsyncIterator[None]:
    """What she sends to that door stays on the way until the end of the block."""
    way = asyncio.Event()
    sent = asyncio.Event()

    async def late(route: Route) -> None:
        sent.set()
        await way.wait()
        await route.continue_()

    await agent.page.route(f"**{door}", late)
    agent.on_the_way = sent
    yield
    way.set()


# Every field: what Hanna does, and what then stands in the ticket of both. A later field is a line more.
FIELDS: list[tuple[Callable[[Agent], Awaitable[None]], Callable[[Agent], Awaitable[None]]]] = [
    (lambda one: one.renames("Lamp flickers"), lambda one: one.sees_subject("Lamp flickers")),
    (lambda one: one.picks("Priority", "High"), lambda one: one.sees_field("Priority", "High")),
    (lambda one: one.picks("Status", "On hold"), lambda one: one.sees_field("Status", "On hold")),
    (lambda one: one.presses("i"), lambda one: one.sees_owner("owned by Hanna", "owned by you")),
    (lambda one: one.labels("warranty"), lambda one: one.sees_label("warranty")),
]


async def test_both_screens_show_every_change_at_once_and_by_whom(
    bianca: Agent, hanna: Agent, nora: Counter, ticket: int
):
    await bianca.looks_into("Support", "all")
    await bianca.opens(ticket)
    for change, shown in FIELDS:
        await bianca.page.evaluate(LOOKS_FOR_MARKS)
        await change(hanna)
        for agent in (bianca, hanna):
            await shown(agent)
        # In the ticket and at its row, by name; gone again after 2 s, so that the page itself must keep watch.
        await bianca.page.evaluate("window.marked")
    await bianca.sees_row(ticket, "Lamp flickers", "On hold")
    await expect(bianca.row(ticket).get_by_label("Priority: High")).to_be_visible()


LOOKS_FOR_MARKS = """() => {
  window.marked = new Promise((done, failed) => {
    const seen = {};
    const eyes = new MutationObserver(() => {
      const ticket = document.querySelector("section .changed")?.parentElement?.nextElementSibling?.textContent;
      const row = document.querySelector(".row-changed")?.textContent;
      seen.ticket ||= ticket === "Hanna";
      seen.row ||= row === "Hanna";
      if (seen.ticket && seen.row) done(eyes.disconnect());
    });
    eyes.observe(document.body, { subtree: true, childList: true });
    setTimeout(() => failed(new Error("not marked: " + JSON.stringify(seen))), 15000);
  });
}"""


async def test_labels_added_at_the_same_moment_both_stay(bianca: Agent, hanna: Agent, ticket: int):
    await asyncio.gather(bianca.labels("urgent repair"), hanna.labels("warranty"))
    for agent in (bianca, hanna):
        await agent.sees_label("urgent repair", "warranty")
        await agent.sees_row(ticket, "urgent repair", "warranty")


async def test_taking_what_bianca_took_a_moment_ago_is_refused_and_says_so(bianca: Agent, hanna: Agent, ticket: int):
    async with slow(hanna, "/owner"):
        await hanna.presses("i")
        await hanna.on_the_way.wait()
        async with bianca.page.expect_response("**/owner"):
            await bianca.presses("i")
    await hanna.sees("Bianca took it", "You wanted to take it.")
    await expect(hanna.pane.get_by_role("button", name="Owner: waiting for Bianca")).to_be_visible()
    await hanna.chooses("Take it all the same")
    await expect(bianca.pane.get_by_role("button", name="Owner: waiting for Hanna")).to_be_visible()


async def test_a_subject_that_changed_while_she_typed_is_asked_about(bianca: Agent, hanna: Agent, ticket: int):
    async with slow(hanna, f"/tickets/{ticket}"):
        await hanna.renames("Hanna's words")
        await hanna.on_the_way.wait()
        async with bianca.page.expect_response(f"**/tickets/{ticket}"):
            await bianca.renames("Bianca's words")
    await hanna.sees("Bianca changed “Subject” to “Bianca's words”", "You chose “Hanna's words”.")
    await hanna.sees_subject("Bianca's words")
    await hanna.chooses("Keep mine")
    await bianca.sees_subject("Hanna's words")


async def test_one_key_puts_mine_over_a_newer_value(bianca: Agent, hanna: Agent, ticket: int):
    async with slow(hanna, f"/tickets/{ticket}"):
        await hanna.picks("Priority", "Low")
        await hanna.on_the_way.wait()
        async with bianca.page.expect_response(f"**/tickets/{ticket}"):
            await bianca.picks("Priority", "Urgent")
    await hanna.sees("Bianca changed “Priority” to “Urgent”", "You chose “Low”.")
    await hanna.presses("Alt+k")
    for agent in (bianca, hanna):
        await agent.sees_field("Priority", "Low")


async def test_who_types_in_the_subject_is_told_what_it_was_changed_to(seats: Seats, stage: House, nora: Counter):
    ticket = await nora.writes("Lamp broken")
    async with (
        at_a_browser(seats, stage, "Bianca", locale="de-DE") as bianca,
        at_a_browser(seats, stage, "Hanna", locale="ru-RU") as hanna,
    ):
        for agent in (bianca, hanna):
            await agent.comes(f"/ticket/{ticket}", live=LIVE[agent.name])
        subject = bianca.pane.get_by_role("heading", level=1).get_by_role("button")
        await subject.click()
        await bianca.page.keyboard.type("Lampe flack")
        await hanna.pane.get_by_role("heading", level=1).get_by_role("button").click()
        await hanna.page.keyboard.type("Лампа мигает")
        await hanna.presses("Enter")
        await bianca.sees("Hanna hat dies um", "in „Лампа мигает“ geändert.")
        await bianca.page.keyboard.type("ert")
        await expect(bianca.pane.get_by_role("textbox", name="Betreff")).to_have_value("Lampe flackert")
        await bianca.presses("Alt+k", "Enter")
        for agent in (bianca, hanna):
            await agent.sees_subject("Lampe flackert")
        await hanna.pane.get_by_role("heading", level=1).get_by_role("button").click()
        await hanna.page.keyboard.type("Не то")
        await subject.click()
        await bianca.page.keyboard.type("Lampe aus")
        await bianca.presses("Enter")
        await hanna.sees("Bianca меняет это на «Lampe aus»")
        await hanna.presses("Alt+l", "Enter")
        for agent in (bianca, hanna):
            await agent.sees_subject("Lampe aus")


async def test_a_resolved_ticket_leaves_the_list_and_says_by_whom(bianca: Agent, hanna: Agent, ticket: int):
    await bianca.presses("u")
    await hanna.presses("e")
    await bianca.sees_row(ticket, "Hanna resolved it")
