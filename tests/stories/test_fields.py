"""Two people change one ticket: both screens show all of it at once, and nobody overwrites what she has not seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Route, expect

from tests.stories.agent import Agent
from tests.stories.house import Counter

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


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


async def test_both_screens_show_every_change_at_once(bianca: Agent, hanna: Agent, ticket: int):
    await hanna.renames("Lamp flickers")
    await hanna.picks("Priority", "High")
    await hanna.picks("Status", "On hold")
    await hanna.presses("i")
    for agent in (bianca, hanna):
        await agent.sees_subject("Lamp flickers")
        await agent.sees_field("Priority", "High")
        await agent.sees_field("Status", "On hold")
    await expect(bianca.pane.get_by_role("button", name="Owner: owned by Hanna")).to_be_visible()
    await bianca.looks_into("Support", "pending")
    await bianca.sees_row(ticket, "Lamp flickers")
    await expect(bianca.row(ticket).get_by_label("Priority: High")).to_be_visible()


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


async def test_a_resolved_ticket_leaves_the_list_and_says_by_whom(bianca: Agent, hanna: Agent, ticket: int):
    await bianca.presses("u")
    await hanna.presses("e")
    await bianca.sees_row(ticket, "Hanna resolved it")
