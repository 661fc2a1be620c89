"""Makes docs/picture.png from the running demo: Bianca writes, Hanna sees it. `python3 dev.py picture`."""

import asyncio
import io
import re
import subprocess
import sys
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.browser import FLAGS, chromium

ROOT = Path(__file__).parents[1]
SIZE: ViewportSize = {"width": 1120, "height": 700}
GAP = 28


async def enter(browser: Browser, url: str, name: str) -> Page:
    context = await browser.new_context(viewport=SIZE, device_scale_factor=1.5, locale="en-GB", color_scheme="light")
    people = (await (await context.request.get(f"{url}/api/demo")).json())["people"]
    person = next(one["id"] for one in people if one["name"].startswith(name))
    await context.request.post(f"{url}/api/demo/session", data={"person": person})
    page = await context.new_page()
    await page.goto(url)
    return page


async def shoot(url: str) -> bytes:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        bianca, hanna = await enter(browser, url, "Bianca"), await enter(browser, url, "Hanna")
        desk = await (await bianca.context.request.get(f"{url}/api/tickets?queue=new&limit=20")).json()
        ticket = next(one for one in desk["tickets"] if one["subject"].isascii() and one["messages"] > 1)
        for page in (bianca, hanna):
            await page.goto(f"{url}/inbox/{ticket['inbox']}/new/{ticket['id']}")
            await page.get_by_role("textbox", name=re.compile("reply", re.I)).last.wait_for()
        await bianca.get_by_role("textbox", name=re.compile("reply", re.I)).last.press_sequentially("Thank you, I will")
        await hanna.get_by_text(re.compile("Bianca.*(writing|preparing)", re.I)).first.wait_for(state="attached")
        shots = [await page.screenshot(animations="disabled") for page in (bianca, hanna)]
        await browser.close()
    return side_by_side(*shots)


def side_by_side(left: bytes, right: bytes) -> bytes:
    """Hanna's window in front, Bianca's above it, on quiet ground."""
    one, two = (Image.open(io.BytesIO(shot)).convert("RGB") for shot in (left, right))
    out = Image.new("RGB", (one.width + 2 * GAP, one.height + two.height + 3 * GAP), "#e9ecf2")
    out.paste(one, (GAP, GAP))
    out.paste(two, (GAP, one.height + 2 * GAP))
    out.thumbnail((1400, 1900))
    written = io.BytesIO()
    out.quantize(256).save(written, "PNG", optimize=True)
    return written.getvalue()


def main() -> None:
    command = [sys.executable, "-m", "elbowroom.cli", "demo", "--port", "0"]
    demo = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert demo.stdout is not None
    try:
        url = next(found[0] for line in demo.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        (ROOT / "docs/picture.png").write_bytes(asyncio.run(shoot(url)))
    finally:
        demo.terminate()
        demo.wait(20)


if __name__ == "__main__":
    main()
