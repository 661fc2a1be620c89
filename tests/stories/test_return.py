"""Pages that were away, and a desk that was put back: each page finds by itself to what is now, with its text."""

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.cast import INBOXES
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats
from tests.stories.test_network import shows_what_a_fresh_load_shows

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


@pytest.fixture
async def hanna(seats: Seats, stage: House) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, stage, "Hanna") as hanna:
        hanna.wire_may_break = True
        yield await hanna.comes(f"/inbox/{INBOXES['Support']}/all")


@pytest.fixture
async def ticket(nora: Counter, bianca: Agent, hanna: Agent) -> int:
    """Open at both, and Hanna has begun to write."""
    bianca.wire_may_break = True
    ticket = await nora.writes("Lamp broken")
    for agent in (bianca, hanna):
        await agent.opens(ticket)
    await hanna.types("Dear Nora")
    await hanna.sees("Draft saved")
    await hanna.page.evaluate("window.isTheSamePage = true")
    return ticket


async def says(agent: Agent, text: str, *, beside_a_writer: bool = False) -> None:
    await agent.box.click()
    if beside_a_writer:
        await agent.chooses("Continue")
    await agent.types(text)
    await agent.sends()
    await agent.sees_message(text)


async def tells(agent: Agent, event: str) -> None:
    """As the browser tells a tab that is long in the background, and when it is looked at again."""
    await agent.page.evaluate("event => document.dispatchEvent(new Event(event))", event)


async def test_a_frozen_tab_leaves_and_comes_back_to_what_is_now(bianca: Agent, hanna: Agent, ticket: int):
    await bianca.sees_here("Hanna")
    await tells(hanna, "freeze")
    await bianca.sees_nobody_here("Hanna")
    await says(bianca, "It is on its way.")
    await tells(hanna, "resume")
    await hanna.is_live()
    await hanna.sees_once("It is on its way.")
    await hanna.has_written("Dear Nora")
    await hanna.sees("Your hold on this ticket ended while you were away.")
    await bianca.sees_here("Hanna")
    assert await hanna.page.evaluate("window.isTheSamePage")


async def a_heartbeat_passes(nora: Counter) -> None:
    """Every page has heard how far the desk is."""
    tab = await asyncio.to_thread(nora.omid.tab)
    for _ in range(2):
        await asyncio.to_thread(tab.hears, "heartbeat")
    await asyncio.to_thread(tab.closes)


def copied(store: Path, to: Path) -> Path:
    with sqlite3.connect(store) as here, sqlite3.connect(to) as there:
        here.backup(there)
    return to


def put_back(store: Path, backup: Path) -> None:
    for rest in ("-wal", "-shm"):
        store.with_name(store.name + rest).unlink(missing_ok=True)
    shutil.copyfile(backup, store)


@pytest.mark.parametrize("with_its_note", [False, True], ids=["the store alone", "the whole folder"])
async def test_a_backup_is_put_back_and_every_page_follows(
    bianca: Agent, hanna: Agent, nora: Counter, stage: House, ticket: int, tmp_path: Path, with_its_note: bool
):
    """The note beside the store gives a put back store away; without it the page's own position does."""
    [store] = stage.folder.glob("*.sqlite3")
    note = stage.folder / "position.json"
    backup, backup_note = copied(store, tmp_path / "backup"), note.read_bytes() if note.exists() else None
    await says(bianca, "Never said.", beside_a_writer=True)
    await bianca.renames("Never named so")
    never = await nora.writes("Never written")
    await hanna.sees_row(never, "Never written")
    await hanna.types(", I am here")
    await a_heartbeat_passes(nora)
    stage.stop()
    put_back(store, backup)
    if with_its_note:
        note.unlink()
        if backup_note:
            note.write_bytes(backup_note)
    stage.start()
    for agent in (bianca, hanna):
        await agent.is_live()
        await agent.sees_subject("Lamp broken")
        await expect(agent.conversation.get_by_text("Never said.")).to_have_count(0)
        await agent.sees_no_row(never)
        await shows_what_a_fresh_load_shows(agent)
    await hanna.has_written("Dear Nora, I am here")
    await says(bianca, "Said again.")
    await hanna.sees_once("Said again.")
    assert await hanna.page.evaluate("window.isTheSamePage")
