"""Where people sit: a context of the browser each, hers alone. One that was left serves whoever comes next.

A window that opens anew costs three times as much as one whose process runs already.
"""

from collections import defaultdict
from typing import Any

from playwright.async_api import Browser, BrowserContext, Error

PATIENCE = 15_000
LOOK: dict[str, Any] = {
    "viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "color_scheme": "light",
}  # fmt: skip


EMPTY = """async () => {
  sessionStorage.clear();
  localStorage.clear();
  for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
}"""


class Seats:
    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._free: defaultdict[tuple[str, str], list[BrowserContext]] = defaultdict(list)

    async def take(self, *, script: str = "", **look: Any) -> BrowserContext:
        """`script` runs in every page before the page's own; `look` is what differs from LOOK."""
        if free := self._free[_kind(script, look)]:
            return free.pop()
        context = await self.browser.new_context(**{**LOOK, **look})
        context.set_default_timeout(PATIENCE)
        if script:
            await context.add_init_script(script)
        return context

    async def leave(self, context: BrowserContext, origin: str, *, script: str = "", **look: Any) -> None:
        """It is kept with one window, if nothing of its guest stays in it."""
        try:
            await _clear(context, origin)
        except Error:  # crashed, or nobody answers there
            await context.close()
        else:
            self._free[_kind(script, look)].append(context)


def _kind(script: str, look: dict[str, Any]) -> tuple[str, str]:
    return script, repr(sorted(look.items()))


async def _clear(context: BrowserContext, origin: str) -> None:
    window, *others = context.pages or [await context.new_page()]
    for other in others:
        await other.close()
    await window.unroute_all()
    await window.mouse.move(0, 0)
    await window.goto(f"{origin}/healthz")  # no page, but its process and its storage are those of the desk
    await window.evaluate(EMPTY)
    await context.clear_cookies()
