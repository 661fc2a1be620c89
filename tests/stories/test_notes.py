"""Words between colleagues: who is named hears of it at once, and a note that was wrong is mended in sight of all."""

import pytest
from playwright.async_api import expect

from tests.stories.agent import Agent
from tests.stories.house import Counter

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


async def test_hanna_is_told_that_bianca_named_her(nora: Counter, bianca: Agent, hanna: Agent):
    """By the keyboard alone on Bianca's side."""
    ticket = await nora.writes("Lamp broken")
    other = await nora.writes("Another lamp")
    await hanna.opens(other)
    await bianca.goes_to(ticket)
    await bianca.page.keyboard.press("n")
    await expect(bianca.box).to_be_focused()
    await bianca.page.keyboard.type("Is it in stock, @han")
    await expect(bianca.page.get_by_role("option", name="Hanna")).to_be_visible()
    await bianca.page.keyboard.press("Enter")
    await expect(bianca.box).to_have_value("Is it in stock, @Hanna ")
    await bianca.page.keyboard.press("Control+Enter")
    await hanna.sees(f"Bianca mentioned you in #{ticket}")
    link = hanna.page.get_by_role("link", name="Notices 1")
    await link.click()
    await hanna.sees("Bianca mentioned you")
    await hanna.page.get_by_role("main").get_by_role("link", name="Open").click()
    await expect(hanna.conversation.get_by_text("@Hanna", exact=True)).to_be_visible()
    await expect(link).to_have_count(0)


async def test_opening_the_ticket_by_its_address_is_reading_it(nora: Counter, bianca: Agent, hanna: Agent):
    ticket = await nora.writes("Lamp broken")
    await bianca.opens(ticket)
    await bianca.page.keyboard.press("n")
    await bianca.box.press_sequentially("@Hanna ?")
    await bianca.page.keyboard.press("Control+Enter")
    link = hanna.page.get_by_role("link", name="Notices 1")
    await expect(link).to_be_visible()
    await hanna.goes_to(ticket)
    await expect(link).to_have_count(0)


async def test_who_is_named_in_the_ticket_before_her_is_not_told_twice(nora: Counter, bianca: Agent, hanna: Agent):
    ticket = await nora.writes("Lamp broken")
    await hanna.opens(ticket)
    await bianca.opens(ticket)
    await bianca.page.keyboard.press("n")
    await bianca.box.press_sequentially("@Hanna ?")
    await bianca.page.keyboard.press("Control+Enter")
    await expect(hanna.conversation.get_by_text("@Hanna", exact=True)).to_be_visible()
    await expect(hanna.page.get_by_text("mentioned you")).to_have_count(0)
    await hanna.page.goto(hanna.origin + "/notices")
    await hanna.sees("Nobody has mentioned you lately.")


async def test_an_edited_note_is_marked_and_keeps_what_it_said(nora: Counter, bianca: Agent, hanna: Agent):
    ticket = await nora.writes("Lamp broken")
    await bianca.opens(ticket)
    await hanna.opens(ticket)
    await bianca.page.keyboard.press("n")
    await bianca.box.press_sequentially("She called.")
    await bianca.page.keyboard.press("Control+Enter")
    await hanna.sees_message("She called.")
    await bianca.button("Edit").click()
    field = bianca.page.get_by_label("Edit the note")
    await expect(field).to_be_focused()
    await field.fill("She called twice.")
    await field.press("Control+Enter")
    await hanna.sees_message("She called twice.")
    await expect(hanna.button("Edit")).to_have_count(0)
    await hanna.page.get_by_role("button", name="edited").click()
    dialog = hanna.page.get_by_role("dialog", name="What the note said")
    await expect(dialog).to_contain_text("She called.")
    await expect(dialog).to_contain_text("She called twice.")
