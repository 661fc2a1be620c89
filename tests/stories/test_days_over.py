"""What is too late by now, and says so: in German and in Russian at the same moment, without a mouse."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from playwright.async_api import expect
from sqlalchemy import update

from elbowroom.kit.jobs import Again
from elbowroom.tickets.tables import channels
from tests import cast
from tests.cast import LOG, Person, eventually
from tests.stories.house import Counter, HouseInTime
from tests.stories.pairs import Pair, Reader, are_clean, does
from tests.stories.test_fields import slow

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
HOUR, DAY = 3600, 86_400
UNDO_FOR = 120  # seconds; longer than anything here takes, for the pages count on while the house stands still


@pytest.fixture(scope="module")
def stage(template: Path, tmp_path_factory: pytest.TempPathFactory, overheard: None) -> Iterator[HouseInTime]:
    """What is thrown away lies in its bin for a day."""
    with cast.desk_of(template, tmp_path_factory.mktemp("stage") / "desk", HouseInTime) as house:
        assert isinstance(house, HouseInTime)
        house.write(lambda tx: tx.run(update(channels).values(undo_for=UNDO_FOR)))
        house.visitor("ada").send("PATCH", "/bin", {"days": 1}).ok()
        yield house
        assert not LOG.errors


@pytest.fixture
def besides(stage: HouseInTime, pair: Pair) -> dict[str, Person]:
    """Each of the pair at another device of hers."""
    return {one.agent.name: stage.visitor(one.agent.name.lower()) for one in pair}


async def goes_by(house: HouseInTime, seconds: float) -> None:
    await asyncio.to_thread(house.travel, seconds)


async def test_a_ticket_that_goes_for_good_leaves_its_text_with_whoever_writes(
    pair: Pair, nora: Counter, besides: dict[str, Person], stage: HouseInTime, ticket: int
) -> None:
    for one in pair:
        await one.begins(ticket, f"Text of {one.agent.name}")
        await one.is_told("conversations.kept.kept")
    for one, other in (pair, pair[::-1]):
        await does(besides[one.agent.name].throws_away, ticket)
        await one.is_told("tickets.gone.deletedYou")
        await other.is_told("tickets.gone.deletedBy", name=one.agent.name)
        await one.answers("tickets.gone.goOn")
        await other.is_told_no_more("tickets.gone.deletedBy", name=one.agent.name)
    await does(besides["Hanna"].throws_away, ticket)
    await pair[0].is_told("tickets.gone.deletedYou")
    await are_clean(pair, "deleted by herself")
    await goes_by(stage, DAY + 1)
    for one in pair:
        await one.is_told("tickets.gone.erased")
        await one.is_told("tickets.gone.textKept")
        await expect(one.box).to_have_value(f"Text of {one.agent.name}")
    await are_clean(pair, "removed for good")
    for one in pair:
        await one.answers("tickets.gone.close")
        await one.is_told_no_more("tickets.gone.erased")


async def is_refused_to_part(pair: Pair, refusal: str) -> None:
    for one in pair:
        await one.answers("tickets.merge.undo")
        await is_told_why(one, refusal)
    await are_clean(pair, f"a merge not undone {refusal}")


async def is_told_why(one: Reader, refusal: str) -> None:
    await one.is_told("tickets.merge.notUndone")
    await one.is_told(f"conversations.merged.refused.{refusal}")


async def test_a_merge_that_cannot_be_undone_says_why(
    pair: Pair, nora: Counter, stage: HouseInTime, ticket: int
) -> None:
    into, further = await nora.writes("Stairs dark"), await nora.writes("Cellar dark")
    await does(nora.omid.merges, ticket, into)
    async with AsyncExitStack() as ways:
        for one in pair:
            await one.goes_to(ticket)
            await ways.enter_async_context(slow(one.agent, f"/{ticket}/merge"))
            await one.answers("tickets.merge.undo")
            await one.agent.on_the_way.wait()
        await does(nora.omid.parts, ticket)
    for one in pair:
        await is_told_why(one, "not-merged")
    await are_clean(pair, "a merge undone already")
    await does(nora.omid.merges, ticket, into)
    await does(nora.omid.merges, into, further)
    await is_refused_to_part(pair, "merged")
    await does(nora.omid.parts, into)
    await does(nora.omid.throws_away, into)
    await is_refused_to_part(pair, "gone")
    await does(nora.omid.restores, into)
    await goes_by(stage, DAY + 1)
    await is_refused_to_part(pair, "too-late")


async def test_what_has_left_by_now_is_not_taken_back(
    pair: Pair, nora: Counter, besides: dict[str, Person], stage: HouseInTime
) -> None:
    async with AsyncExitStack() as ways:
        for one in pair:
            ticket = await nora.writes("Lamp broken", inbox="Post")
            await one.begins(ticket, "It is on its way.")
            await one.presses("Control+Enter")
            await one.is_told("conversations.state.leavesIn")
            await ways.enter_async_context(slow(one.agent, f"/{ticket}/replies/2"))
            await one.answers("conversations.undo")
            await one.agent.on_the_way.wait()
        await goes_by(stage, UNDO_FOR + 1)
    for one in pair:
        await one.is_told("conversations.notUndone")
        await one.is_told("app.refusal.has-left")
    await are_clean(pair, "a reply that has left")
    scheduled: list[int] = []
    async with AsyncExitStack() as ways:
        for one in pair:
            ticket = await nora.writes("Lamp broken")
            made = await does(besides[one.agent.name].schedules, ticket, "Good morning.", HOUR)
            await one.goes_to(ticket)
            await ways.enter_async_context(slow(one.agent, f"/scheduled/{made['scheduled']['id']}"))
            await one.answers("conversations.later.delete")
            await one.agent.on_the_way.wait()
            scheduled.append(ticket)
        await goes_by(stage, HOUR + 1)
        eventually(lambda: not any(map(nora.omid.scheduled, scheduled)), "their hour has come")
    for one in pair:
        await one.is_told("conversations.later.notBack")
        await one.is_told("app.refusal.has-left")
    await are_clean(pair, "a scheduled reply that has left")


def is_on_the_way(_message: int) -> None:
    raise Again(HOUR)


async def test_a_reply_that_goes_once_more_is_not_split_off_meanwhile(
    pair: Pair, nora: Counter, besides: dict[str, Person], stage: HouseInTime, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await nora.writes("Lamp broken", inbox="Post")
    stage.postman.words = "No such user"
    hanna = besides["Hanna"]
    await does(hanna.replies, ticket, "It is on its way.")
    await goes_by(stage, UNDO_FOR + 1)
    eventually(lambda: hanna.messages(ticket)[1]["state"] == "refused", "the mail server refused it")
    for one in pair:
        await one.goes_to(ticket)
        await one.answers("conversations.split.menu", n=2)
        await one.picks("conversations.split.this")
        await expect(one.agent.page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    stage.postman.words = ""
    monkeypatch.setattr(stage.postman, "_carries", is_on_the_way)
    await does(hanna.send, "POST", f"/tickets/{ticket}/replies/2/resend")
    for one in pair:
        await one.presses("Enter")
        await one.is_told("conversations.split.waiting")
    await are_clean(pair, "a split that waits")
