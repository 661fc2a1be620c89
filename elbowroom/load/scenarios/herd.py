"""M sockets are cut off and come back at once: how long until all are live, and who waits meanwhile?"""

import asyncio
import time
from dataclasses import replace
from typing import Any

import msgspec

from elbowroom.load.baseline import Baseline
from elbowroom.load.commands import Clerks
from elbowroom.load.figures import Report, share
from elbowroom.load.gathering import Gathering, Seat
from elbowroom.load.listener import Listener
from elbowroom.load.process import Window
from elbowroom.load.world import World

CLERKS, COMMANDS = 10, 10.0  # a second
CALM_FOR = 3.0
BACK_WITHIN, COMMAND_WITHIN = 20.0, 1000.0


class Beats:
    """How far all have heard: heartbeats go to everyone alike, so one listens for all."""

    def __init__(self, listener: Listener) -> None:
        self._note(listener.welcome)
        listener.heard = self._heard

    def _heard(self, _listener: Listener, _now: float, message: bytes) -> None:
        if message.startswith(b'{"type":"heartbeat"'):
            self._note(msgspec.json.decode(message))

    def _note(self, told: dict[str, Any]) -> None:
        self.cursor = {name: told[name] for name in ("epoch", "position", "mark")}


async def measure(world: World, sockets: int, seconds: float) -> Report:
    """Raises TimeoutError where they are not all back within `seconds`."""
    gathering, report = Gathering(world), Report("herd", f"{sockets} sockets back at once, with rights and snapshot")
    place = [f"inbox/{world.inbox}"]
    seats = [Seat(world.token(number), place, follows=not number) for number in range(sockets)]
    try:
        began, empty = time.monotonic(), world.meter.memory()
        cut = await gathering.sit(seats)
        one_by_one, memory = time.monotonic() - began, (world.meter.memory() - empty) / sockets / 1024
        calm, beats = Clerks(world, CLERKS, COMMANDS), Beats(cut[0])
        async with calm.at_work():
            await asyncio.sleep(min(CALM_FOR, seconds))
        meanwhile, window = Clerks(world, CLERKS, COMMANDS), Window(world.meter)
        async with meanwhile.at_work():
            back = await _come_back(gathering, seats, cut, beats, seconds)
        window.end()
    finally:
        await gathering.end()
    async with Baseline("uvicorn", sockets) as bare:
        pass
    _tell_back(report, back, bare.opened_for)
    for name, part in (("half", 0.5), ("99 of 100", 0.99)):
        base = share(calm.took, part) * 1000
        report.add(f"commands, {name}", share(meanwhile.took, part) * 1000, "ms", baseline=base,
                   against="before the herd", at_most=COMMAND_WITHIN if part > 0.5 else None)  # fmt: skip
    report.add("commands in that time", len(meanwhile.took))
    report.add("opened, 50 at a time", one_by_one, "s")
    report.add("memory a socket", memory, "KiB")
    report.add("server's CPU", window.share(window.cpu), "%")
    report.add("of it the loop", window.share(window.loop_cpu), "%")
    report.add("load generator's CPU", window.share(window.own_cpu), "%")
    return report


async def _come_back(
    gathering: Gathering, seats: list[Seat], cut: list[Listener], beats: Beats, seconds: float
) -> list[tuple[float, Listener]]:
    """Cuts all off and opens all again as the page would; seconds until each was live, and the socket."""
    gathering.forget(cut)
    for one in cut:
        one.transport.abort()
    began = time.monotonic()
    again = [replace(seat, resume=beats.cursor) for seat in seats]
    async with asyncio.timeout(seconds):
        live = await gathering.sit(again, at_once=len(again))
    return [(one.live.result() - began, one) for one in live]


def _tell_back(report: Report, back: list[tuple[float, Listener]], bare: float) -> None:
    took = [seconds for seconds, _ in back]
    report.add("all are live after", max(took), "s", baseline=bare, against="bare uvicorn sockets, opened at once",
               at_most=BACK_WITHIN)  # fmt: skip
    report.add("half are live after", share(took, 0.5), "s")
    report.add("went on without a snapshot", 100 * sum(one.resumed for _, one in back) / len(back), "%")
