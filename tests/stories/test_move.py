"""The desk moves to PostgreSQL under open pages: they go on where they are, with their texts."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import engines
from tests.cast import INBOXES
from tests.engines import Postgres
from tests.stories.agent import Agent, at_a_browser
from tests.stories.house import ROOT, Counter, House, running
from tests.stories.seats import Seats
from tests.stories.test_network import shows_what_a_fresh_load_shows

pytestmark = [pytest.mark.browser, pytest.mark.sqlite, pytest.mark.anyio]


@pytest.fixture(scope="module")
def new_home() -> Iterator[str]:
    server = Postgres(quick=True).made().start()
    yield server.new_database()
    server.close()


@pytest.fixture(scope="module")
def stage(template: Path, tmp_path_factory: pytest.TempPathFactory, new_home: str) -> Iterator[House]:
    """It ends before its new home does."""
    with running(House(engines.copied(template, tmp_path_factory.mktemp("stage") / "desk"))) as house:
        yield house


@pytest.fixture
async def hanna(seats: Seats, stage: House) -> AsyncIterator[Agent]:
    async with at_a_browser(seats, stage, "Hanna") as hanna:
        yield await hanna.comes(f"/inbox/{INBOXES['Support']}/all")


def carried(house: House, to: str) -> str:
    """What `elbowroom move` says, as an operator runs it."""
    env = os.environ | {"ELBOWROOM_DATA_DIR": str(house.folder)}
    command = [sys.executable, "-m", "elbowroom.cli", "move", "--to", to]
    done = subprocess.run(command, cwd=ROOT, env=env, text=True, capture_output=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


async def test_open_pages_go_on_and_lose_no_word(
    bianca: Agent, hanna: Agent, nora: Counter, stage: House, new_home: str
):
    ticket = await nora.writes("Lamp broken")
    await bianca.looks_into("Support", "all")
    for agent in (bianca, hanna):
        agent.wire_may_break = True
        await agent.opens(ticket)
        await agent.page.evaluate("window.isTheSamePage = true")
    await bianca.types("It is on its way.")
    await bianca.sends()
    await hanna.sees_message("It is on its way.")
    await hanna.types("Dear Nora")
    await hanna.sees("Draft saved")
    stage.stop()
    await hanna.types(", we moved")
    assert "Open pages go on" in await asyncio.to_thread(carried, stage, new_home)
    stage.settings["ELBOWROOM_DATABASE_URL"] = new_home
    stage.start()
    for agent in (bianca, hanna):
        await agent.is_live()
        await agent.sees_once("It is on its way.")
    await hanna.has_written("Dear Nora, we moved")
    await hanna.sees("Draft saved")
    await bianca.sees_here("Hanna")
    await hanna.types(" yesterday.")
    await hanna.sends()
    for agent in (bianca, hanna):
        await agent.sees_once("Dear Nora, we moved yesterday.")
        await agent.sees_once("It is on its way.")
        assert await agent.page.evaluate("window.isTheSamePage")
        await shows_what_a_fresh_load_shows(agent)
    later = await nora.writes("Another lamp")
    await hanna.sees_row(later, "Another lamp")
