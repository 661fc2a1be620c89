"""The browser of the tests starts, and its windows are strangers to each other."""

import pytest
from playwright.async_api import async_playwright

from tests.browser import FLAGS, chromium

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


async def test_two_windows_know_nothing_of_each_other():
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        bianca, hanna = [await (await browser.new_context()).new_page() for _ in range(2)]
        for page, name in (bianca, "Bianca"), (hanna, "Hanna"):
            await page.set_content("<input>")
            await page.fill("input", name)
        assert await bianca.input_value("input") == "Bianca"
        assert await hanna.input_value("input") == "Hanna"
        assert await hanna.evaluate("typeof WebSocket") == "function"
        await browser.close()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
