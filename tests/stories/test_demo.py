"""The demo: be anyone without a password, be Nora, and work beside a colleague who follows a script."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import House, running
from tests.stories.post import unlike_any_other
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
LATER = 30_000  # a reply waits 10 s, the colleague takes her time
A_MINUTE = 60.0


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(House(tmp_path_factory.mktemp("demo"), command="demo")) as house:
        yield house


async def enters(agent: Agent, name: str) -> Agent:
    await agent.looks_at("/")
    await agent.sees("Who would you like to be?")
    await agent.chooses(re.compile(f"Log in as {name}"))
    await agent.is_live()
    await agent.looks_at_the_ticket()
    return agent


async def new_mail(nora: Agent, subject: str) -> None:
    await nora.looks_at("/demo")
    async with nora.page.expect_popup() as opened:
        await nora.page.get_by_role("link", name="Open Nora's mailbox").click()
    nora.page = await opened.value
    await nora.chooses("New mail")
    await nora.fills(To="support@desk.example", Subject=subject, Text="My front light went out in the rain.")
    await nora.chooses("Send")


@pytest.mark.parametrize("name", ["Bianca", "Hanna", "Omid", "Lena", "Ada"])
async def test_log_in_as(name: str, seats: Seats, demo: House):
    async with at_a_browser(seats, demo, name) as agent:
        await enters(agent, name)
        inboxes = agent.page.get_by_role("navigation").get_by_role("button")
        await expect(inboxes.first).to_have_text("Billing" if name == "Lena" else re.compile("Support|Billing"))
        await expect(agent.page.locator("[data-ticket]").nth(5)).to_be_visible()


async def test_nora_writes_and_reads_the_answer(seats: Seats, demo: House):
    subject = unlike_any_other("Front light")
    async with at_a_browser(seats, demo, "Nora") as nora, at_a_browser(seats, demo, "Bianca") as bianca:
        await enters(bianca, "Bianca")
        await new_mail(nora, subject)
        row = bianca.page.locator("[data-ticket]").filter(has_text=subject)
        await row.click()
        await bianca.types("Does it blink before it goes out?")
        await bianca.sends()
        await bianca.sees("Your reply leaves in")
        thread = nora.page.get_by_role("region", name="Mail").get_by_role("button", name=re.compile(subject))
        await expect(thread).to_contain_text("Does it blink before it goes out?", timeout=LATER)
        await thread.click()
        await nora.page.get_by_role("textbox", name=re.compile("^Answer to")).fill("Twice, then it is dark.")
        await nora.chooses("Answer")
        await bianca.sees_message("Twice, then it is dark.")


async def test_the_colleague_shows_presence_a_lock_and_a_held_reply_within_a_minute(seats: Seats, demo: House):
    async with at_a_browser(seats, demo, "Bianca") as bianca, at_a_browser(seats, demo, "Nora") as nora:
        await enters(bianca, "Bianca")
        subject = unlike_any_other("Rear light")
        await new_mail(nora, subject)
        await bianca.page.locator("[data-ticket]").filter(has_text=subject).click()
        await expect(bianca.box).to_be_visible()
        begun = time.monotonic()
        await bianca.chooses("Let Hanna work beside you")
        await bianca.sees_here("Hanna Weber is viewing")
        note = bianca.conversation.get_by_role("article", name="internal Hanna Weber")
        await expect(note).to_be_visible(timeout=LATER)
        await bianca.sees_label("follow-up")
        vip = await bianca.other_tab()
        await vip.goes("/")
        await vip.page.get_by_role("navigation").get_by_role("link", name=re.compile("^New")).nth(1).click()
        await expect(vip.page.get_by_text("Hanna Weber has it")).to_be_visible(timeout=LATER)
        await vip.closes_tab()
        await bianca.types("Dear Nora, which model is it?")
        await bianca.sees_here("Hanna Weber is writing a reply")
        await bianca.sends()
        await expect(bianca.held).to_be_visible(timeout=LATER)
        await expect(bianca.held).to_contain_text("Dear Nora, which model is it?")
        seconds = time.monotonic() - begun
        print(f"presence, a lock and a held reply after {seconds:.0f} s")
        assert seconds < A_MINUTE
        await bianca.chooses("Discard")
        await bianca.chooses("Thank her and send her off")
        await bianca.sees_nobody_here("Hanna Weber")
