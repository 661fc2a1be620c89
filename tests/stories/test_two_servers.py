"""Bianca's page at one server, Hanna's at another: they see each other as at one, with the wire between and without."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from playwright.async_api import expect

from tests.cast import stage as staged
from tests.engines import Postgres
from tests.stories.agent import Agent, at_a_browser
from tests.stories.crowd import Lookout
from tests.stories.house import Counter, House, running
from tests.stories.seats import Seats
from tests.stories.test_presence import FIRST_PAINT
from tests.valkey import Wire, valkey

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.anyio]
WHOLE_AGAIN = 5.0


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with valkey(tmp_path_factory.mktemp("valkey")) as running:
        yield running


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, wire: Wire) -> Iterator[tuple[House, House]]:
    """Two servers on one store; who is at the one sees who is at the other."""
    with ExitStack() as street:
        postgres = Postgres(quick=True).made().start()
        street.callback(postgres.close)
        folder, url = tmp_path_factory.mktemp("both") / "desk", postgres.new_database()
        staged(folder, url)
        settings = {"ELBOWROOM_DATABASE_URL": url, "ELBOWROOM_BUS_URL": wire.url}
        first, second = [street.enter_context(running(House(folder, **settings))) for _ in range(2)]
        yield first, second


@pytest.fixture(scope="module")
def stage(both: tuple[House, House]) -> House:
    """Where everyone is but Hanna."""
    return both[0]


@pytest.fixture
async def hanna(seats: Seats, both: tuple[House, House]) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, both[1], "Hanna") as hanna:
        yield await hanna.comes()


@pytest.fixture
async def ticket(nora: Counter) -> int:
    """In VIP, where who opens a ticket has it."""
    return await nora.writes("Lamp broken", inbox="VIP")


@pytest.fixture
def lookout(both: tuple[House, House], ticket: int) -> Iterator[Lookout]:
    """Omid, by Hanna's server."""
    omid = both[1].visitor("omid")
    yield Lookout(omid, ticket)
    omid.goes_home()


@pytest.mark.parametrize("moment", [0.5, 4.0])
async def test_who_comes_by_the_other_server_sees_it_in_her_first_paint(
    bianca: Agent, both: tuple[House, House], seats: Seats, ticket: int, moment: float
):
    """So many seconds after Bianca began to write, and she writes on."""
    await bianca.goes_to(ticket)
    await bianca.types("Dear Nora")
    began = time.monotonic()
    async with at_a_browser(seats, both[1], "Hanna", script=FIRST_PAINT) as hanna:
        while time.monotonic() < began + moment:
            await bianca.types(" and")
        await hanna.comes(f"/ticket/{ticket}")
        await expect(hanna.box).to_be_visible()
        await hanna.sees("Bianca has it")
        first = await hanna.page.evaluate("window.firstPaint")
    assert "Bianca is writing a reply" in first


async def test_the_wire_is_killed_and_comes_back(
    bianca: Agent, hanna: Agent, nora: Counter, wire: Wire, ticket: int, lookout: Lookout
):
    await bianca.goes_to(ticket)
    await hanna.goes_to(ticket)
    await bianca.types("Dear Nora")
    await hanna.sees_here("Bianca is writing a reply")
    await asyncio.to_thread(lookout.waits_for, "Bianca")
    await hanna.sees("Bianca has it")
    await bianca.sees_here("Hanna is viewing")
    wire.is_killed()
    await bianca.types(", it is on its way.")
    await hanna.chooses("Note")
    await hanna.types("She called")
    await hanna.chooses("Add internal note")
    await bianca.sees_message("She called")
    wire.is_started_again()
    began = time.monotonic()
    await bianca.types(" Soon")
    await hanna.chooses("Note")
    await hanna.types("And again")
    await bianca.sees_here("Hanna is writing a note")
    await hanna.sees_here("Bianca is writing a reply")
    seconds = time.monotonic() - began
    await hanna.sees("Bianca has it")
    await bianca.has_written("Dear Nora, it is on its way. Soon")
    await hanna.has_written("And again")
    assert lookout.never_missed("Bianca")
    assert seconds < WHOLE_AGAIN
    await bianca.sends()
    await hanna.sees_once("Dear Nora, it is on its way. Soon")
    for agent in (bianca, hanna):
        await agent.sees_once("She called")
    print(f"the wire came back: each saw what the other does after {seconds:.1f} s")
