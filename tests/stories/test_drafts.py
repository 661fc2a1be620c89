"""A text that was begun: colleagues see it, other devices have it, and nothing that happens to the ticket takes it."""

import asyncio
import re

import pytest
from playwright.async_api import Locator, expect

from tests.cast import INBOXES
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


def begun(agent: Agent) -> Locator:
    return agent.pane.get_by_role("list", name="Replies that colleagues have begun")


def beside(agent: Agent) -> Locator:
    return agent.pane.get_by_role("list", name="Your other texts for this box").get_by_role("listitem")


async def test_a_colleague_reads_what_is_begun_as_it_goes_on(bianca: Agent, hanna: Agent, nora: Counter) -> None:
    ticket = await nora.writes("Begun")
    await hanna.goes_to(ticket)
    await bianca.goes_to(ticket)
    await expect(begun(hanna)).to_have_count(0)
    await bianca.types("Dear Nora,")
    await expect(begun(hanna)).to_contain_text(re.compile(r"Draft by Bianca, \d+ s ago"))
    read = begun(hanna).get_by_role("button", name="Read the draft by Bianca")
    await read.focus()
    await hanna.presses("Enter")
    text = hanna.pane.get_by_role("region", name="Draft by Bianca, to read only")
    await expect(text).to_contain_text("Dear Nora,")
    await expect(text.get_by_role("button", name="Copy")).to_be_enabled()
    await expect(text.get_by_role("textbox")).to_have_count(0)
    await bianca.types(" we send a new one.")
    await expect(text).to_contain_text("we send a new one.")
    await expect(begun(bianca)).to_have_count(0)  # her own is in her box
    await bianca.sends()
    await expect(begun(hanna)).to_have_count(0)


async def test_a_note_begun_is_shown_to_nobody(bianca: Agent, hanna: Agent, nora: Counter) -> None:
    ticket = await nora.writes("A note begun")
    await hanna.goes_to(ticket)
    await bianca.goes_to(ticket)
    await bianca.chooses("Note")
    await bianca.types("Between me and myself")
    await bianca.sees("Draft saved")
    await hanna.sees_here("Bianca is writing a note")
    await expect(begun(hanna)).to_have_count(0)


async def test_two_devices_both_texts_each_one_click_away(
    seats: Seats, stage: House, bianca: Agent, nora: Counter
) -> None:
    ticket = await nora.writes("Two devices")
    await bianca.goes_to(ticket)
    async with at_a_browser(seats, stage, "Bianca") as phone:
        await phone.comes(f"/ticket/{ticket}")
        await bianca.types("From the laptop")
        await bianca.sees("Draft saved")
        await phone.types("From the phone")
        await expect(beside(phone)).to_contain_text("From the laptop")
        await phone.has_written("From the phone")
        await phone.sees("Draft saved")
        await bianca.page.reload()
        await bianca.has_written("From the phone")
        await beside(bianca).get_by_role("button", name="Show it").click()
        await bianca.has_written("From the laptop")
        await expect(beside(bianca)).to_contain_text("From the phone")
        await bianca.sees("Draft saved")
        await phone.closes_tab()
    await bianca.sends()
    await bianca.sees_message("From the laptop")
    await bianca.page.reload()
    await bianca.has_written("")
    await beside(bianca).get_by_role("button", name="Drop it").click()
    await expect(beside(bianca)).to_have_count(0)
    await bianca.page.reload()
    await bianca.sees_message("From the laptop")
    await expect(beside(bianca)).to_have_count(0)


async def test_what_is_typed_without_a_network_outlives_its_tab(bianca: Agent, nora: Counter) -> None:
    bianca.wire_may_break = True
    ticket = await nora.writes("A closed tab")
    await bianca.goes_to(ticket)
    await bianca.context.set_offline(True)
    await bianca.types("Only this browser has it")
    await bianca.sees("Kept in this browser")
    tab = await bianca.other_tab()
    await bianca.closes_tab()
    await bianca.context.set_offline(False)
    await tab.goes_to(ticket)
    await tab.has_written("Only this browser has it")
    await tab.sees("Draft saved")


async def test_what_an_older_page_had_kept_is_taken_over_once(bianca: Agent, nora: Counter) -> None:
    ticket = await nora.writes("Of an older page")
    kept = '{"body": "Kept by an older page", "number": 0, "at": 1, "saved": false, "older": []}'
    await bianca.page.evaluate(
        "async ([ticket, kept]) => { const { me } = await (await fetch('/api/desk')).json();"
        "localStorage.setItem(`elbowroom.draft:${me.id}:${ticket}:reply:gone`, kept) }",
        [ticket, kept],
    )
    await bianca.goes_to(ticket)
    await bianca.has_written("Kept by an older page")
    left = "Object.keys(localStorage).filter(name => name.startsWith('elbowroom.draft:')).length"
    assert await bianca.page.evaluate(left) == 0


async def test_nothing_that_happens_to_the_ticket_takes_her_text(bianca: Agent, nora: Counter, stage: House) -> None:
    bianca.wire_may_break = True
    ticket = await nora.writes("Much happens")
    await bianca.goes_to(ticket)
    await bianca.types("Dear Nora, we")
    await bianca.sees("Draft saved")
    for deed in (
        lambda: nora.omid.forces(ticket),
        lambda: nora.omid.takes(ticket),
        lambda: nora.omid.changes(ticket, inbox=INBOXES["VIP"]),
        lambda: nora.omid.throws_away(ticket),
        lambda: nora.omid.restores(ticket),
    ):
        (await asyncio.to_thread(deed)).ok()
        await bianca.has_written("Dear Nora, we")
    stage.stop()
    stage.start()
    await bianca.is_live()
    await bianca.has_written("Dear Nora, we")
    await bianca.page.evaluate("indexedDB.deleteDatabase('elbowroom'), localStorage.clear(), sessionStorage.clear()")
    stage.forgets("bianca")
    await bianca.context.clear_cookies()
    await bianca.comes(f"/ticket/{ticket}")
    await bianca.has_written("Dear Nora, we")
