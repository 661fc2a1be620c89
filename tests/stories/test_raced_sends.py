"""Both have written, and both press Send at the same moment: one leaves, the other is held before its author's eyes."""

import asyncio
import time

import pytest
from playwright.async_api import CDPSession, expect

from tests.stories.agent import Agent
from tests.stories.house import Counter

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
HALF_A_SECOND = 500  # for so long a message must be in view before it counts as seen


async def finger_on_send(agent: Agent) -> CDPSession:
    """Down on the button: it is sent when the finger lifts."""
    await expect(agent.button("Send")).to_be_enabled()
    finger = await agent.page.context.new_cdp_session(agent.page)
    await press(finger, "mousePressed", await middle(agent))
    return finger


async def middle(agent: Agent) -> tuple[float, float]:
    box = await agent.button("Send").bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def press(finger: CDPSession, what: str, at: tuple[float, float]) -> None:
    asked = {"type": what, "x": at[0], "y": at[1], "button": "left", "clickCount": 1}
    await finger.send("Input.dispatchMouseEvent", asked)


async def both_write(bianca: Agent, hanna: Agent, ticket: int) -> None:
    await asyncio.gather(bianca.goes_to(ticket), hanna.goes_to(ticket))
    await bianca.types(f"Reply of Bianca to {ticket}.\nWhole.")
    await hanna.box.click()
    await hanna.chooses("Continue")
    await hanna.types(f"Reply of Hanna to {ticket}.\nWhole.")


async def raced(bianca: Agent, hanna: Agent, ticket: int) -> int | None:
    """Returns the milliseconds between the two; None where a busy machine let the second one see the first's reply."""
    both = (bianca, hanna)
    await both_write(bianca, hanna, ticket)
    fingers = [await finger_on_send(agent) for agent in both]
    places = [await middle(agent) for agent in both]
    for agent in both:
        await agent.page.evaluate("addEventListener('click', () => (window.clicked = Date.now()), true)")
    lifted = (press(finger, "mouseReleased", at) for finger, at in zip(fingers, places, strict=True))
    await asyncio.gather(*lifted)
    for agent in both:
        own = agent.conversation.get_by_text(f"Reply of {agent.name} to {ticket}.")
        await expect(agent.held.or_(own).first).to_be_visible()
    for finger in fingers:
        await finger.detach()
    clicked = [await agent.page.evaluate("window.clicked") for agent in both]
    apart = abs(clicked[0] - clicked[1])
    if not any([await agent.held.count() for agent in both]):
        assert apart > HALF_A_SECOND, f"both left, {apart} ms apart"
        return None
    held, quicker = (bianca, hanna) if await bianca.held.count() else (hanna, bianca)
    await sees_both_texts(quicker, held, ticket)
    return int(apart)


async def sees_both_texts(quicker: Agent, held: Agent, ticket: int) -> None:
    theirs, mine = f"Reply of {quicker.name} to {ticket}.", f"Reply of {held.name} to {ticket}."
    await expect(quicker.held).to_have_count(0)
    await expect(quicker.conversation.get_by_text(theirs)).to_have_count(1)
    await expect(quicker.conversation.get_by_text(mine)).to_have_count(0)
    await expect(held.held).to_be_in_viewport(ratio=1)
    await expect(held.held).to_be_focused()
    await expect(held.held.get_by_role("article")).to_contain_text(theirs)
    await expect(held.held).to_contain_text(mine)
    await held.chooses("Edit")
    await held.has_written(f"{mine}\nWhole.")


async def test_three_raced_pairs(bianca: Agent, hanna: Agent, nora: Counter):
    await many(bianca, hanna, nora, 3)


@pytest.mark.long
async def test_fifty_raced_pairs(bianca: Agent, hanna: Agent, nora: Counter):
    await many(bianca, hanna, nora, 50)


async def many(bianca: Agent, hanna: Agent, nora: Counter, pairs: int) -> None:
    began = time.monotonic()
    apart = list[int]()
    for _ in range(3 * pairs):
        if len(apart) < pairs and (found := await raced(bianca, hanna, await nora.writes("Lamp broken"))) is not None:
            apart.append(found)
    assert len(apart) == pairs
    print(f"\nraced sends: {pairs} pairs, {sorted(apart)} ms apart, {time.monotonic() - began:.0f} s")
