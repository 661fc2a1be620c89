"""Someone with a browser. Each verb waits for what it says, never for a time; what the page must not do is kept."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, Request, WebError, expect

from tests.cast import INBOXES, PASSWORD
from tests.stories.house import House
from tests.stories.seats import Seats

# The browser's own echo of an answer that is no failure of the page: held, stale, locked, deleted, signed out …
ANSWERS = re.compile(r"Failed to load resource: the server responded with a status of (401|404|409|410|413|422|423)")
NO_WIRE = re.compile(r"WebSocket connection to|net::ERR_|status of 50[234]")


class Agent:
    def __init__(self, house: House, name: str, context: BrowserContext, origin: str = "") -> None:
        self.house, self.name, self.context = house, name, context
        self.origin = origin or house.origin
        self.faults: list[str] = []
        self.wire_may_break = False
        self.on_the_way = asyncio.Event()
        self._window = next(iter(context.pages), None)
        self._ears: dict[Any, Any] = {"console": self._console, "weberror": self._error, "request": self._request}
        for event, ear in self._ears.items():
            context.on(event, ear)

    # what must not happen
    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning") or ANSWERS.search(message.text):
            return
        if not (self.wire_may_break and NO_WIRE.search(message.text)):
            self.faults.append(f"console: {message.text} {message.location}")

    def _error(self, error: WebError) -> None:
        self.faults.append(f"page: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.origin}/", f"ws{self.origin[4:]}/", "data:", "blob:")):
            self.faults.append(f"another host: {request.url}")

    # coming and going
    async def comes(self, path: str = "/", live: str = "Live") -> "Agent":
        """Signed in, without the form (test_first_hour.py is about that). `live`: as her language says it."""
        secret = await asyncio.to_thread(self.house.key_of, self.name.lower())
        await self.context.add_cookies([{"name": "elbowroom", "value": secret, "url": self.origin}])
        await self.looks_at(path)
        await self.is_told(live)
        return self

    async def looks_at(self, path: str) -> "Agent":
        """In the window that stands there, or in a new one; whether signed in or not."""
        self.page: Page = self._window or await self.context.new_page()
        self._window = None
        await self.goes(path)
        return self

    async def signs_in(self, password: str = PASSWORD) -> None:
        await self.page.get_by_label("E-mail address").fill(f"{self.name.lower()}@desk.example")
        await self.page.get_by_label("Password", exact=True).fill(password)
        await self.page.get_by_role("button", name="Sign in").click()
        await expect(self.page.get_by_role("navigation")).to_be_visible()

    async def goes(self, path: str) -> None:
        await self.page.goto(self.origin + path)

    async def is_live(self) -> None:
        await self.is_told("Live")

    async def is_told(self, state: str) -> None:
        """What the dot beside the desk's name says."""
        await expect(self.page.get_by_role("complementary", name="Elbowroom").get_by_role("status").first).to_have_text(
            state
        )

    async def other_tab(self) -> "Agent":
        """The same person, another tab of the same browser."""
        tab = Agent.__new__(Agent)
        tab.__dict__ |= self.__dict__
        tab.page = await self.context.new_page()
        return tab

    async def fills(self, **fields: str) -> None:
        """Fields by their labels: `Your_name="Ada"`."""
        for label, value in fields.items():
            await self.page.get_by_label(label.replace("_", " "), exact=True).fill(value)

    async def closes_tab(self) -> None:
        await self.page.close()

    def goes_home(self) -> None:
        """Nothing may have gone wrong in any window."""
        for event, ear in self._ears.items():
            self.context.remove_listener(event, ear)
        assert not self.faults, self.faults

    # where things stand
    def row(self, ticket: int) -> Locator:
        return self.page.get_by_role("listitem").filter(has=self.page.locator(f'[data-ticket="{ticket}"]'))

    @property
    def pane(self) -> Locator:
        return self.page.get_by_role("region", name=re.compile(r"^#\d"))

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("region", name="Write").get_by_role("textbox")

    @property
    def here(self) -> Locator:
        return self.page.get_by_role("group", name="Who else is here")

    @property
    def conversation(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    @property
    def held(self) -> Locator:
        return self.page.get_by_role("alert", name="Held reply")

    def button(self, name: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_role("button", name=name, exact=isinstance(name, str))

    # doing
    async def looks_into(self, inbox: str, queue: str = "new") -> None:
        await self.goes(f"/inbox/{INBOXES[inbox]}/{queue}")
        await self.is_live()

    async def opens(self, ticket: int) -> None:
        """By a click on the row."""
        await self.row(ticket).get_by_role("link").click()
        await self.looks_at_the_ticket()
        await expect(self.box).to_be_visible()

    async def looks_at_the_ticket(self) -> None:
        """The pointer leaves the list, in which nothing moves under it."""
        await self.page.mouse.move(900, 300)

    async def goes_to(self, ticket: int) -> None:
        """By its address."""
        await self.goes(f"/ticket/{ticket}")
        await expect(self.box).to_be_visible()
        await self.is_live()

    async def types(self, text: str) -> None:
        await expect(self.box).to_be_editable()
        await self.box.press_sequentially(text)
        await expect(self.box).to_have_value(re.compile(re.escape(text) + "$"))

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def chooses(self, name: str | re.Pattern[str]) -> None:
        await self.button(name).first.click()

    async def sends(self) -> None:
        await self.button("Send").click()

    async def picks(self, field: str, value: str) -> None:
        """A status, a priority: from the menu under the field in the ticket's head."""
        await self.pane.locator("header").get_by_role("button", name=re.compile(f"^{field}")).click()
        await self.page.get_by_role("menuitem", name=re.compile(f"^{value}")).click()

    async def renames(self, subject: str) -> None:
        await self.pane.get_by_role("heading", level=1).get_by_role("button").click()
        await self.pane.get_by_role("textbox", name="Subject").fill(subject)
        await self.presses("Enter")

    async def labels(self, name: str) -> None:
        await self.pane.locator("header").get_by_role("button", name="Label", exact=True).click()
        await self.page.get_by_placeholder("Find or make a label").fill(name)
        await self.page.get_by_role("option", name=re.compile(re.escape(name))).click()
        await self.presses("Escape")

    # seeing
    async def sees(self, *texts: str) -> None:
        for text in texts:
            await expect(self.page.get_by_text(text).locator("visible=true").first).to_be_visible()

    async def sees_not(self, *texts: str) -> None:
        for text in texts:
            await expect(self.page.get_by_text(text)).to_have_count(0)

    async def sees_row(self, ticket: int, *texts: str) -> None:
        for text in texts:
            await expect(self.row(ticket)).to_contain_text(text)

    async def sees_no_row(self, ticket: int) -> None:
        await expect(self.row(ticket)).to_have_count(0)

    async def sees_at_row(self, ticket: int, doing: str) -> None:
        """A picture at the row, by its words, like "Bianca is viewing"."""
        await expect(self.row(ticket).get_by_role("img", name=re.compile(f"^{doing}"))).to_be_visible()

    async def sees_here(self, doing: str) -> None:
        """A picture in the open ticket."""
        await expect(self.here.get_by_role("button", name=re.compile(f"^{doing}"))).to_be_visible()

    async def sees_nobody_here(self, name: str) -> None:
        """`name` is gone, or shown as having left."""
        there = self.here.get_by_role("button", name=re.compile(f"^{name} is"))
        await expect(there).to_have_count(0)

    async def sees_message(self, text: str) -> None:
        await expect(self.conversation.get_by_text(text, exact=True)).to_be_visible()

    async def sees_once(self, text: str) -> None:
        await expect(self.conversation.get_by_text(text, exact=True)).to_have_count(1)

    async def sees_field(self, field: str, value: str) -> None:
        shown = self.pane.locator("header").get_by_role("button", name=f"{field}: {value}")
        await expect(shown).to_be_visible()

    async def sees_owner(self, *words: str) -> None:
        """One of these: it is hers, or another's."""
        shown = self.pane.get_by_role("button", name=re.compile(f"^Owner: ({'|'.join(words)})$"))
        await expect(shown.first).to_be_visible()

    async def sees_subject(self, subject: str) -> None:
        await expect(self.pane.get_by_role("heading", level=1)).to_contain_text(subject)

    async def sees_label(self, *names: str) -> None:
        for name in names:
            label = self.pane.locator("header").get_by_role("button", name=f"Remove label {name}")
            await expect(label).to_be_visible()

    async def has_written(self, text: str) -> None:
        await expect(self.box).to_have_value(text)


@asynccontextmanager
async def at_a_browser(seats: Seats, house: House, name: str, *, origin: str = "", **look: Any) -> AsyncIterator[Agent]:
    """Someone until the end of the block. After one with a way of her own to the desk (`origin`) nobody sits there."""
    context = await seats.take(**look)
    agent = Agent(house, name, context, origin)
    yield agent
    await (context.close() if origin else seats.leave(context, house.origin, **look))
    agent.goes_home()
