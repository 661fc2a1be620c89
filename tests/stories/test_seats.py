"""The stage itself: whoever sits down where someone sat finds nothing of hers."""

import pytest
from playwright.async_api import Route

from tests.stories.agent import at_a_browser
from tests.stories.house import House
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
LEFT = "[localStorage.left ?? null, sessionStorage.left ?? null]"


async def refuses(route: Route) -> None:
    await route.abort()


async def test_nothing_of_her_stays_at_her_seat(seats: Seats, stage: House):
    async with at_a_browser(seats, stage, "Bianca") as bianca:
        await bianca.comes()
        await bianca.page.evaluate("localStorage.left = sessionStorage.left = 'a word'")
        assert await bianca.page.evaluate(LEFT) == ["a word", "a word"]
        bianca.wire_may_break = True
        await bianca.page.route("**/api/**", refuses)
        await bianca.other_tab()
    async with at_a_browser(seats, stage, "Hanna") as hanna:
        assert hanna.context is bianca.context
        assert len(hanna.context.pages) == 1
        await hanna.looks_at("/")
        await hanna.sees("Sign in")
        assert await hanna.page.evaluate(LEFT) == [None, None]
        await hanna.signs_in()
        await hanna.is_live()


async def test_a_seat_of_another_look_is_another_one(seats: Seats, stage: House):
    async with at_a_browser(seats, stage, "Bianca") as bianca:
        await bianca.comes()
    async with at_a_browser(seats, stage, "Hanna", color_scheme="dark") as hanna:
        assert hanna.context is not bianca.context
        await hanna.comes()
