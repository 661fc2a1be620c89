"""In VIP only the holder replies: who comes second reads, and may take it over in the open."""

import asyncio

import pytest
from playwright.async_api import expect

from tests.stories.agent import Agent
from tests.stories.house import Counter

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


@pytest.fixture
async def ticket(nora: Counter, bianca: Agent, hanna: Agent) -> int:
    """Open at Bianca's, in both lists."""
    ticket = await nora.writes("Lamp broken", inbox="VIP")
    await asyncio.gather(bianca.looks_into("VIP"), hanna.looks_into("VIP"))
    await bianca.opens(ticket)
    await hanna.sees_row(ticket, "Bianca has it")
    return ticket


async def test_the_row_is_locked_with_her_name(bianca: Agent, hanna: Agent, ticket: int):
    await hanna.opens(ticket)
    await hanna.sees("Bianca has it")
    await expect(hanna.box).not_to_be_editable()
    await bianca.types("Dear Nora")
    await hanna.sees_here("Bianca is writing a reply")


async def test_hanna_takes_it_over_and_biancas_text_stays(bianca: Agent, hanna: Agent, ticket: int):
    await bianca.types("Dear Nora")
    await hanna.opens(ticket)
    await hanna.sees_here("Bianca is writing a reply")
    await hanna.presses("x")
    await hanna.sees("Bianca is writing. If you take it over, the text stays with Bianca")
    await hanna.chooses("Take it over")
    await bianca.sees("Hanna took over at", "Your text is kept.")
    await bianca.has_written("Dear Nora")
    await expect(bianca.box).not_to_be_editable()
    await bianca.sees_row(ticket, "Hanna has it")
    await hanna.types("Dear Nora, it is me")
    await hanna.sends()
    await bianca.sees_message("Dear Nora, it is me")


async def test_the_x_of_the_row_frees_it_and_who_opens_next_holds_it(
    bianca: Agent, hanna: Agent, omid: Agent, ticket: int
):
    await hanna.row(ticket).hover()
    await hanna.chooses("Take it from Bianca")
    await bianca.sees("Hanna took over at")
    await omid.goes_to(ticket)
    await omid.types("Dear Nora")
    await hanna.sees_row(ticket, "Omid has it")
    await bianca.sees_row(ticket, "Omid has it")
    await expect(bianca.box).not_to_be_editable()


async def test_the_x_of_the_row_asks_first_while_she_writes(bianca: Agent, hanna: Agent, ticket: int):
    await bianca.opens(ticket)
    await bianca.types("Dear Nora")
    await hanna.sees_row(ticket, "Bianca has it")
    await hanna.row(ticket).hover()
    await hanna.row(ticket).get_by_role("button", name="Take it from Bianca").click()
    question = hanna.row(ticket).get_by_role("alertdialog", name="Bianca is writing. Take it?")
    await expect(question).to_be_visible()
    await hanna.presses("Escape")
    await expect(question).to_have_count(0)
    await hanna.sees_row(ticket, "Bianca has it")
    await expect(hanna.row(ticket).get_by_role("button", name="Take it from Bianca")).to_be_focused()
    await hanna.presses("Enter", "Enter")  # on the x, then on the first answer
    await bianca.sees("Hanna took over")
    await bianca.has_written("Dear Nora")


async def test_leaving_frees_it_for_whoever_asks(bianca: Agent, hanna: Agent, ticket: int):
    await hanna.opens(ticket)
    await hanna.sees("Bianca has it")
    await bianca.presses("u")
    await hanna.sees("Nobody has this ticket. Take it to reply.")
    await hanna.chooses("Take it")
    await hanna.types("Dear Nora")
    await bianca.sees_row(ticket, "Hanna has it")
