"""Both have a reply ready and press Send at the same moment. One leaves; the other is held, and its author chooses."""

import asyncio
from typing import NamedTuple

import pytest
from playwright.async_api import expect

from tests.stories.agent import Agent
from tests.stories.house import Counter

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


class Race(NamedTuple):
    quicker: Agent
    held: Agent
    theirs: str
    mine: str
    ticket: int


@pytest.fixture
async def race(nora: Counter, bianca: Agent, hanna: Agent) -> Race:
    ticket = await nora.writes("Lamp broken")
    await asyncio.gather(bianca.opens(ticket), hanna.opens(ticket))
    await bianca.types("Reply of Bianca")
    await hanna.box.click()
    await hanna.sees("Bianca is preparing a reply. Continue?")
    await hanna.chooses("Continue")
    await hanna.types("Reply of Hanna")
    await asyncio.gather(bianca.sends(), hanna.sends())
    for agent in (bianca, hanna):
        own = agent.conversation.get_by_text(f"Reply of {agent.name}", exact=True)
        await expect(agent.held.or_(own)).to_be_visible()
    held, quicker = (bianca, hanna) if await bianca.held.is_visible() else (hanna, bianca)
    return Race(quicker, held, f"Reply of {quicker.name}", f"Reply of {held.name}", ticket)


async def test_one_leaves_and_the_other_is_held(race: Race):
    await expect(race.quicker.held).to_have_count(0)
    await race.quicker.sees_message(race.theirs)
    await race.quicker.sees("Sent")
    await expect(race.held.held).to_contain_text(f"{race.quicker.name} replied")
    await expect(race.held.held.get_by_role("article")).to_contain_text(race.theirs)
    await expect(race.held.held).to_contain_text(race.mine)
    await expect(race.quicker.conversation.get_by_text(race.mine)).to_have_count(0)


async def test_she_edits_and_sends(race: Race):
    await race.held.chooses("Edit")
    await race.held.has_written(race.mine)
    await race.held.types(", after reading yours")
    await race.held.sends()
    for agent in (race.held, race.quicker):
        await agent.sees_once(f"{race.mine}, after reading yours")
        await agent.sees_once(race.theirs)
    await expect(race.held.held).to_have_count(0)
    await race.held.has_written("")


async def test_she_sends_all_the_same(race: Race):
    await race.held.chooses("Send all the same")
    for agent in (race.held, race.quicker):
        await agent.sees_once(race.mine)
    await expect(race.held.held).to_have_count(0)


async def test_she_keeps_it_as_a_note(race: Race):
    await race.held.chooses("Keep as note")
    for agent in (race.held, race.quicker):
        note = agent.conversation.get_by_role("article", name=f"internal {race.held.name}")
        await expect(note).to_contain_text(race.mine)
    await expect(race.held.held).to_have_count(0)


async def test_she_discards_it_and_may_have_it_back(race: Race):
    await race.held.chooses("Discard")
    await expect(race.held.held).to_have_count(0)
    await race.held.sees_message(race.theirs)
    await race.quicker.sees_not(race.mine)
    await race.held.chooses("Give the text back")
    await race.held.has_written(race.mine)


async def test_a_held_reply_waits_where_she_finds_it_again(race: Race):
    await race.held.goes("/held")
    await race.held.sees(race.mine)
    await race.held.goes_to(race.ticket)
    await expect(race.held.held).to_contain_text(race.mine)
