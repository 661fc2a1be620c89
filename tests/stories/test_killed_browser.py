"""The browser is killed while she types: of what she wrote two seconds at most are lost, and never what came before."""

import asyncio
import os
import random
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Error, Playwright, expect

from tests.browser import FLAGS, chromium
from tests.stories.agent import Agent
from tests.stories.house import Counter, House
from tests.stories.seats import LOOK, PATIENCE
from tests.stories.wire import Wire

pytestmark = [pytest.mark.browser, pytest.mark.anyio, pytest.mark.faults]
MAY_LOSE_FOR = 2.0  # seconds of typing
WORDS = "we send a new lamp to you today Nora and the old one may be kept or thrown away ".split()


@dataclass
class Typist:
    """`written`: how long the text was at which moment, as far as the page has answered."""

    dice: random.Random
    text: str = ""
    written: list[tuple[float, int]] = field(default_factory=list)

    async def types_on(self, bianca: Agent) -> None:
        """Until there is no browser any more."""
        with suppress(Error):
            while True:
                for key in self.dice.choice(WORDS) + " ":
                    self.text += key
                    await bianca.page.keyboard.press("Space" if key == " " else key)
                    self.written.append((time.monotonic(), len(self.text)))
                    await asyncio.sleep(self.dice.uniform(0, 0.06))

    def must_be_there(self, killed_at: float) -> int:
        """How much of the text was on the page two seconds before."""
        return max((length for at, length in self.written if at <= killed_at - MAY_LOSE_FOR), default=0)


@asynccontextmanager
async def a_browser(playwright: Playwright, profile: Path) -> AsyncIterator[BrowserContext]:
    """With a profile of its own, as on a desk."""
    context = await playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium(), args=FLAGS, **LOOK
    )
    context.set_default_timeout(PATIENCE)
    try:
        yield context
    finally:
        with suppress(Error):
            await context.close()


def kill_all_of(profile: Path) -> int:
    """Every process of the browser that has this profile, the browser's own first; returns how many there were."""
    killed = 0
    while pids := sorted(_processes(f"--user-data-dir={profile}")):
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                killed += 1
        time.sleep(0.01)
    return killed


def _processes(argument: str) -> list[int]:
    found = []
    for one in Path("/proc").iterdir():
        with suppress(OSError):
            if one.name.isdigit() and argument.encode() in (one / "cmdline").read_bytes().split(b"\0"):
                found.append(int(one.name))
    return found


async def comes_back(context: BrowserContext, house: House, wire: Wire, ticket: int) -> Agent:
    bianca = Agent(house, "Bianca", context, wire.origin)
    bianca.wire_may_break = True
    await bianca.comes(f"/ticket/{ticket}")
    await expect(bianca.box).to_be_editable()
    return bianca


async def finds(bianca: Agent, typist: Typist, least: int) -> int:
    """What she wrote stands in the box again, from its first word. Returns how many keys are missing."""
    with suppress(AssertionError):  # the words below say more
        await expect(bianca.box).to_have_value(re.compile(rf"^[^\0]{{{least},}}$"))
    found = await bianca.box.input_value()
    assert typist.text.startswith(found), f"another text: …{found[-60:]!r} after …{typist.text[-60:]!r}"
    assert len(found) >= least, f"{len(found)} of {len(typist.text)} keys are there, {least} had to be"
    missing = len(typist.text) - len(found)
    typist.text, typist.written = found, [(0.0, len(found))]
    return missing


async def types_until_killed(bianca: Agent, typist: Typist, wire: Wire, profile: Path) -> int:
    """Returns how much of her text has to be there again. Every other time the network goes first."""
    await bianca.box.press("Control+End")
    typing = asyncio.create_task(typist.types_on(bianca))
    await asyncio.sleep(typist.dice.uniform(0.5, 3))
    if typist.dice.random() < 0.5:
        wire.cut()
    await asyncio.sleep(typist.dice.uniform(1, 5))
    least = typist.must_be_there(time.monotonic())
    assert await asyncio.to_thread(kill_all_of, profile) > 0
    await typing
    wire.mend()
    return least


async def killed(playwright: Playwright, house: House, ticket: int, profile: Path, rounds: int, seed: int) -> list[int]:
    """Returns how many keys each time cost."""
    typist, lost, least = Typist(random.Random(seed)), list[int](), 0
    async with Wire(house.port).laid() as wire:
        for turn in range(rounds + 1):
            async with a_browser(playwright, profile) as context:
                bianca = await comes_back(context, house, wire, ticket)
                if turn:
                    lost.append(await finds(bianca, typist, least))
                if turn < rounds:
                    least = await types_until_killed(bianca, typist, wire, profile)
    print(f"\nkilled browser: seed {seed}, {rounds} times, {len(typist.text)} keys kept, lost each time: {lost}")
    return lost


async def test_killed_three_times_at_any_moment(
    playwright: Playwright, stage: House, nora: Counter, tmp_path: Path, seed: int
) -> None:
    ticket = await nora.writes("Written by someone unlucky")
    assert len(await killed(playwright, stage, ticket, tmp_path / "profile", 3, seed)) == 3


@pytest.mark.long
async def test_killed_fifty_times_at_any_moment(
    playwright: Playwright, stage: House, nora: Counter, tmp_path: Path, seed: int
) -> None:
    ticket = await nora.writes("Written by someone very unlucky")
    assert len(await killed(playwright, stage, ticket, tmp_path / "profile", 50, seed)) == 50
