"""Half of the sockets on one ticket stop reading: do the others wait, what does the silence cost, how does it end?

All read, then half are silent twice as long, then all read again: a note takes longer the longer the ticket already is,
and so both see the same lengths on average.
"""

import asyncio
import time
import uuid
from dataclasses import dataclass, field, replace

from elbowroom.load.commands import Caller
from elbowroom.load.figures import Report, share
from elbowroom.load.gathering import Gathering, Seat
from elbowroom.load.listener import Listener
from elbowroom.load.process import Window, kernel_memory
from elbowroom.load.world import World

RATE, WORDS = 10.0, 8_000  # notes a second, characters a note
FLOOD, FLOODS = 100_000, 60  # characters, notes at most, until all who are silent were cut off
RECEIVES = 8192  # what a silent one's own kernel takes in; the rest stays with the desk
OBSERVERS = 20
DRAINS_FOR = 0.5
KIB, MIB = 1024, 1024 * 1024


@dataclass
class Delivered:
    """How long each note took to each observer, and seconds of CPU of the server's loop for all of them."""

    mark: bytes = b"\0"
    at: float = 0.0
    took: list[float] = field(default_factory=list)
    notes: int = 0
    loop: float = 0.0

    def heard(self, _listener: Listener, now: float, message: bytes) -> None:
        if self.mark in message:
            self.took.append(now - self.at)


async def measure(world: World, sockets: int, seconds: float) -> Report:
    gathering, report = Gathering(world), Report("slow-readers", f"{sockets} sockets on one ticket, half do not read")
    place, caller = f"ticket/{world.tickets[0]}", Caller(world, world.token(0))
    each = max(2, 2 * (sockets // 2 // OBSERVERS))
    seats = [
        Seat(world.token(number), [place], follows=number % each == 0, receives=RECEIVES if number % 2 else None)
        for number in range(sockets)
    ]
    try:
        listeners = await gathering.sit(seats)
        silent, readers = listeners[1::2], listeners[::2]
        everyone, others = Delivered(), Delivered()
        await _notes(world, caller, readers, seconds / 2, everyone)
        most = _Most(world, len(silent))
        _pause(silent)
        window = await _notes(world, caller, readers, seconds, others)
        most.look()
        _resume_reading(silent)
        await asyncio.sleep(DRAINS_FOR)
        await _notes(world, caller, readers, seconds / 2, everyone)
        _pause(silent)
        floods = await _flood(world, caller, len(readers), most)
        cut, back = await _resync(gathering, seats[1::2], silent)
        left = sum(one.lost for one in readers)
    finally:
        caller.close()
        await gathering.end()
    for name, part in (("half", 0.5), ("99 of 100", 0.99)):
        base = share(everyone.took, part) * 1000
        report.add(f"delivered, {name}", share(others.took, part) * 1000, "ms", baseline=base,
                   against="the same sockets, all reading", at_most=1.2, aims_at="ratio")  # fmt: skip
    report.add("the loop's CPU a note", others.loop / others.notes * 1000, "ms",
               baseline=everyone.loop / everyone.notes * 1000, against="the same sockets, all reading")  # fmt: skip
    report.add("memory a silent socket, server", most.server, "KiB", at_most=1024.0)
    report.add("memory a silent socket, kernel", most.kernel, "KiB")
    report.add("notes of 100 KB until the last was cut", floods)
    report.add("silent sockets cut off", cut, baseline=float(len(silent)), against="silent sockets")
    report.add("of them back with a state", back, baseline=float(len(silent)))
    report.add("readers lost", left, at_most=0)
    report.add("server's CPU", window.share(window.cpu), "%")
    report.add("load generator's CPU", window.share(window.own_cpu), "%")
    return report


async def _notes(world: World, caller: Caller, readers: list[Listener], seconds: float, delivered: Delivered) -> Window:
    window = Window(world.meter)
    for one in readers:
        one.heard = delivered.heard
    began, count = time.monotonic(), max(1, int(seconds * RATE))
    for step in range(count):
        await asyncio.sleep(max(0.0, began + step / RATE - time.monotonic()))
        delivered.mark = str(uuid.uuid4()).encode()
        delivered.at = time.monotonic()
        await _note(world, caller, f"{delivered.mark.decode()} {'x' * WORDS}")
    await asyncio.sleep(DRAINS_FOR)
    window.end()
    delivered.notes, delivered.loop = delivered.notes + count, delivered.loop + window.loop_cpu
    return window


def _pause(silent: list[Listener]) -> None:
    for one in silent:
        one.transport.pause_reading()


def _resume_reading(silent: list[Listener]) -> None:
    for one in silent:
        one.transport.resume_reading()


async def _note(world: World, caller: Caller, words: str) -> None:
    await caller.ask("POST", f"/api/tickets/{world.tickets[0]}/notes", {"body": words})


class _Most:
    """The most that was held for the silent ones; KiB a socket."""

    def __init__(self, world: World, silent: int) -> None:
        self._world, self._silent = world, silent
        self._before, self._held = world.meter.memory(), kernel_memory()
        self.server = self.kernel = 0.0

    def look(self) -> None:
        self.server = max(self.server, (self._world.meter.memory() - self._before) / self._silent / KIB)
        self.kernel = max(self.kernel, (kernel_memory() - self._held) / self._silent / KIB)


async def _flood(world: World, caller: Caller, stay: int, most: _Most) -> int:
    """Large notes until only so many sockets are left; how many it took."""
    for count in range(FLOODS):
        most.look()
        if await _open_sockets(caller) <= stay:
            return count
        await _note(world, caller, "x" * FLOOD)
    raise RuntimeError("silent sockets were not cut off")


async def _open_sockets(caller: Caller) -> int:
    told = await caller.ask("GET", "/metrics")
    found = next(line for line in told.splitlines() if line.startswith(b"elbowroom_sockets "))
    return int(float(found.split()[1]))


async def _resync(gathering: Gathering, seats: list[Seat], silent: list[Listener]) -> tuple[int, int]:
    """How many of the silent ones find that they were cut off, and how many are live again."""
    _resume_reading(silent)
    for _ in range(100):
        if all(one.lost for one in silent):
            break
        await asyncio.sleep(0.02)
    gathering.forget(silent)
    again = [replace(seat, receives=None, resume=_resume(one)) for seat, one in zip(seats, silent, strict=True)]
    back = await gathering.sit(
        again, at_once=10
    )  # more would wait longer for their long states than a desk waits for them
    return sum(one.lost for one in silent), sum(not one.lost for one in back)


def _resume(listener: Listener) -> dict[str, object]:
    return {name: listener.welcome[name] for name in ("epoch", "position", "mark")}
