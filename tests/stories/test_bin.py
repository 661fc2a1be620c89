"""What happens to whoever is in a ticket that others delete, move, file or archive; and the way back."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import expect

from tests.cast import BILLING, Person
from tests.stories.agent import Agent
from tests.stories.house import Counter, House

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


async def folder_of(nora: Counter, name: str) -> Any:
    return (await asyncio.to_thread(nora.omid.send, "POST", "/inboxes/1/folders", {"name": name})).ok()


def beside(stage: House, name: str) -> Iterator[Person]:
    """Someone without a browser."""
    person = stage.visitor(name)
    yield person
    person.goes_home()


@pytest.fixture
def boss(stage: House) -> Iterator[Person]:
    yield from beside(stage, "ada")


async def does(verb: Any, *words: Any, **more: Any) -> Any:
    return (await asyncio.to_thread(verb, *words, **more)).ok()


async def test_a_deleted_ticket_is_restored_and_one_goes_on(bianca: Agent, hanna: Agent, nora: Counter, ticket: int):
    await hanna.goes_to(ticket)
    await hanna.types("Dear Nora")
    await bianca.goes_to(ticket)
    await bianca.chooses("More")
    await bianca.page.get_by_role("menuitem", name="Delete ticket").click()
    await hanna.sees("Bianca deleted this ticket.")
    await hanna.has_written("Dear Nora")
    await expect(hanna.button("Copy my text").first).to_be_visible()
    await hanna.button(re.compile("^Restore and go on")).focus()
    await hanna.presses("Enter")
    await hanna.sees_not("Bianca deleted this ticket.")
    await expect(hanna.box).to_be_focused()
    await hanna.presses("End", ",")
    await hanna.has_written("Dear Nora,")
    await hanna.sends()
    await hanna.sees_message("Dear Nora,")


async def test_a_text_on_a_ticket_that_left_is_found_again(hanna: Agent, boss: Person, ticket: int):
    await hanna.goes_to(ticket)
    await hanna.types("Half a letter")
    await hanna.sees("Draft saved")
    await does(boss.changes, ticket, inbox=BILLING)
    await hanna.sees("Ada moved this ticket to a department that is not yours.")
    await hanna.has_written("Half a letter")
    await hanna.page.get_by_role("link", name=re.compile("^Held replies")).click()
    await hanna.sees("Texts without a ticket", "Half a letter", "moved to another department")
    await expect(hanna.button("Copy my text")).to_be_visible()
    await hanna.chooses("Discard")
    await hanna.sees_not("Half a letter")


async def test_an_archived_ticket_says_so_and_its_answer_brings_it_back(
    bianca: Agent, hanna: Agent, nora: Counter, ticket: int
):
    await hanna.goes_to(ticket)
    await hanna.types("It is")
    await bianca.looks_into("Support")
    await bianca.opens(ticket)
    await bianca.presses("y")
    await bianca.sees_no_row(ticket)
    await hanna.sees("Bianca archived it.")
    await hanna.types(" on its way.")
    await hanna.sends()
    await hanna.sees_message("It is on its way.")
    await hanna.sees_not("Bianca archived it.")
    await bianca.goes("/view/archive")
    await bianca.sees_no_row(ticket)
    await bianca.looks_into("Support", "all")
    await bianca.sees_row(ticket, "Lamp broken")


async def test_a_list_keeps_a_word_on_what_was_archived(bianca: Agent, hanna: Agent, nora: Counter, ticket: int):
    await hanna.looks_into("Support")
    await hanna.looks_at_the_ticket()
    await hanna.sees_row(ticket, "Lamp broken")
    await bianca.goes_to(ticket)
    await bianca.presses("y")
    await hanna.sees_row(ticket, "Bianca archived it")
    await hanna.goes("/view/archive")
    await hanna.sees_row(ticket, "Lamp broken")
    await hanna.goes("/search?q=lamp")
    await hanna.sees_row(ticket, "Archive")


async def test_it_is_moved_by_name_and_keyboard(bianca: Agent, hanna: Agent, nora: Counter, ticket: int):
    await folder_of(nora, "Returns")
    await hanna.goes_to(ticket)
    await hanna.types("Dear")
    await bianca.goes_to(ticket)
    await bianca.presses("m")
    await expect(bianca.page.get_by_role("dialog").get_by_role("option", name="Returns")).to_be_visible()
    await bianca.page.keyboard.type("retu")
    await expect(bianca.page.get_by_role("option")).to_have_count(1)
    await bianca.presses("Enter")
    await bianca.sees("Moved to Support · Returns")
    await hanna.sees("Bianca put it into the folder Returns.")
    await hanna.has_written("Dear")
    await hanna.button("Open the folder").click()
    await hanna.sees_row(ticket, "Lamp broken")
    await hanna.has_written("Dear")
    await bianca.presses("m")
    await bianca.page.keyboard.type("advice")
    await bianca.presses("Enter")
    await hanna.sees("Bianca moved it to Advice.")
    await hanna.sees_row(ticket, "Bianca moved it")
    await hanna.types(" Nora")


async def test_over_a_departments_wall_it_says_first_what_stays_behind(ada: Agent, nora: Counter, ticket: int):
    folder = await folder_of(nora, "Claims")
    await does(nora.omid.takes, ticket)
    await does(nora.omid.changes, ticket, folder=folder["id"])
    await ada.goes_to(ticket)
    await ada.presses("m")
    await expect(ada.page.get_by_role("dialog").get_by_role("option").first).to_be_visible()
    await ada.page.keyboard.type("dunning")
    await expect(ada.page.get_by_role("option")).to_have_count(1)
    await ada.presses("Enter")
    await ada.sees("Omid no longer owns it.", "It leaves the folder Claims.", "Whoever is only in Support")
    await ada.presses("Enter")
    await ada.sees("Moved to Dunning")
    seen = (await asyncio.to_thread(nora.omid.get, f"/tickets/{ticket}")).status
    assert seen == 404


async def test_a_folder_is_made_filled_and_removed_under_open_pages(
    omid: Agent, hanna: Agent, nora: Counter, ticket: int
):
    await omid.looks_into("Support")
    await omid.button("New folder in Support").click()
    await omid.page.get_by_label("Name", exact=True).fill("Spare parts")
    await omid.presses("Enter")
    await hanna.page.get_by_role("link", name="Spare parts").click()
    await hanna.sees("Nothing lies in this folder.")
    await hanna.looks_at_the_ticket()
    folder = int(hanna.page.url.rpartition("/")[2])
    await does(nora.omid.changes, ticket, folder=folder)
    await hanna.sees_row(ticket, "Lamp broken")
    await omid.page.get_by_role("link", name="Spare parts").click()
    await omid.button("Edit folder").click()
    await omid.button("Remove folder").click()
    await omid.sees("Its tickets go back to the inbox")
    await omid.button("Remove it").click()
    await hanna.sees("The folder Spare parts was removed.")
    await hanna.sees_row(ticket, "Lamp broken")
    await expect(hanna.page.get_by_role("link", name="Spare parts")).to_have_count(0)


async def test_the_bin_is_worked_by_keyboard(bianca: Agent, hanna: Agent, nora: Counter, ticket: int):
    for number in (ticket, other := await nora.writes("Another lamp")):
        await does(nora.omid.throws_away, number)
    await hanna.goes("/bin")
    await hanna.sees("deleted by Omid", f"#{ticket}", f"#{other}")
    await hanna.presses("j", "j")
    focused = hanna.page.locator(f'a[data-ticket="{ticket}"]')
    await expect(focused).to_be_focused()
    await hanna.presses("z")
    await hanna.sees("The ticket is back")
    await expect(focused).to_have_count(0)
    await expect(hanna.page.locator(f'a[data-ticket="{other}"]')).to_be_focused()
    await hanna.presses("Enter")
    await hanna.sees("Omid deleted this ticket.")
    await hanna.sees_message("My lamp is broken.")
    await hanna.presses("z")
    await expect(hanna.box).to_be_focused()


async def test_an_administrator_sets_its_days(ada: Agent, bianca: Agent):
    await bianca.goes("/bin")
    await bianca.sees("lies here for 30 days")
    await ada.goes("/settings/inboxes")
    await ada.fills(Days_in_the_bin="14")
    await ada.page.get_by_label("Days in the bin").press("Enter")
    await bianca.sees("lies here for 14 days")
