"""Whatever is asked or refused is asked in German and in Russian at the same moment, and answered without a mouse."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from tests.cast import BILLING, INBOXES, Person
from tests.stories.house import Counter, House
from tests.stories.pairs import Pair, are_clean, does, reading
from tests.stories.seats import Seats
from tests.stories.test_fields import slow

pytestmark = [pytest.mark.browser, pytest.mark.anyio]


async def test_what_happens_to_a_ticket_is_asked_of_everyone_who_writes_in_it(
    pair: Pair, nora: Counter, boss: Person, ticket: int
) -> None:
    other = await nora.writes("Stairs dark")
    for one in pair:
        await one.begins(ticket, f"Text of {one.agent.name}")
    for one in pair:
        await does(nora.omid.throws_away, ticket)
        for both in pair:
            await both.is_told("tickets.gone.deletedBy", name="Omid")
        if one is pair[0]:
            await are_clean(pair, "deleted")
        await one.answers("tickets.gone.goOn")
        for both in pair:
            await both.is_told_no_more("tickets.gone.deletedBy", name="Omid")
        await expect(one.box).to_be_focused()
    await does(nora.omid.archives, ticket)
    for one in pair:
        await one.is_told("tickets.happened.archived", name="Omid")
    await are_clean(pair, "archived")
    await pair[0].answers("tickets.archive.bringBack")
    await pair[1].is_told_no_more("tickets.happened.archived", name="Omid")
    await does(nora.omid.changes, ticket, status="closed")
    for one in pair:
        await one.is_told("tickets.happened.resolved", name="Omid")
    await pair[1].answers("tickets.happened.reopen")
    folder = await does(nora.omid.send, "POST", "/inboxes/1/folders", {"name": "Returns"})
    for to, told, values in (
        ({"folder": folder["id"]}, "filed", {"folder": "Returns"}),
        ({"inbox": INBOXES["Advice"]}, "moved", {"inbox": "Advice"}),
    ):
        await does(nora.omid.changes, ticket, **to)
        for one in pair:
            await one.is_told(f"tickets.happened.{told}", name="Omid", **values)
            await one.answers("tickets.happened.understood")
            await one.is_told_no_more(f"tickets.happened.{told}", name="Omid", **values)
    await does(nora.omid.merges, ticket, other)
    for one in pair:
        await one.is_told("conversations.merged.by", name="Omid", into=other)
        await one.is_told("conversations.merged.text")
    await are_clean(pair, "merged")
    german, russian = pair
    await german.answers("conversations.merged.go", into=other)
    await expect(german.box).to_have_value("Text of Hanna")
    await russian.answers("tickets.merge.undo")
    await russian.is_told_no_more("conversations.merged.by", name="Omid", into=other)
    await expect(russian.box).to_have_value("Text of Bianca")
    await german.goes_to(other)
    await russian.goes_to(other)
    await russian.types(" too")
    await does(boss.changes, other, inbox=BILLING)
    for one in pair:
        await one.is_told("tickets.gone.movedBy", name="Ada")
        await one.is_told("tickets.gone.textFound")
        await one.is_clean("moved away")
        await one.answers("tickets.gone.close")
        await one.agent.goes("/held")
        await one.is_told("conversations.stray.moved")
        await one.is_clean("texts without a ticket")
        await one.answers("conversations.stray.discard")
        await one.is_told_no_more("conversations.stray.moved")


async def test_a_stale_value_is_refused_and_who_was_quicker_is_named(pair: Pair, nora: Counter, ticket: int) -> None:
    for one in pair:
        await one.goes_to(ticket)
    async with AsyncExitStack() as ways:
        for one in pair:
            await ways.enter_async_context(slow(one.agent, "/owner"))
            await one.presses("i")
            await one.agent.on_the_way.wait()
        await does(nora.omid.takes, ticket)
    for one in pair:
        await one.is_told("tickets.conflict.taken", name="Omid")
        await one.is_told("tickets.conflict.yoursTake")
    await are_clean(pair, "taken by another")
    await pair[0].presses("Alt+l")
    await pair[0].is_told_no_more("tickets.conflict.yoursTake")
    await pair[1].presses("Alt+k")
    await pair[1].is_told_no_more("tickets.conflict.yoursTake")
    async with AsyncExitStack() as ways:
        for one in pair:
            await ways.enter_async_context(slow(one.agent, f"/tickets/{ticket}"))
            await one.presses("e")
            await one.agent.on_the_way.wait()
        await does(nora.omid.changes, ticket, status="on_hold")
    for one in pair:
        await one.is_told("tickets.conflict.changed", name="Omid", field=one.say("tickets.field.status"))
    await are_clean(pair, "changed by another")
    await pair[0].presses("Alt+k")
    await pair[1].presses("Alt+l")
    for one in pair:
        await one.is_told_no_more("tickets.conflict.changed", name="Omid")


async def test_out_of_reach_what_they_send_waits_in_sight(pair: Pair, stage: House, ticket: int) -> None:
    for one in pair:
        one.agent.wire_may_break = True
        await one.begins(ticket, f"Text of {one.agent.name}")
        await one.is_told("conversations.kept.kept")
    stage.stop()
    for one in pair:
        await one.is_told("conversations.unsent.offline")
        await one.is_clean("offline")
        await one.presses("Control+Enter")
        await one.is_told("conversations.unsent.replyWaits")
        await one.answers("conversations.unsent.takeBack")
        await one.is_told_no_more("conversations.unsent.replyWaits")
        await expect(one.box).to_have_value(f"Text of {one.agent.name}")
    stage.start()
    for one in pair:
        await one.agent.is_told(one.say("app.live.live"))
        await one.is_told_no_more("conversations.unsent.offline")


async def test_what_leaves_later_is_said_to_both_and_an_hour_that_is_over_is_refused(pair: Pair, ticket: int) -> None:
    for one, other in (pair, pair[::-1]):
        await one.begins(ticket, f"Text of {one.agent.name}")
        await one.presses("Control+Shift+Enter")
        await expect(one.agent.page.get_by_role("menuitem").first).to_be_focused()
        await one.presses("End", "Enter")
        field = one.agent.page.get_by_label(one.say("conversations.later.when"))
        await expect(field).to_be_visible()
        await field.fill("2020-01-01T09:00")
        await one.presses("Enter")
        await one.is_told("conversations.later.past")
        await one.is_clean("an hour that is over")
        await one.presses("Escape", "Control+Shift+Enter")
        await expect(one.agent.page.get_by_role("menuitem").first).to_be_focused()
        await one.presses("ArrowDown", "Enter")
        await one.is_told("conversations.later.mine")
        await other.goes_to(ticket)
        await other.is_told("conversations.later.theirs", name=one.agent.name)
        await other.answers("conversations.later.show")
        await other.agent.sees(f"Text of {one.agent.name}")
        await other.is_clean("what leaves later")
        await one.answers("conversations.later.delete")
        await one.is_told("conversations.later.deleted")
        await other.is_told_no_more("conversations.later.theirs", name=one.agent.name)


async def test_who_is_named_is_told_and_of_two_changes_of_a_note_the_later_sees_the_newer(
    pair: Pair, stage: House, nora: Counter, ticket: int
) -> None:
    german, russian = pair
    for one in pair:
        await one.agent.goes("/notices")
        await one.is_told("notify.none")
    await does(nora.omid.notes, ticket, "@Hanna @Bianca: in stock?", mentions=[2, 3])
    await asyncio.gather(*(one.is_told("notify.toast", name="Omid", ticket=ticket) for one in pair))
    for one in pair:
        await one.is_told("notify.mention", name="Omid")
        await one.is_clean("notices")
        await one.answers("notify.done")
        await one.is_told("notify.none")
    for one in (german, russian):
        beside = stage.visitor(one.agent.name.lower())
        made = await does(beside.notes, ticket, "She called.")
        await one.goes_to(ticket)
        await one.answers("conversations.edit.edit")
        await one.agent.page.keyboard.type(" Twice.")
        await does(beside.edits, ticket, made["message"]["number"], "She rang.")
        await one.presses("Control+Enter")
        await one.is_told("conversations.edit.newer")
        await one.is_clean("a note that is newer")
        await one.presses("Control+Enter")
        await one.agent.sees("She called. Twice.")
        await asyncio.to_thread(beside.goes_home)


async def test_managers_are_refused_what_a_colleague_did_first(
    managers: Pair, stage: House, nora: Counter, ticket: int
) -> None:
    bianca = stage.visitor("bianca")
    locked = await nora.writes("Stairs dark", inbox="VIP")
    await does(bianca.locks, locked)
    for one in managers:
        await one.goes_to(ticket)
        await one.answers("tickets.pane.more")
        await one.picks("tickets.merge.open")
        await expect(one.agent.page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
        await one.agent.page.keyboard.type(f"#{locked}")
        await expect(one.agent.page.get_by_role("option")).to_have_count(1)
        await one.presses("Enter", "Enter")
        await one.is_told("tickets.merge.locked", name="Bianca")
    await are_clean(managers, "a merge that is refused")
    await asyncio.to_thread(bianca.goes_home)


async def test_of_two_new_names_of_a_label_the_slower_is_told(managers: Pair, nora: Counter, ticket: int) -> None:
    await does(nora.omid.labels, ticket, "lamps")
    labels = await does(nora.omid.get, "/departments/1/labels")
    label = next(one for one in labels.body if one["name"] == "lamps")
    async with AsyncExitStack() as ways:
        for one in managers:
            await one.agent.goes("/settings/labels")
            await ways.enter_async_context(slow(one.agent, f"/labels/{label['id']}"))
            await one.answers("tickets.labels.more", name="lamps")
            await one.picks("tickets.labels.rename")
            await expect(one.agent.page.get_by_label(one.say("tickets.labels.name"))).to_be_focused()
            await one.agent.page.keyboard.type("lighting")
            await one.presses("Enter")
            await one.agent.on_the_way.wait()
        asked = {"name": "bulbs", "from_version": label["version"]}
        await does(nora.omid.send, "PATCH", f"/labels/{label['id']}", asked)
    for one in managers:
        await one.is_told("tickets.labels.stale", name="bulbs")
    await are_clean(managers, "a label that has another name by now")


async def test_over_a_departments_wall_the_losses_are_said_first(
    seats: Seats, stage: House, nora: Counter, ticket: int
) -> None:
    folder = await does(nora.omid.send, "POST", "/inboxes/1/folders", {"name": "Guarantees"})
    await does(nora.omid.takes, ticket)
    await does(nora.omid.changes, ticket, folder=folder["id"])
    for language in ("de", "ru"):
        async with reading(seats, stage, "Ada", language) as ada:
            await ada.goes_to(ticket)
            await ada.presses("m")
            await expect(ada.agent.page.get_by_role("dialog").get_by_role("option").first).to_be_visible()
            await ada.agent.page.keyboard.type("dunning")
            await expect(ada.agent.page.get_by_role("option")).to_have_count(1)
            await ada.presses("Enter")
            await ada.is_told("tickets.move.losesOwner", name="Omid")
            await ada.is_told("tickets.move.losesFolder", folder="Guarantees")
            await ada.is_told("tickets.move.losesSight", department="Support")
            await ada.is_clean("over the wall")


async def held_for_every_reason(one: Person, nora: Counter, boss: Person) -> dict[str, int]:
    """Returns the ticket of each, by the reason."""
    omid = nora.omid

    async def writes(reason: str, inbox: str = "Support") -> int:
        return await nora.writes(f"{reason} ({one.name})", inbox=inbox)

    async def is_held(ticket: int, **more: Any) -> None:
        answer = await asyncio.to_thread(one.replies, ticket, f"Text of {one.name}", seen=1, **more)
        assert answer["held"]

    answered = await writes("unseen")
    await does(omid.replies, answered, "It is on its way.")
    await is_held(answered)
    locked, lost = await writes("locked", "VIP"), await writes("took-over", "Advice")
    fence = (await does(one.locks, lost))["fence"]
    await does(omid.forces, lost)
    for ticket in (locked, lost):
        await does(omid.locks, ticket)
    await is_held(locked)
    await is_held(lost, fence=fence)
    gone, merged, moved = await writes("gone"), await writes("merged"), await writes("no-access")
    await does(omid.throws_away, gone)
    await does(omid.merges, merged, into := await writes("another"))
    await does(boss.changes, moved, inbox=BILLING)
    for ticket in (gone, merged, moved):
        await is_held(ticket)
    return {"took-over": lost, "locked": locked, "gone": gone, "merged": into, "no-access": moved}


async def test_every_reason_why_a_text_is_held_is_said_to_its_author_and_to_the_manager(
    pair: Pair, seats: Seats, stage: House, nora: Counter, boss: Person
) -> None:
    for one in pair:
        beside = stage.visitor(one.agent.name.lower())
        reasons = await held_for_every_reason(beside, nora, boss)
        await one.agent.goes("/held")
        await one.is_told("conversations.held.replied", name="Omid")
        for reason in reasons:
            await one.is_told(f"conversations.held.{reason}")
        await one.is_clean("all held replies")
        entry = beside.held(reasons["locked"])[0]["id"]
        await one.agent.goes(f"/held/{entry}")
        await one.is_told("conversations.held.locked")
        await one.is_clean("a held reply")
        await does(beside.send, "DELETE", f"/held/{entry}")
        await one.is_told("conversations.held.decided")
        await one.is_clean("decided already")
        await one.agent.goes("/held/999999")
        await one.is_told("conversations.held.notYours")
        await one.answers("conversations.held.toAll")
        await one.is_told("conversations.held.explain")
        await asyncio.to_thread(beside.goes_home)
    for language in ("de", "ru"):
        async with reading(seats, stage, "Omid", language) as omid:
            await omid.agent.goes("/held")
            for reason in ("unseen", "took-over", "gone", "merged"):
                await omid.is_told(f"conversations.held.waiting.why.{reason}")
            await omid.answers("conversations.held.waiting.show")
            await omid.is_clean("held replies of colleagues")


async def test_a_reply_taken_back_frees_what_it_held(pair: Pair, stage: House, nora: Counter) -> None:
    """The four ways on, here by the third and the fourth key; by the others in test_held.py."""
    for one, key in zip(pair, ("3", "4"), strict=True):
        ticket = await nora.writes("Lamp broken", inbox="Post")
        beside = stage.visitor(one.agent.name.lower())
        reply = await does(nora.omid.replies, ticket, "It is on its way.")
        await asyncio.to_thread(beside.replies, ticket, f"Text of {one.agent.name}", seen=1)
        await one.agent.goes(f"/ticket/{ticket}")
        await one.is_told("conversations.held.replied", name="Omid")
        await does(nora.omid.withdraws, ticket, reply["message"]["number"])
        await one.is_told("conversations.held.withdrawn", name="Omid")
        await one.is_clean("taken back meanwhile")
        await one.presses(key)
        await one.is_told_no_more("conversations.held.withdrawn", name="Omid")
        await asyncio.to_thread(beside.goes_home)


async def test_what_the_server_refuses_is_said_in_the_readers_language(pair: Pair, boss: Person, ticket: int) -> None:
    async with AsyncExitStack() as ways:
        for one in pair:
            await one.goes_to(ticket)
            await ways.enter_async_context(slow(one.agent, f"/tickets/{ticket}"))
            await one.answers("tickets.pane.more")
            await one.picks("tickets.pane.delete")
            await one.agent.on_the_way.wait()
        await does(boss.changes, ticket, inbox=BILLING)
    for one in pair:
        await one.is_told("tickets.pane.notDeleted")
        await one.is_told("app.refusal.not-found")
        await one.is_clean("refused by the server")


async def test_what_ends_elsewhere_is_told_wherever_they_are(pair: Pair, stage: House, nora: Counter) -> None:
    folder = (await does(nora.omid.send, "POST", "/inboxes/1/folders", {"name": "Claims"}))["id"]
    for one in pair:
        await one.agent.goes(f"/folder/{folder}")
        await one.is_told("tickets.empty.folder")
    await does(nora.omid.send, "DELETE", f"/folders/{folder}")
    for one in pair:
        await one.is_told("tickets.folder.wasRemoved", folder="Claims")
    for one in pair:
        ticket, beside = await nora.writes("Lamp broken"), stage.visitor(one.agent.name.lower())
        soon = (datetime.now(UTC) + timedelta(seconds=1)).isoformat()
        await does(beside.send, "POST", f"/tickets/{ticket}/scheduled", {"body": "Morning.", "seen": 1, "at": soon})
        await does(nora.omid.replies, ticket, "It is on its way.")
        await one.is_told("conversations.held.stopped", ticket=ticket)
        await one.answers("conversations.held.look")
        await one.is_told("conversations.held.replied", name="Omid")
        await asyncio.to_thread(beside.goes_home)


async def test_a_mail_that_cannot_leave_says_why(pair: Pair, nora: Counter) -> None:
    ticket = await nora.writes("Lamp broken", inbox="Post")
    await does(nora.omid.replies, ticket, "It is on its way.")
    for one in pair:
        await one.goes_to(ticket)
        await one.presses("c")
        await one.is_told("tickets.new.noMailbox")
    await are_clean(pair, "a mail from nowhere")
    for one in pair:
        await one.presses("Escape")
        await one.is_told_no_more("tickets.new.noMailbox")
        await one.answers("conversations.forward.button")
        await expect(one.agent.page.get_by_role("dialog").get_by_role("combobox").first).to_be_focused()
        await one.agent.page.keyboard.type("nobody")
        await one.presses("Enter")
        await one.is_told("tickets.people.noAddress", text="nobody")
    await are_clean(pair, "no address")
