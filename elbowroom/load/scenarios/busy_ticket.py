"""N agents on one ticket: what does a frame cost for each who gets it, beside uvicorn's and the kernel's own send?"""

import asyncio
import math
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from elbowroom.load.baseline import Baseline
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


@dataclass
class Cost:
    """Of one kind of change: seconds of CPU of the server and of its loop a change, and how it was seen."""

    cpu: float
    loop: float
    seen: Seen
    window: Window
    frames: float  # a change

    @property
    def size(self) -> int:
        return self.seen.read // max(1, self.seen.frames)


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
    gathering = Gathering(world)
    try:
        report = Report("busy-ticket", f"{sockets} agents on one ticket, {RATE:g} changes a second of each kind")
        few = await _costs(world, gathering, 2, seconds / 2)
        many = await _costs(world, gathering, sockets, seconds)
    finally:
        await gathering.end()
    size = round(sum(cost.size for cost in many.values()) / len(many))
    kernel, uvicorn = await _baselines(sockets, size, min(ROUNDS, int(seconds * RATE)))
    for name, cost in many.items():
        _tell(report, name, cost, few[name], sockets)
    spread = [_a_delivery(many[name], few[name], sockets) for name in KINDS]
    mean = sum(spread) / len(spread)
    report.add("a delivery, beside the kernel's", mean, "µs", baseline=kernel,
               against="the kernel's write of the same bytes", at_most=1.3, aims_at="ratio")  # fmt: skip
    report.add("a delivery, beside uvicorn's", mean, "µs", baseline=uvicorn, against="uvicorn's plain send to each")
    report.add("bytes of a frame", size)
    own = [cost.window.share(cost.window.own_cpu) for cost in many.values()]
    report.add("load generator's CPU", max(own), "%")
    return report


async def _costs(world: World, gathering: Gathering, sockets: int, seconds: float) -> dict[str, Cost]:
    place = f"ticket/{world.tickets[0]}"
    ahead, each = range(len(gathering.listeners), sockets), max(1, sockets // OBSERVERS)
    await gathering.sit(
        Seat(world.token(number), [place], here=place, follows=number % each == 1 % each) for number in ahead
    )
    await asyncio.sleep(LAGS_FOR)
    idle = Window(world.meter)
    await asyncio.sleep(min(IDLE_FOR, seconds))
    idle.end()
    ticket = Ticket(world, gathering.listeners[0])
    await ticket.label(0)  # a label that is new tells its department first
    await ticket.label(1)
    costs = {}
    for name, (mark, change) in KINDS.items():
        costs[name] = await _changing(world, gathering, ticket, Seen(mark), change, seconds, idle)
    ticket.caller.close()
    return costs


async def _changing(
    world: World, gathering: Gathering, ticket: Ticket, seen: Seen, change: Change, seconds: float, idle: Window
) -> Cost:
    steps = 2 * max(1, int(seconds * RATE / 2))
    observers = [one for one in gathering.listeners if one.follows]
    for one in observers:
        one.heard = seen.heard
    window = Window(world.meter)
    began = time.monotonic()
    for step in range(steps):
        await asyncio.sleep(max(0.0, began + step / RATE - time.monotonic()))
        seen.at = time.monotonic()
        await change(ticket, step)
    await asyncio.sleep(LAGS_FOR)
    window.end()
    for one in observers:
        one.heard = None
    part = window.seconds / idle.seconds
    cpu, on_loop = (window.cpu - idle.cpu * part) / steps, (window.loop_cpu - idle.loop_cpu * part) / steps
    return Cost(cpu, on_loop, seen, window, seen.frames / len(observers) / steps)


def _a_delivery(many: Cost, few: Cost, sockets: int) -> float:
    """µs for one more recipient of one frame: what a change costs the loop with all, less what it costs with two."""
    return (many.loop - few.loop) / (sockets - 2) / many.frames * 1e6


async def _baselines(sockets: int, size: int, rounds: int) -> tuple[float, float]:
    """µs of CPU a delivery, for the kernel and for uvicorn."""
    found = []
    for name in ("kernel", "uvicorn"):
        async with Baseline(name, sockets) as baseline:
            found.append(await baseline.a_delivery(size, rounds, 1 / RATE) * 1e6)
    return found[0], found[1]


def _tell(report: Report, name: str, cost: Cost, few: Cost, sockets: int) -> None:
    for words, part in (("half", 0.5), ("99 of 100", 0.99)):
        base = share(few.seen.took, part) * 1000
        report.add(f"{name} seen, {words}", share(cost.seen.took, part) * 1000, "ms", baseline=base,
                   against="two agents alone")  # fmt: skip
    report.add(f"{name}: CPU a change", cost.cpu * 1000, "ms", baseline=few.cpu * 1000)
    report.add(f"{name}: CPU a delivery", _a_delivery(cost, few, sockets), "µs")
    report.add(f"{name}: server's CPU", cost.window.share(cost.window.cpu), "%")
