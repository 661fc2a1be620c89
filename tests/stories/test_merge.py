"""Two tickets become one while a colleague writes in one of them; labels change under eyes. German and Russian."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
LIST = "/inbox/1/new"


async def at_the_desk(agent: Agent, path: str = LIST) -> Agent:
    secret = await asyncio.to_thread(agent.house.key_of, agent.name.lower())
    await agent.context.add_cookies([{"name": "elbowroom", "value": secret, "url": agent.origin}])
    await agent.looks_at(path)
    await expect(agent.page.get_by_role("navigation").first).to_be_visible()
    return agent


@pytest.fixture
async def omid(seats: Seats, stage: House) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, stage, "Omid", locale="de-DE") as agent:
        yield await at_the_desk(agent)


@pytest.fixture
async def hanna(seats: Seats, stage: House) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, stage, "Hanna", locale="ru-RU") as agent:
        yield await at_the_desk(agent)


@pytest.fixture
async def other(nora: Counter) -> int:
    return await nora.writes("Stairs dark", "The stairs are dark.")


async def box(agent: Agent):
    return agent.page.get_by_role("textbox").last


async def opens(agent: Agent, ticket: int) -> None:
    await agent.goes(f"/ticket/{ticket}")
    await expect(agent.pane.get_by_role("heading", level=1)).to_be_visible()


async def merges(omid: Agent, ticket: int, into: int) -> None:
    """By keyboard, from the menu on."""
    await omid.page.get_by_role("button", name="Mehr", exact=True).click()
    await omid.page.get_by_role("menuitem", name="Zusammenführen…").click()
    await omid.page.get_by_placeholder("Ticket suchen: Wort, Name, Nummer").fill(f"#{into}")
    await expect(omid.page.get_by_role("option")).to_have_count(1)
    await omid.presses("Enter")
    await expect(omid.page.get_by_role("dialog")).to_contain_text(f"#{into}")
    await picture(omid, "merge-dialog")
    await omid.presses("Enter")


async def picture(agent: Agent, name: str) -> None:
    if folder := os.environ.get("ELBOWROOM_PICTURES"):
        await agent.page.screenshot(path=Path(folder, f"{name}.png"))


async def test_who_writes_in_the_merged_ticket_is_led_to_the_other_with_her_text(
    omid: Agent, hanna: Agent, ticket: int, other: int
):
    await opens(omid, ticket)
    await opens(hanna, ticket)
    await (await box(hanna)).press_sequentially("Дорогая Нора, ")
    await merges(omid, ticket, other)
    await omid.page.wait_for_url(f"**/ticket/{other}")
    await expect(omid.page.get_by_role("log")).to_contain_text("My lamp is broken.")
    bar = hanna.page.get_by_role("alert").filter(has_text=f"перенесено в #{other}")
    await expect(bar).to_contain_text("Omid")
    await expect(bar).to_contain_text("Ваш текст перейдёт тоже.")
    await picture(hanna, "merged-bar")
    await bar.get_by_role("button", name=f"Перейти в #{other}").click()
    await hanna.page.wait_for_url(f"**/ticket/{other}")
    await expect(await box(hanna)).to_have_value("Дорогая Нора, ")
    await expect(hanna.page.get_by_role("log")).to_contain_text("My lamp is broken.")
    await hanna.goes(LIST)
    await expect(hanna.row(other)).to_be_visible()
    await hanna.sees_no_row(ticket)


async def test_undone_both_stand_as_before(omid: Agent, hanna: Agent, ticket: int, other: int):
    await opens(omid, ticket)
    await opens(hanna, other)
    await merges(omid, ticket, other)
    await expect(hanna.page.get_by_role("log")).to_contain_text("My lamp is broken.")
    await omid.goes(f"/ticket/{ticket}")
    bar = omid.page.get_by_role("alert").filter(has_text=f"in #{other} überführt")
    await bar.get_by_role("button", name="Rückgängig machen").click()
    await expect(bar).to_have_count(0)
    await expect(omid.page.get_by_role("log")).to_contain_text("My lamp is broken.")
    await expect(hanna.page.get_by_role("log")).not_to_contain_text("My lamp is broken.")


async def test_of_two_opposite_merges_the_slower_is_told(omid: Agent, hanna: Agent, ticket: int, other: int):
    await opens(omid, ticket)
    await omid.page.get_by_role("button", name="Mehr", exact=True).click()
    await omid.page.get_by_role("menuitem", name="Zusammenführen…").click()
    await omid.page.get_by_placeholder("Ticket suchen: Wort, Name, Nummer").fill(f"#{other}")
    await omid.page.get_by_role("option").click()
    key = await asyncio.to_thread(hanna.house.visitor, "hanna")
    await asyncio.to_thread(lambda: key.merges(other, ticket).ok())
    await omid.page.get_by_role("dialog").get_by_role("button", name="Zusammenführen").click()
    await expect(omid.page.get_by_role("dialog").get_by_role("alert")).to_contain_text(
        f"Hanna hat es gerade in #{ticket} überführt"
    )
    await asyncio.to_thread(key.goes_home)


async def test_a_message_about_something_else_gets_a_ticket_of_its_own(omid: Agent, nora: Counter, ticket: int):
    await asyncio.to_thread(lambda: nora.omid.notes(ticket, "And the bill is wrong.").ok())
    await opens(omid, ticket)
    await omid.page.get_by_role("button", name="Mehr zu Nachricht 2").click()
    await omid.page.get_by_role("menuitem", name="In ein neues Ticket abtrennen…").click()
    await omid.page.get_by_label("Betreff des neuen Tickets").fill("Falsche Rechnung")
    await picture(omid, "split-dialog")
    await omid.presses("Enter")
    await expect(omid.pane.get_by_role("heading", level=1)).to_contain_text("Falsche Rechnung")
    await expect(omid.page.get_by_role("log")).to_contain_text("And the bill is wrong.")
    await expect(omid.page.get_by_role("log")).to_contain_text(f"Split off from #{ticket}.")


async def test_a_label_changes_under_an_open_picker_and_in_the_list(
    omid: Agent, hanna: Agent, nora: Counter, ticket: int
):
    for name in ("lamps", "lighting"):
        await asyncio.to_thread(lambda name: nora.omid.labels(ticket, name).ok(), name)
    await hanna.goes(f"/inbox/1/new/{ticket}")
    head = hanna.pane.locator("header").first
    await expect(hanna.row(ticket)).to_contain_text("lamps")
    await head.get_by_role("button", name="Метка", exact=True).click()
    await expect(hanna.page.get_by_role("option", name="lamps")).to_be_visible()
    await omid.goes("/settings/labels")
    await renames(omid, "lamps", "Lampen")
    await expect(hanna.page.get_by_role("option", name="Lampen")).to_be_visible()
    await expect(hanna.page.get_by_role("option", name="lamps")).to_have_count(0)
    await expect(hanna.row(ticket)).to_contain_text("Lampen")
    await hanna.presses("Escape")
    await renames(omid, "Lampen", "lighting")
    await expect(omid.page.get_by_role("alertdialog")).to_contain_text("Lampen mit lighting zusammenführen?")
    await picture(omid, "labels-page")
    await omid.page.get_by_role("alertdialog").get_by_role("button", name="Zusammenführen").click()
    await expect(hanna.row(ticket)).not_to_contain_text("Lampen")
    await expect(hanna.row(ticket)).to_contain_text("lighting")
    await menu(omid, "lighting", "Löschen")
    await expect(omid.page.get_by_role("alertdialog")).to_contain_text("Es steht auf 1 Ticket")
    await omid.page.get_by_role("alertdialog").get_by_role("button", name="Löschen").click()
    await expect(hanna.row(ticket)).not_to_contain_text("lighting")


async def menu(omid: Agent, label: str, entry: str) -> None:
    await omid.page.get_by_role("button", name=f"{label} ändern").click()
    await omid.page.get_by_role("menuitem", name=entry, exact=True).click()


async def renames(omid: Agent, label: str, to: str) -> None:
    await menu(omid, label, "Umbenennen")
    await omid.page.get_by_label("Name des Etiketts").fill(to)
    await omid.presses("Enter")
