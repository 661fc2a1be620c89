"""Beside each other in one ticket: the bubble, what others did meanwhile, what passes by, and handing over."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.stories.agent import Agent
from tests.stories.house import Counter

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


def bubble(agent: Agent) -> Locator:
    return agent.pane.locator("header").get_by_role("button", name=re.compile("at work here"))


def passing(agent: Agent) -> Locator:
    return agent.pane.get_by_role("status").filter(has_text=re.compile("opened|writing|replied|added|left"))


async def test_the_bubble_counts_others_and_a_newcomer_is_news(
    bianca: Agent, hanna: Agent, omid: Agent, nora: Counter
) -> None:
    ticket = await nora.writes("The bubble")
    await bianca.goes_to(ticket)
    await expect(bubble(bianca)).to_have_accessible_name(re.compile("^Nobody else"))
    await hanna.goes_to(ticket)
    await expect(bubble(bianca)).to_have_accessible_name(re.compile(r"^1 colleague at work here\. Someone is new"))
    await bubble(bianca).click()
    await bianca.presses("Escape")
    await expect(bubble(bianca)).to_have_accessible_name("1 colleague at work here.")
    await omid.goes_to(ticket)
    await expect(bubble(bianca)).to_have_accessible_name(re.compile(r"^2 colleagues at work here\. Someone is new"))


async def test_what_others_did_meanwhile_is_kept_until_she_leaves(bianca: Agent, hanna: Agent, nora: Counter) -> None:
    ticket = await nora.writes("The tracker")
    await bianca.goes_to(ticket)
    await hanna.goes_to(ticket)
    await hanna.picks("Priority", "High")
    await hanna.labels("tracked")
    await bubble(bianca).click()
    told = bianca.page.get_by_role("log", name="Since you opened it").get_by_role("listitem")
    await expect(told).to_have_text(
        [re.compile("Hanna added the label tracked"), re.compile("Hanna set the priority to High")]
    )
    await expect(told.first).to_contain_text("New:")
    await expect(bianca.page.get_by_role("log", name="Since you opened it").get_by_role("list")).to_have_count(1)
    await bianca.presses("Escape")
    await hanna.picks("Status", "On hold")
    await bubble(bianca).click()
    await expect(told).to_have_count(3)
    await expect(told.first).to_contain_text("Hanna set the status to On hold")
    await expect(told.get_by_text("New:")).to_have_count(1)
    await bianca.goes_to(await nora.writes("Elsewhere"))
    await bianca.goes_to(ticket)
    await bubble(bianca).click()
    await bianca.sees("Nobody else has changed anything since you opened this ticket.")


async def test_what_passes_by_is_told_and_takes_nothing_from_her(bianca: Agent, hanna: Agent, nora: Counter) -> None:
    ticket = await nora.writes("Passing by")
    await bianca.goes_to(ticket)
    await bianca.types("I write")
    await hanna.goes_to(ticket)
    await expect(passing(bianca)).to_have_text("Hanna opened this ticket")
    await expect(bianca.box).to_be_focused()
    box, alert = await bianca.box.bounding_box(), await passing(bianca).bounding_box()
    assert box is not None
    assert alert is not None
    assert alert["y"] + alert["height"] <= box["y"]
    await hanna.chooses("Note")
    await hanna.types("For us")
    await expect(passing(bianca)).to_have_text("Hanna is writing a note")
    await expect(passing(bianca)).to_have_count(0)  # by itself


async def test_asked_for_it_she_hands_it_over_with_her_draft(bianca: Agent, hanna: Agent, nora: Counter) -> None:
    ticket = await nora.writes("Handed over", inbox="VIP")
    await bianca.goes_to(ticket)
    await bianca.types("Dear Nora, we")
    await hanna.goes_to(ticket)
    await hanna.page.get_by_role("button", name="Ask to hand over").click()
    await hanna.sees("You asked Bianca to hand over.")
    await bianca.sees("Hanna asks you to hand this ticket over.")
    await bianca.page.get_by_label("A note for Hanna (optional)").fill("She wants a green one.")
    await bianca.presses("Alt+y")
    await hanna.has_written("Dear Nora, we")
    await hanna.sees_message("She wants a green one.")
    await expect(bianca.box).to_have_value("")
    await bianca.sees("Hanna has it")
    await hanna.types(" send a new one.")
    await hanna.sends()
    await bianca.sees_message("Dear Nora, we send a new one.")


async def test_she_keeps_it_by_one_key_and_the_other_is_told(bianca: Agent, hanna: Agent, nora: Counter) -> None:
    ticket = await nora.writes("Kept", inbox="VIP")
    await bianca.goes_to(ticket)
    await bianca.types("Almost done")
    await hanna.goes_to(ticket)
    person = hanna.here.get_by_role("button", name=re.compile("^Bianca is"))
    await person.focus()
    await hanna.presses("Tab", "Escape")
    await expect(person).to_be_focused()
    await person.click()
    await hanna.presses("Tab", "Enter")  # the card's own button is the next stop
    await bianca.sees("Hanna asks you to hand this ticket over.")
    await bianca.presses("Alt+n")
    await hanna.sees("Bianca keeps the ticket for now.")
    await bianca.has_written("Almost done")
    await hanna.sees("Bianca has it")


async def test_who_hides_is_not_seen_reading(bianca: Agent, hanna: Agent, nora: Counter) -> None:
    ticket = await nora.writes("Hidden")
    await bianca.goes("/settings/account")
    await bianca.page.get_by_label("Hide what I look at").check()
    await bianca.goes_to(ticket)
    await hanna.goes_to(ticket)
    await bianca.types("I")
    await hanna.sees_here("Bianca is writing a reply")
    await bianca.box.fill("")
    await hanna.sees_nobody_here("Bianca")
    await bianca.goes("/settings/account")
    await bianca.page.get_by_label("Hide what I look at").uncheck()
    await bianca.goes_to(ticket)
    await hanna.sees_here("Bianca is viewing")
