"""Folders, the bin's days and begun texts: in German and in Russian, without a mouse."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.stories.house import Counter, House
from tests.stories.pairs import Pair, are_clean, does, reading
from tests.stories.seats import Seats

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


@pytest.fixture
async def pair_of_their_own(seats: Seats, stage: House) -> AsyncIterator[Pair]:
    """Like `pair`, on seats that nobody takes after them."""
    async with (
        reading(seats, stage, "Hanna", "de", origin=stage.origin) as german,
        reading(seats, stage, "Bianca", "ru", color_scheme="dark", origin=stage.origin) as russian,
    ):
        yield german, russian


async def folder_of(nora: Counter, name: str) -> int:
    return int((await does(nora.omid.send, "POST", "/inboxes/1/folders", {"name": name}))["id"])


async def test_a_ticket_that_was_filed_is_followed_into_its_folder_with_the_text(
    pair: Pair, nora: Counter, ticket: int
) -> None:
    folder = await folder_of(nora, "Returns")
    for one in pair:
        await one.begins(ticket, f"Text of {one.agent.name}")
    await does(nora.omid.changes, ticket, folder=folder)
    for one in pair:
        await one.is_told("tickets.happened.filed", name="Omid", folder="Returns")
    await are_clean(pair, "put into a folder")
    for one in pair:
        await one.answers("tickets.happened.openFolder")
        await one.agent.page.wait_for_url(f"**/folder/{folder}/{ticket}")
        await expect(one.box).to_have_value(f"Text of {one.agent.name}")


async def test_a_folder_is_removed_once_it_was_said_what_becomes_of_its_tickets(
    managers: Pair, nora: Counter, ticket: int
) -> None:
    for one in managers:
        folder = await folder_of(nora, name := f"{one.agent.name}'s parts")
        await does(nora.omid.changes, ticket, folder=folder)
        await one.agent.goes(f"/folder/{folder}")
        await expect(one.agent.row(ticket)).to_be_visible()
        await one.answers("tickets.folder.edit")
        dialog = one.agent.page.get_by_role("dialog")
        await expect(dialog.get_by_role("textbox")).to_be_focused()
        await one.tabs_to(dialog.get_by_role("button", name=one.say("tickets.folder.remove")))
        await one.presses("Enter")
        await one.is_told("tickets.folder.removeAsk")
        await expect(dialog.get_by_role("button", name=one.say("tickets.folder.removeYes"))).to_be_focused()
        await one.is_clean("a folder is removed")
        await one.presses("Enter")
        await one.is_told("tickets.folder.wasRemoved", folder=name)
        await expect(one.agent.row(ticket)).to_be_visible()


async def test_a_bin_of_no_days_is_none(seats: Seats, stage: House) -> None:
    for language, days in (("de", "45"), ("ru", "30")):
        async with reading(seats, stage, "Ada", language) as ada:
            await ada.agent.goes("/settings/inboxes")
            field = ada.agent.page.get_by_label(ada.say("tickets.bin.days"))
            await expect(field).to_be_visible()
            await ada.tabs_to(field)
            await ada.presses("0")
            await ada.is_told("tickets.bin.daysWrong")
            await ada.is_clean("a bin of no days")
            await ada.presses("ControlOrMeta+a", *days, "Enter")
            await ada.is_told("tickets.bin.saved")
            await ada.is_told_no_more("tickets.bin.daysWrong")


async def test_what_a_colleague_has_begun_is_read_and_a_text_from_elsewhere_is_shown_or_dropped(
    pair: Pair, stage: House, nora: Counter
) -> None:
    for one, other in (pair, pair[::-1]):
        ticket, name = await nora.writes("Lamp broken"), one.agent.name
        await other.goes_to(ticket)
        await one.begins(ticket, "From the laptop")
        await one.is_told("conversations.kept.kept")
        await other.is_told("conversations.begun.by", name=name)
        await other.answers("conversations.begun.readOf", name=name)
        text = other.agent.page.get_by_role("region", name=other.say("conversations.begun.textOf", name=name))
        await expect(text).to_contain_text("From the laptop")
        await other.is_clean("the draft of a colleague")
        await other.answers("conversations.begun.closeOf", name=name)
        await expect(text).to_have_count(0)
        beside = stage.visitor(name.lower())
        await asyncio.to_thread(beside.drafts, ticket, "From the phone", device="phone")
        await one.goes_to(ticket)
        await expect(one.box).to_have_value("From the laptop")
        await one.is_told("conversations.older")
        await one.is_clean("a text from elsewhere")
        await one.answers("conversations.showIt")
        await expect(one.box).to_have_value("From the phone")
        older = one.agent.page.get_by_role("list", name=one.say("conversations.olderAll"))
        await expect(older).to_contain_text("From the laptop")
        await one.answers("conversations.dropIt")
        await expect(older).to_have_count(0)
        await asyncio.to_thread(beside.goes_home)


async def test_a_page_that_catches_up_says_so_beside_the_box(
    pair_of_their_own: Pair, stage: House, ticket: int
) -> None:
    pair, holds = pair_of_their_own, True
    ways: list[WebSocketRoute] = []

    def meet(way: WebSocketRoute) -> None:
        """Whoever comes is let in, and is told nothing as long as it holds."""
        ways.append(way) if holds else way.connect_to_server()

    for one in pair:
        one.agent.wire_may_break = True
        await one.begins(ticket, f"Text of {one.agent.name}")
        await one.is_told("conversations.kept.kept")
    stage.stop()
    for one in pair:
        await one.is_told("conversations.unsent.offline")
        await one.agent.page.route_web_socket("**/api/live", meet)
    stage.start()
    for one in pair:
        await one.is_told("conversations.unsent.catching-up")
    await are_clean(pair, "catching up")
    holds = False
    for way in ways:
        await way.close()
    for one in pair:
        await one.is_told_no_more("conversations.unsent.catching-up")
        await one.agent.is_told(one.say("app.live.live"))
        await expect(one.box).to_have_value(f"Text of {one.agent.name}")
