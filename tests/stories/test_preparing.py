"""Two prepare a reply at once: each learns it at the same moment, in her language, and answers without the mouse."""

import re
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from playwright.async_api import Locator, expect

from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.said import LOCALES, in_language
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


class Pair(NamedTuple):
    bianca: Agent
    hanna: Agent


async def at_the_ticket(agent: Agent, ticket: int) -> Agent:
    secret = agent.house.key_of(agent.name.lower())
    await agent.context.add_cookies([{"name": "elbowroom", "value": secret, "url": agent.origin}])
    await agent.looks_at(f"/ticket/{ticket}")
    await expect(box(agent)).to_be_visible()
    return agent


def box(agent: Agent) -> Locator:
    return agent.page.locator("textarea.reply-area")


@pytest.fixture
async def pair(request: pytest.FixtureRequest, seats: Seats, stage: House, nora: Counter) -> AsyncIterator[Pair]:
    """Bianca reads Russian, Hanna German, unless told otherwise; Bianca has begun to write."""
    ticket = await nora.writes("Wer antwortet?")
    first, second = getattr(request, "param", ("ru", "de"))
    async with (
        at_a_browser(seats, stage, "Bianca", locale=LOCALES[first]) as bianca,
        at_a_browser(seats, stage, "Hanna", locale=LOCALES[second]) as hanna,
    ):
        await at_the_ticket(bianca, ticket)
        await at_the_ticket(hanna, ticket)
        await bianca.presses("r")
        await bianca.page.keyboard.type("Dear Nora")
        begun = in_language(second)("conversations.begun.by", name="Bianca").partition("{ago}")[0]
        await expect(hanna.page.get_by_text(re.compile(f"^{begun}"))).to_be_visible()
        yield Pair(bianca, hanna)


ASKED = "Bianca bereitet eine Antwort vor. Fortfahren?"
TOLD = "Hanna тоже начинает ответ. Продолжить ваш?"
THE_OTHER_WAY = pytest.mark.parametrize("pair", [("de", "ru")], indirect=True)
ASKED_IN_RUSSIAN = in_language("ru")("together.prepares", name="Bianca")
TOLD_IN_GERMAN = in_language("de")("together.alsoBegan", name="Hanna")


async def test_both_are_asked_and_both_go_on_by_keyboard_alone(pair: Pair) -> None:
    bianca, hanna = pair
    await hanna.presses("r")
    await hanna.sees(ASKED)
    await expect(hanna.page.get_by_role("alert").get_by_text(re.compile("begonnen vor"))).to_be_visible()
    await bianca.sees(TOLD)
    await bianca.page.keyboard.type(", we")  # what asks takes no key from her
    await expect(box(bianca)).to_have_value("Dear Nora, we")
    await bianca.presses("Alt+y")
    await bianca.sees_not(TOLD)
    await hanna.presses("Alt+y")
    await expect(box(hanna)).to_be_focused()
    await hanna.page.keyboard.type("Hello Nora")
    await hanna.sees_not(ASKED)
    await bianca.sees_not(TOLD)  # once is enough
    await bianca.page.keyboard.type(" send one.")
    await expect(box(bianca)).to_have_value("Dear Nora, we send one.")


@THE_OTHER_WAY
async def test_who_leaves_it_to_the_other_takes_the_question_along(pair: Pair) -> None:
    bianca, hanna = pair
    await hanna.presses("r")
    await bianca.sees(TOLD_IN_GERMAN)
    await hanna.presses("Alt+n")
    await hanna.sees_not(ASKED_IN_RUSSIAN)
    await bianca.sees_not(TOLD_IN_GERMAN)
    await expect(box(bianca)).to_be_focused()


@THE_OTHER_WAY
async def test_who_was_first_may_leave_it_and_her_text_stays(pair: Pair) -> None:
    bianca, hanna = pair
    await hanna.presses("r")
    await bianca.sees(TOLD_IN_GERMAN)
    await bianca.presses("Alt+n")
    await expect(box(bianca)).not_to_be_focused()
    await expect(box(bianca)).to_have_value("Dear Nora")
    await hanna.presses("Enter")  # the question has the focus
    await hanna.page.keyboard.type("Hello")
    await expect(box(hanna)).to_have_value("Hello")
