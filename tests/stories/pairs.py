"""Two at their desks in two languages: Hanna reads German by day, Bianca Russian at night. No mouse."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Locator, expect

from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import House
from tests.stories.said import LOCALES, Say, in_language
from tests.stories.seats import Seats
from tests.stories.test_access import AXE, is_clean

STOPS = 90  # with the tab key, until whatever can be reached has been


@dataclass
class Reader:
    """Someone who is told everything in her language; what is looked for is named by the key of its words."""

    agent: Agent
    say: Say

    @property
    def box(self) -> Locator:
        return self.agent.page.locator("textarea.reply-area")

    def words(self, key: str, **values: object) -> re.Pattern[str]:
        """With anything where a value isn't given."""
        parts = re.split(r"\{\w+\}", self.say(key, **values))
        return re.compile(".+".join(map(re.escape, parts)))

    async def goes_to(self, ticket: int) -> None:
        await self.agent.goes(f"/ticket/{ticket}")
        await expect(self.box).to_be_visible()
        await self.agent.is_told(self.say("app.live.live"))

    async def begins(self, ticket: int, text: str) -> None:
        await self.goes_to(ticket)
        await self.types(text)

    async def types(self, text: str) -> None:
        """Into the box; what is asked about a colleague who writes too is answered."""
        await self.agent.presses("r")
        asked = self.told("together.prepares")
        await expect(asked.or_(self.box.and_(self.agent.page.locator(":focus"))).first).to_be_visible()
        if await asked.count():
            await self.agent.presses("Alt+y")
        await expect(self.box).to_be_focused()
        await self.agent.page.keyboard.type(text)

    def told(self, key: str, **values: object) -> Locator:
        return self.agent.page.get_by_text(self.words(key, **values)).locator("visible=true")

    async def is_told(self, key: str, **values: object) -> None:
        await expect(self.told(key, **values).first).to_be_visible()

    async def is_told_no_more(self, key: str, **values: object) -> None:
        await expect(self.told(key, **values)).to_have_count(0)

    async def presses(self, *keys: str) -> None:
        await self.agent.presses(*keys)

    async def answers(self, key: str, **values: object) -> None:
        """From the top of the page on with the tab key, to the button or link of these words; then Enter."""
        wanted = self.say(key, **values)
        await self.agent.page.evaluate("document.activeElement?.blur(); getSelection().empty()")
        for _ in range(STOPS):
            await self.presses("Tab")
            if await self.agent.page.evaluate(IS_AT, wanted):
                return await self.presses("Enter")
        raise AssertionError(f"the tab key never comes to {wanted!r}")

    async def tabs_to(self, wanted: Locator) -> None:
        """From where the focus is."""
        for _ in range(STOPS):
            if await wanted.and_(self.agent.page.locator(":focus")).count():
                return
            await self.presses("Tab")
        raise AssertionError(f"the tab key never comes to {wanted}")

    async def picks(self, key: str) -> None:
        """From the menu that is open, with the arrow keys."""
        item = self.agent.page.get_by_role("menuitem", name=self.say(key))
        await expect(item).to_be_visible()
        for _ in range(STOPS):
            if await item.and_(self.agent.page.locator(":focus")).count():
                return await self.presses("Enter")
            await self.presses("ArrowDown")
        raise AssertionError(f"the arrow keys never come to {key}")

    async def is_clean(self, where: str) -> None:
        await is_clean(self.agent.page, where)


Pair = tuple[Reader, Reader]


async def are_clean(pair: Pair, where: str) -> None:
    """What the second sees differs by its colours."""
    first, second = pair
    await asyncio.gather(is_clean(first.agent.page, where), is_clean(second.agent.page, where, colours_alone=True))


async def does(verb: Any, *words: Any, **more: Any) -> Any:
    """Without a browser."""
    return (await asyncio.to_thread(verb, *words, **more)).ok()


IS_AT = """(wanted) => {
  const {textContent = "", ariaLabel = ""} = document.activeElement ?? {};
  return ariaLabel === wanted || textContent.trim().startsWith(wanted);
}"""


@asynccontextmanager
async def reading(seats: Seats, house: House, name: str, language: str, **more: Any) -> AsyncIterator[Reader]:
    look: dict[str, Any] = {"locale": LOCALES[language], "script": AXE.read_text(), **more}
    async with at_a_browser(seats, house, name, **look) as agent:
        secret = await asyncio.to_thread(house.key_of, name.lower())
        await agent.context.add_cookies([{"name": "elbowroom", "value": secret, "url": agent.origin}])
        await agent.looks_at("/notices")
        yield Reader(agent, in_language(language))


@asynccontextmanager
async def a_pair(seats: Seats, house: House, german: str = "Hanna", russian: str = "Bianca") -> AsyncIterator[Pair]:
    async with (
        reading(seats, house, german, "de") as first,
        reading(seats, house, russian, "ru", color_scheme="dark") as second,
    ):
        yield first, second
