"""On a phone one pane at a time: the way back leads from the ticket to the list, and closes what lies over the page."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.cast import INBOXES
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
LIST = f"/inbox/{INBOXES['Support']}/new"


@pytest.fixture
async def hanna(seats: Seats, stage: House) -> AsyncIterator[Agent]:
    phone: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    async with at_a_browser(seats, stage, "Hanna", **phone) as hanna:
        await hanna.looks_at("/")
        await hanna.page.get_by_label("E-mail address").fill("hanna@desk.example")
        yield hanna


@pytest.fixture
async def in_the_list(hanna: Agent, nora: Counter) -> int:
    """She signed in on her phone; returns a ticket's number."""
    ticket = await nora.writes("Lamp broken")
    await hanna.page.get_by_label("Password", exact=True).fill("a quiet bicycle bell")
    await hanna.button("Sign in").tap()
    await hanna.page.wait_for_url(f"**{LIST}")
    await expect(hanna.row(ticket)).to_be_visible()
    return ticket


async def opens(hanna: Agent, ticket: int) -> None:
    await hanna.row(ticket).get_by_role("link").tap()
    await expect(hanna.box).to_be_visible()
    await expect(hanna.row(ticket)).to_have_count(0)


async def test_back_leads_to_the_list(hanna: Agent, in_the_list: int):
    await opens(hanna, in_the_list)
    await hanna.page.go_back()
    await expect(hanna.row(in_the_list)).to_be_visible()
    await expect(hanna.box).to_have_count(0)


async def test_the_arrow_leaves_no_ticket_behind_the_list(hanna: Agent, in_the_list: int):
    await opens(hanna, in_the_list)
    before = await hanna.page.evaluate("history.length")
    await hanna.button("Back to the list").tap()
    await expect(hanna.row(in_the_list)).to_be_visible()
    assert await hanna.page.evaluate("history.length") == before
    await hanna.page.go_forward()
    await expect(hanna.box).to_be_visible()


async def test_a_subject_keeps_its_room_beside_colleagues(hanna: Agent, bianca: Agent, in_the_list: int):
    await opens(hanna, in_the_list)
    alone = await width(hanna.pane.get_by_role("heading", level=1))
    await bianca.goes_to(in_the_list)
    await hanna.sees_here("Bianca is viewing")
    assert await width(hanna.pane.get_by_role("heading", level=1)) == alone > 200


async def test_the_x_of_a_row_lies_within_it(hanna: Agent, bianca: Agent, in_the_list: int):
    await bianca.goes_to(in_the_list)
    await bianca.types("Dear Nora")
    x = hanna.row(in_the_list).get_by_role("button", name="Take it from Bianca")
    await lies_within(x, hanna.row(in_the_list))
    await hanna.button("One line each").tap()
    await lies_within(x, hanna.row(in_the_list))


async def lies_within(x: Locator, row: Locator) -> None:
    await expect(x).to_be_visible()
    inner, outer = await x.bounding_box(), await row.bounding_box()
    assert inner is not None
    assert outer is not None
    assert outer["y"] <= inner["y"]
    assert inner["y"] + inner["height"] <= outer["y"] + outer["height"]
    assert min(inner["width"], inner["height"]) >= 35


async def width(shown: Locator) -> float:
    box = await shown.bounding_box()
    assert box is not None
    return box["width"]


async def test_back_closes_the_details_and_leaves_the_ticket_open(hanna: Agent, in_the_list: int):
    await opens(hanna, in_the_list)
    await hanna.button("Details").tap()
    details = hanna.page.get_by_text("nora@customer.example")
    await expect(details).to_be_visible()
    await hanna.page.evaluate("history.back()")
    await expect(details).to_have_count(0)
    await expect(hanna.box).to_be_visible()
