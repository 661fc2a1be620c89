"""A seeded wander of two pages over a wire that is cut: at its end both show what a fresh load shows."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from tests import cast
from tests.cast import INBOXES
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import Counter, House
from tests.stories.seats import Seats
from tests.stories.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.anyio]
STEPS = 60
LABELS = ["lamp", "warranty", "Äpfel", "灯"]


@pytest.fixture
async def wire(stage: House) -> AsyncIterator[Wire]:
    async with Wire(stage.port).laid() as wire:
        yield wire


@pytest.fixture
async def hanna(seats: Seats, stage: House, wire: Wire) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, stage, "Hanna", origin=wire.origin) as hanna:
        hanna.wire_may_break = True
        yield await hanna.comes(f"/inbox/{INBOXES['Support']}/all")


class Wander:
    """What colleagues and customers do meanwhile, over HTTP; refusals are part of it."""

    def __init__(self, chance: random.Random, who: list[cast.Person], wire: Wire, ticket: int) -> None:
        self.chance, self.who, self.wire, self.ticket = chance, who, wire, ticket
        self.step = 0
        self.deeds: list[Callable[[cast.Person], object]] = [
            lambda one: one.notes(ticket, f"Note {self.step}"),
            lambda one: one.replies(ticket, f"Reply {self.step}"),
            # Only Omid's, who has no page: a held reply shows what was unseen when it was held, until it is read anew.
            lambda _one: who[-1].replies(ticket, f"Too late {self.step}", seen=0),
            lambda one: one.labels(ticket, chance.choice(LABELS)),
            lambda one: one.unlabels(ticket, chance.choice(LABELS)),
            lambda one: one.changes(ticket, subject=f"Lamp {self.step}"),
            lambda one: one.changes(ticket, status=chance.choice(["open", "on_hold", "closed"])),
            lambda one: one.changes(ticket, priority=chance.choice(["low", "high"]), inbox=chance.choice([1, 4])),
            lambda one: one.takes(ticket, instead_of=one.sees(ticket)["owner"]),
            lambda one: one.gives(ticket, None, instead_of=one.sees(ticket)["owner"]),
            lambda one: one.throws_away(ticket) if chance.random() < 0.3 else None,
        ]

    async def goes_on(self) -> None:
        self.step += 1
        if self.chance.random() < 0.15:
            self.wire.mend() if self.wire.is_cut else self.wire.cut()
        one = self.chance.choice(self.who)
        await asyncio.to_thread(self.chance.choice(self.deeds), one)
        await asyncio.to_thread(one.restores, self.ticket)


async def both(deed: Callable[[Agent], Awaitable[None]], *agents: Agent) -> None:
    await asyncio.gather(*(deed(one) for one in agents))


# The ticket's fields and every message, without what is this page's own: who is beside it, what it has not seen yet.
SHOWN = """() => {
  const pane = document.querySelector("[aria-label^='#']");
  const words = (element) => element.innerText.replace(/\\s+/g, " ").replace(/\\b\\d+ (s|min)\\b/g, "a moment").trim();
  return [...pane.querySelectorAll("header h1, header button, [role=log] article, [role=log] p")].map(words).sort();
}"""


async def ends_where_a_fresh_page_begins(agent: Agent, ticket: int) -> None:
    fresh = await agent.other_tab()
    await fresh.goes_to(ticket)
    expected = await fresh.page.evaluate(SHOWN)
    await fresh.closes_tab()
    assert len(expected) > 5
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(15):
            while await agent.page.evaluate(SHOWN) != expected:
                await agent.page.evaluate("() => new Promise(requestAnimationFrame)")
    assert await agent.page.evaluate(SHOWN) == expected


async def test_two_pages_end_where_a_fresh_one_begins(
    bianca: Agent, hanna: Agent, nora: Counter, stage: House, wire: Wire, seed: int
):
    ticket = await nora.writes("Lamp broken")
    await both(lambda one: one.opens(ticket), bianca, hanna)
    people = [stage.visitor("bianca"), stage.visitor("hanna"), nora.omid]
    wander = Wander(random.Random(seed), people, wire, ticket)
    for _ in range(STEPS):
        await wander.goes_on()
    wire.mend()
    await both(lambda one: one.is_live(), bianca, hanna)
    await both(lambda one: ends_where_a_fresh_page_begins(one, ticket), bianca, hanna)
    for person in people[:2]:
        person.goes_home()
