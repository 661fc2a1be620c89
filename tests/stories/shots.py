"""Pictures for eyes: `python -m tests.stories.shots OUTDIR [LANGUAGE …]`. Nothing is checked by it."""

import asyncio
import os
import sys
import tempfile
import uuid
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser import FLAGS, chromium
from tests.stories.house import House, running

LANGUAGES = {"en": "en-GB", "de": "de-DE", "ru": "ru-RU", "zh": "zh-CN"}
SIZES: dict[int, dict[str, Any]] = {
    1280: {"viewport": {"width": 1280, "height": 860}},
    390: {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}
SETTINGS = ("account", "agents", "invitations", "departments", "inboxes", "mailboxes", "mailboxes/new")


class Photographer:
    def __init__(self, browser: Browser, demo: House, empty: House, out: Path) -> None:
        self.browser, self.demo, self.empty, self.out = browser, demo, empty, out

    async def takes_all(self, language: str, scheme: str, width: int) -> None:
        """One series: everything in one language, one scheme and one size."""
        self.kind = f"{language}-{scheme}-{width}"
        look = {"locale": LANGUAGES[language], "color_scheme": scheme, **SIZES[width]}
        context = await self.browser.new_context(**look)
        self.page, self.context = await context.new_page(), context
        other = await self.browser.new_context(**look)
        await self.doors()
        await self.desk(await other.new_page(), width)
        await self.settings()
        await context.close()
        await other.close()

    async def doors(self) -> None:
        link = next(line.strip() for line in self.empty.said if "/setup?token=" in line)
        for name, url in (
            ("wizard", link), ("sign-in", f"{self.demo.origin}/sign-in"), ("demo", f"{self.demo.origin}/demo"),
        ):  # fmt: skip
            await self.page.goto(url)
            await self.takes(name)
        await self.page.goto(f"{self.demo.origin}/demo/mail")
        await self.page.locator("section li button").first.click()
        await self.takes("noras-mailbox")

    async def desk(self, other: Page, width: int) -> None:
        await self.becomes(self.page, "Hanna")
        await self.becomes(other, "Bianca")
        ticket = await self.races(self.page, other)
        await other.goto(f"{self.demo.origin}/ticket/{ticket}")
        await other.get_by_role("textbox").last.press_sequentially("And since when")
        await self.opens("/inbox/1/new")
        await self.takes("list")
        await self.opens(f"/inbox/1/new/{ticket}")
        await expect(self.page.get_by_role("alert").first).to_be_visible()
        await self.takes("held")
        vip = (await self.asks(self.page, "GET", "/tickets?inbox=2&queue=new"))["tickets"][0]["id"]
        await other.goto(f"{self.demo.origin}/inbox/2/new/{vip}")
        await expect(other.get_by_role("textbox").last).to_be_editable()
        await self.opens(f"/inbox/2/new/{vip}")
        await expect(self.page.get_by_role("textbox").last).not_to_be_editable()
        await self.takes("vip-lock")
        if width < 500:
            await self.opens("/inbox/2/new")
            await self.takes("vip-list")
        rich = (await self.asks(self.page, "GET", "/tickets?inbox=1&queue=pending"))["tickets"][0]["id"]
        await self.opens(f"/inbox/1/pending/{rich}")
        await self.takes("ticket")
        await self.opens("/search?q=light")
        await self.takes("search")

    async def settings(self) -> None:
        await self.becomes(self.page, "Ada")
        for room in SETTINGS:
            await self.opens(f"/settings/{room}")
            await self.takes(f"settings-{room.replace('/', '-')}")

    async def races(self, hers: Page, other: Page) -> int:
        lamp = {"subject": "Lamp broken", "requester": "nora@customer.example", "body": "It flickers.", "inbox": 1}
        ticket = int((await self.asks(hers, "POST", "/tickets", lamp))["id"])
        await self.asks(other, "POST", f"/tickets/{ticket}/replies", {"body": "Which model is it?", "seen": 1})
        await self.asks(hers, "POST", f"/tickets/{ticket}/replies", {"body": "Which lamp do you mean?", "seen": 1})
        return ticket

    async def becomes(self, page: Page, name: str) -> None:
        people = (await (await page.request.get(f"{self.demo.origin}/api/demo")).json())["people"]
        person = next(one["id"] for one in people if one["name"].startswith(name))
        await page.request.post(f"{self.demo.origin}/api/demo/session", data={"person": person})

    async def asks(self, page: Page, method: str, path: str, body: Any = None) -> Any:
        sent = {"Idempotency-Key": str(uuid.uuid4()), "Origin": self.demo.origin}
        answer = await page.request.fetch(f"{self.demo.origin}/api{path}", method=method, data=body, headers=sent)
        return await answer.json()

    async def opens(self, path: str) -> None:
        await self.page.goto(f"{self.demo.origin}{path}")

    async def takes(self, name: str) -> None:
        await self.page.wait_for_load_state("networkidle")
        await self.page.screenshot(path=self.out / f"{name}-{self.kind}.png", animations="disabled")


async def main(out: Path, languages: list[str]) -> None:
    with ExitStack() as houses:
        folder = Path(houses.enter_context(tempfile.TemporaryDirectory()))
        demo = houses.enter_context(running(House(folder / "demo", command="demo")))
        empty = houses.enter_context(running(House(folder / "empty")))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            photographer = Photographer(browser, demo, empty, out)
            for language, scheme, width in product(languages, ("light", "dark"), SIZES):
                await photographer.takes_all(language, scheme, width)
            await browser.close()
    print(f"{len(os.listdir(out))} pictures in {out}")


if __name__ == "__main__":
    into = Path(sys.argv[1])
    into.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(into, sys.argv[2:] or ["de", "zh"]))
