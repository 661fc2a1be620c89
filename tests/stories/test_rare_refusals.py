"""Refusals that come seldom, and reasons why a text waits: in German and in Russian at the same moment, by keyboard."""

import asyncio
import re
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.cast import BILLING, SUPPORT, Person
from tests.stories.house import Counter, House
from tests.stories.pairs import Pair, Reader, are_clean, does, reading
from tests.stories.seats import Seats
from tests.stories.test_fields import slow

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
TOO_LARGE = 25 * 2**20 + 1  # bytes


async def keeps(one: Person, ticket: int, **more: Any) -> int:
    """Her reply is held; returns its entry."""
    answer = await asyncio.to_thread(one.replies, ticket, f"Text of {one.name}", **more)
    return int(answer["held"])


async def paused(one: Person, other: Person, ticket: int) -> None:
    """Where a reply can be taken back for a while, a colleague's stops it."""
    await does(one.replies, ticket, f"Text of {one.name}")
    await does(other.replies, ticket, "It is on its way.")


async def test_a_text_waits_for_a_reason_that_is_past_and_its_manager_reads_why(
    pair: Pair, seats: Seats, stage: House, nora: Counter, boss: Person
) -> None:
    """Someone: what came is out of her sight by now. Resync: she has seen what a restored desk doesn't know."""
    omid = nora.omid
    for one in pair:
        beside = stage.visitor(one.agent.name.lower())
        answered, ahead = await nora.writes("Lamp broken"), await nora.writes("Lamp flickers")
        locked, back = await nora.writes("Lamp dark", inbox="VIP"), await nora.writes("Lamp away")
        stopped, decided = await nora.writes("Lamp on its way", inbox="Post"), await nora.writes("Lamp mended")
        let_go = await keeps(beside, decided, seen=0)
        await does(beside.send, "DELETE", f"/held/{let_go}")
        await keeps(beside, decided, seen=1, held=let_go)
        await does(omid.replies, answered, "It is on its way.")
        await keeps(beside, answered, seen=1)
        await does(omid.splits, answered, 2)
        await keeps(beside, ahead, seen=99)
        await does(omid.locks, locked)
        await keeps(beside, locked)
        await does(boss.changes, back, inbox=BILLING)
        await keeps(beside, back, seen=1)
        await does(boss.changes, back, inbox=SUPPORT)
        await paused(beside, omid, stopped)
        await one.agent.goes("/held")
        for reason in ("someone", "resync", "locked", "no-access", "paused", "settled"):
            await one.is_told(f"conversations.held.{reason}")
        await one.is_clean("reasons that are past")
        await asyncio.to_thread(beside.goes_home)
    for language in ("de", "ru"):
        async with reading(seats, stage, "Omid", language) as manager:
            await manager.agent.goes("/held")
            for reason in ("unseen", "locked", "no-access", "resync", "paused", "settled"):
                await manager.is_told(f"conversations.held.waiting.why.{reason}")
            await manager.is_clean("why replies of colleagues wait")


async def test_what_is_begun_stays_in_its_dialog_where_it_is_refused(
    pair: Pair, nora: Counter, tmp_path: Path, ticket: int
) -> None:
    """A mail is forwarded from a ticket that is in the bin by now; a ticket is opened by one who may no more."""
    large = tmp_path / "plan.pdf"
    with large.open("wb") as file:
        file.truncate(TOO_LARGE)
    async with AsyncExitStack() as ways:
        for one in pair:
            forwarded = await nora.writes("Lamp broken", inbox="Post")
            await one.goes_to(forwarded)
            await one.answers("conversations.forward.button")
            await expect(one.agent.page.get_by_role("dialog").get_by_role("combobox").first).to_be_focused()
            await one.agent.page.keyboard.type("repair@lamps.example")
            await one.presses("Enter")
            await ways.enter_async_context(slow(one.agent, "/forwards"))
            await one.presses("Control+Enter")
            await one.agent.on_the_way.wait()
            await does(nora.omid.throws_away, forwarded)
    for one in pair:
        await one.is_told("conversations.forward.refused", words=one.say("app.refusal.gone"))
    await are_clean(pair, "a forward that is refused")
    for one in pair:
        await one.goes_to(ticket)
        async with one.agent.page.expect_file_chooser() as chosen:
            await one.answers("conversations.attach")
        await (await chosen.value).set_files(large)
        await one.is_told("conversations.upload.why", words=one.say("app.refusal.too-large"))
    await are_clean(pair, "a file too large")
    for one in pair:
        await one.answers("conversations.removeFile", name="plan.pdf")
        await one.is_told_no_more("conversations.upload.why")


async def test_a_ticket_opened_by_who_may_no_more_stays_in_its_dialog(
    pair: Pair, stage: House, nora: Counter, boss: Person
) -> None:
    async with AsyncExitStack() as ways:
        for one in pair:
            await ways.enter_async_context(slow(one.agent, "/api/tickets"))
            await one.agent.goes("/settings/account")
            await one.agent.is_told(one.say("app.live.live"))
            await fills_in_a_ticket(one)
            await one.presses("Control+Enter")
            await one.agent.on_the_way.wait()
            await works_in(boss, one, BILLING)
    for one in pair:
        await one.is_told("tickets.new.refused", words=one.say("app.refusal.not-found"))
    await are_clean(pair, "a ticket that is not opened")
    for one in pair:
        await works_in(boss, one, SUPPORT)


async def fills_in_a_ticket(one: Reader) -> None:
    """What a customer said. A mail is offered first."""
    await one.presses("c")
    dialog = one.agent.page.get_by_role("dialog")
    await expect(dialog.get_by_role("combobox").first).to_be_focused()
    await one.presses("Shift+Tab", "ArrowLeft")
    for key, text in (("new.email", "nora@customer.example"), ("field.subject", "Lamp"), ("new.body", "It is dark.")):
        await one.tabs_to(dialog.get_by_label(one.say(f"tickets.{key}")).first)
        await one.agent.page.keyboard.type(text)


async def works_in(boss: Person, one: Reader, department: int) -> None:
    """From now on, and nowhere else."""
    people = (await does(boss.get, "/people"))["people"]
    her = next(person for person in people if person["name"] == one.agent.name)
    asked = {"from_version": her["version"], "departments": [department]}
    await does(boss.send, "PATCH", f"/people/{her['id']}", asked)


async def test_of_two_who_tidy_up_the_slower_is_told(managers: Pair, stage: House, nora: Counter, ticket: int) -> None:
    """Two opposite merges; a label that goes into another, and one that is deleted."""
    hanna = stage.visitor("hanna")
    into = await nora.writes("Stairs dark")
    for one in managers:
        await one.goes_to(ticket)
        await one.answers("tickets.pane.more")
        await one.picks("tickets.merge.open")
        await expect(one.agent.page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
        await one.agent.page.keyboard.type(f"#{into}")
        await expect(one.agent.page.get_by_role("option")).to_have_count(1)
        await one.presses("Enter")
        await one.is_told("tickets.merge.into")
    await does(hanna.merges, into, ticket)
    for one in managers:
        await one.presses("Enter")
        await one.is_told("tickets.merge.already", name="Hanna", into=ticket)
    await are_clean(managers, "merged the other way")
    await asyncio.to_thread(hanna.goes_home)


async def test_what_a_label_costs_is_said_before_it_goes(managers: Pair, nora: Counter, ticket: int) -> None:
    for one in managers:
        mine = f"{one.agent.name}'s lamps"
        for name in (mine, "lighting"):
            await does(nora.omid.labels, ticket, name)
        await one.agent.goes("/settings/labels")
        await one.answers("tickets.labels.more", name=mine)
        await one.picks("tickets.labels.rename")
        await expect(one.agent.page.get_by_label(one.say("tickets.labels.name"))).to_be_focused()
        await one.agent.page.keyboard.type("lighting")
        await one.presses("Enter")
        await asked(one, "askMerge")
        await one.is_clean("a label that goes into another")
        await one.presses("Enter")
        await expect(one.agent.page.get_by_role("listitem").filter(has_text=mine)).to_have_count(0)
        await one.answers("tickets.labels.more", name="lighting")
        await one.picks("tickets.labels.delete")
        await asked(one, "askDelete")
        await one.is_clean("a label that is deleted")
        await one.presses("Enter")
        await expect(one.agent.page.get_by_role("listitem").filter(has_text="lighting")).to_have_count(0)


async def asked(one: Reader, what: str) -> None:
    """With the answer under the finger."""
    question = one.agent.page.get_by_role("alertdialog", name=one.say("tickets.labels.ask"))
    first = re.split(r"\{\w+\}", one.say(f"tickets.labels.{what}").partition(" | ")[0])[-1]
    await expect(question).to_contain_text(first)
    await expect(question.get_by_role("button").last).to_be_focused()
