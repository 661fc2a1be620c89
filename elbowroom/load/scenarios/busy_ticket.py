"""N agents on one ticket: what does a frame cost for each who gets it, beside uvicorn's and the kernel's own send?

The kernel's write is measured between the changes, on the same core and at the same pace: whatever else keeps the
machine busy, or its caches cold, meets both.
"""

import asyncio
import math
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from elbowroom.load.baseline import SETTLES, Baseline
from elbowroom.load.commands import Caller
from elbowroom.load.figures import Report, share
from elbowroom.load.gathering import Gathering, Seat
from elbowroom.load.listener import Listener
from elbowroom.load.process import Window
from elbowroom.load.world import World

RATE = 10.0  # a second: beyond 20 the desk would put several changes into one frame
OBSERVERS = 10
IDLE_FOR, LAGS_FOR = 4.0, 0.3  # as long as from one ping to the next; what is on its way still
ROUNDS = 30
USUAL = 1000  # bytes of a frame, before one was seen
SETTLES_EACH = 0.06  # seconds; a tick, so that each is a frame of its own


@dataclass
class Seen:
    """Frames of one kind as the observers got them."""

    kind: bytes
    at: float = math.inf
    took: list[float] = field(default_factory=list)
    frames: int = 0
    read: int = 0

    def heard(self, _listener: Listener, now: float, message: bytes) -> None:
        if message.startswith(self.kind):
            self.took.append(now - self.at)
            self.frames += 1
            self.read += len(message)

    @property
    def size(self) -> int:
        """Bytes of a frame; 0 before the first."""
        return self.read // max(1, self.frames)


@dataclass
class Cost:
    """Of one kind of change: seconds of CPU of the server and of its loop a change, and how it was seen."""

    cpu: float
    loop: float
    seen: Seen
    window: Window
    frames: float  # a change
    kernel: float  # seconds of CPU for a write of as many bytes to one socket


Change = Callable[["Ticket", int], Awaitable[None]]


class Ticket:
    """The ticket that all look at, and who changes it."""

    def __init__(self, world: World, mover: Listener) -> None:
        self.id = world.tickets[0]
        self.mover, self.caller = mover, Caller(world, world.token(0))

    async def write(self, step: int) -> None:
        doing = "viewing" if step % 2 else "writing_reply"
        self.mover.say({"type": "here", "place": f"ticket/{self.id}", "doing": doing})

    async def note(self, step: int) -> None:
        await self.caller.ask("POST", f"/api/tickets/{self.id}/notes", {"body": f"A note, {uuid.uuid4()}"})

    async def label(self, step: int) -> None:
        await self.caller.ask("DELETE" if step % 2 else "PUT", f"/api/tickets/{self.id}/labels/load")


KINDS: dict[str, tuple[bytes, Change]] = {
    "writing": (b'{"type":"crowd"', Ticket.write),
    "note": (b'{"type":"facts"', Ticket.note),
    "label": (b'{"type":"facts"', Ticket.label),
}


async def measure(world: World, sockets: int, seconds: float) -> Report:
    gathering, bare = Gathering(world), Baseline("kernel", sockets)
    report = Report("busy-ticket", f"{sockets} agents on one ticket, {RATE:g} changes a second of each kind")
    try:
        async with bare:
            await bare.settle(USUAL)
            few = await _costs(world, gathering, bare, 2, seconds / 2)
            many = await _costs(world, gathering, bare, sockets, seconds)
    finally:
        await gathering.end()
    size = round(sum(cost.seen.size for cost in many.values()) / len(many))
    kernel = sum(cost.kernel for cost in many.values()) / len(many) * 1e6
    uvicorn = await _plain_send(sockets, size, min(ROUNDS, int(seconds * RATE)))
    for name, cost in many.items():
        _tell(report, name, cost, few[name], sockets)
    spread = [_a_delivery(many[name], few[name], sockets) for name in KINDS]
    mean = sum(spread) / len(spread)
    report.add("a delivery, beside the kernel's", mean, "µs", baseline=kernel,
               against="the kernel's write of the same bytes, in turns", at_most=1.3, aims_at="ratio")  # fmt: skip
    report.add("a delivery, beside uvicorn's", mean, "µs", baseline=uvicorn, against="uvicorn's plain send to each")
    report.add("bytes of a frame", size)
    own = [cost.window.share(cost.window.own_cpu) for cost in many.values()]
    report.add("load generator's CPU", max(own), "%")
    return report


async def _costs(world: World, gathering: Gathering, bare: Baseline, sockets: int, seconds: float) -> dict[str, Cost]:
    place = f"ticket/{world.tickets[0]}"
    ahead, each = range(len(gathering.listeners), sockets), max(1, sockets // OBSERVERS)
    await gathering.sit(
        Seat(world.token(number), [place], here=place, follows=number % each == 1 % each) for number in ahead
    )
    ticket = Ticket(world, gathering.listeners[0])
    for step in range(SETTLES):
        await ticket.write(step)
        await asyncio.sleep(SETTLES_EACH)
    await asyncio.sleep(LAGS_FOR)
    idle = Window(world.meter)
    await asyncio.sleep(min(IDLE_FOR, seconds))
    idle.end()
    await ticket.label(0)  # a label that is new tells its department first
    await ticket.label(1)
    costs = {}
    for name, (mark, change) in KINDS.items():
        costs[name] = await _changing(world, gathering, bare, ticket, Seen(mark), change, seconds, idle)
    ticket.caller.close()
    return costs


async def _changing(
    world: World, gathering: Gathering, bare: Baseline, ticket: Ticket, seen: Seen, change: Change, seconds: float,
    idle: Window,
) -> Cost:  # fmt: skip
    steps = 2 * max(1, int(seconds * RATE / 2))
    observers = [one for one in gathering.listeners if one.follows]
    for one in observers:
        one.heard = seen.heard
    window, kernel = Window(world.meter), 0.0
    began = time.monotonic()
    for step in range(steps):
        await _until(began + step / RATE)
        seen.at = time.monotonic()
        await change(ticket, step)
        await _until(began + (step + 0.5) / RATE)
        kernel += await bare.a_delivery(seen.size or USUAL, 1, 0.0)
    await asyncio.sleep(LAGS_FOR)
    window.end()
    for one in observers:
        one.heard = None
    part = window.seconds / idle.seconds
    cpu, on_loop = (window.cpu - idle.cpu * part) / steps, (window.loop_cpu - idle.loop_cpu * part) / steps
    return Cost(cpu, on_loop, seen, window, seen.frames / len(observers) / steps, kernel / steps)


async def _until(moment: float) -> None:
    await asyncio.sleep(max(0.0, moment - time.monotonic()))


def _a_delivery(many: Cost, few: Cost, sockets: int) -> float:
    """µs for one more recipient of one frame: what a change costs the loop with all, less what it costs with two."""
    return (many.loop - few.loop) / (sockets - 2) / many.frames * 1e6


async def _plain_send(sockets: int, size: int, rounds: int) -> float:
    """µs of CPU a delivery where uvicorn sends to each."""
    async with Baseline("uvicorn", sockets) as plain:
        await plain.settle(size)
        return await plain.a_delivery(size, rounds, 1 / RATE) * 1e6


def _tell(report: Report, name: str, cost: Cost, few: Cost, sockets: int) -> None:
    for words, part in (("half", 0.5), ("99 of 100", 0.99)):
        base = share(few.seen.took, part) * 1000
        report.add(f"{name} seen, {words}", share(cost.seen.took, part) * 1000, "ms", baseline=base,
                   against="two agents alone")  # fmt: skip
    report.add(f"{name}: CPU a change", cost.cpu * 1000, "ms", baseline=few.cpu * 1000)
    report.add(f"{name}: CPU a delivery", _a_delivery(cost, few, sockets), "µs", baseline=cost.kernel * 1e6,
               against="the kernel's write of the same bytes, in turns")  # fmt: skip
    report.add(f"{name}: server's CPU", cost.window.share(cost.window.cpu), "%")
