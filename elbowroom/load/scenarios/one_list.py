"""N agents look at one list, and each opens another ticket every five seconds: how soon do the others see it?"""

import asyncio
import time
from dataclasses import dataclass, field

import msgspec

from elbowroom.load.commands import Clerks
from elbowroom.load.figures import Report, share
from elbowroom.load.gathering import Gathering, Seat
from elbowroom.load.listener import Listener
from elbowroom.load.process import Window
from elbowroom.load.world import World

OPENS_EACH = 5.0
OBSERVERS = 25  # of all; the rest only count bytes, so that this process is not what is measured
COMMANDS = 5.0  # a second, by so many clerks
ALONE_FOR, IDLE_FOR = 3.0, 4.0
LAGS_FOR = 2.0


class Person(msgspec.Struct):
    person: int
    doing: str


class Crowd(msgspec.Struct):
    place: str
    people: list[Person]


class Told(msgspec.Struct):
    crowds: list[Crowd]


decoder = msgspec.json.Decoder(Told)


@dataclass
class Move:
    place: str
    at: float
    unseen: set[Listener]


@dataclass
class Sightings:
    """Where each person went, and how long it took each observer to see her there."""

    observers: list[Listener] = field(default_factory=list)
    moves: dict[int, Move] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    made = missed = 0

    def moved(self, person: int, place: str, mover: Listener) -> None:
        self.close(person)
        self.moves[person] = Move(place, time.monotonic(), {*self.observers} - {mover})
        self.made += 1

    def close(self, person: int) -> None:
        if (before := self.moves.pop(person, None)) is not None:
            self.missed += len(before.unseen)

    def heard(self, listener: Listener, now: float, message: bytes) -> None:
        if not message.startswith(b'{"type":"crowd"'):
            return
        for crowd in decoder.decode(message).crowds:
            for one in crowd.people:
                move = self.moves.get(one.person)
                if move is not None and one.doing != "left" and move.place == crowd.place:
                    self._saw(listener, now, move)

    def _saw(self, listener: Listener, now: float, move: Move) -> None:
        if listener in move.unseen:
            move.unseen.discard(listener)
            self.took.append(now - move.at)

    @property
    def is_awaited(self) -> bool:
        return any(move.unseen for move in self.moves.values())

    async def settle(self) -> None:
        """Waits for what is on its way still; what has not come by then is missing."""
        until = time.monotonic() + LAGS_FOR
        while self.is_awaited and time.monotonic() < until:  # noqa: ASYNC110  an event would be set by each sighting
            await asyncio.sleep(0.02)
        for person in list(self.moves):
            self.close(person)


async def measure(world: World, sockets: int, seconds: float) -> Report:
    gathering = Gathering(world)
    try:
        report = Report("list", f"{sockets} agents, each opening another ticket every {OPENS_EACH:g} s")
        alone, commands_alone, _ = await _moving(world, gathering, 2, min(ALONE_FOR, seconds))
        empty = world.meter.memory()
        await _seated(world, gathering, sockets)
        memory = (world.meter.memory() - empty) / max(1, sockets - 2) / 1024
        idle = await _idle(world, min(IDLE_FOR, seconds))
        before = gathering.bytes
        seen, commands, window = await _moving(world, gathering, sockets, seconds)
        read = (gathering.bytes - before) / sockets / window.seconds / 1024
    finally:
        await gathering.end()
    _tell_seen(report, seen, alone)
    _tell_commands(report, commands, commands_alone)
    report.add("server's CPU", window.share(window.cpu), "%", baseline=idle.share(idle.cpu), against="the same at rest")
    report.add("of it the loop", window.share(window.loop_cpu), "%", baseline=idle.share(idle.loop_cpu))
    report.add("read by a socket", read, "KiB/s")
    report.add("memory a socket", memory, "KiB")
    report.add("load generator's CPU", window.share(window.own_cpu), "%")
    return report


async def _seated(world: World, gathering: Gathering, sockets: int) -> None:
    """So many sit at the list in the end; a few of them follow what they get."""
    place, each = [f"inbox/{world.inbox}"], max(1, sockets // OBSERVERS)
    ahead = range(len(gathering.listeners), sockets)
    await gathering.sit(Seat(world.token(number), place, follows=number % each == 0) for number in ahead)


async def _moving(world: World, gathering: Gathering, sockets: int, seconds: float) -> tuple[Sightings, Clerks, Window]:
    """All move, each every OPENS_EACH seconds; with two alone each moves five times as often."""
    await _seated(world, gathering, sockets)
    movers = gathering.listeners[:sockets]
    sightings = Sightings([one for one in movers if one.follows])
    for one in sightings.observers:
        one.heard = sightings.heard
    clerks, window = Clerks(world, int(COMMANDS), COMMANDS), Window(world.meter)
    async with clerks.at_work():
        await _move_all(world, movers, sightings, seconds, OPENS_EACH if sockets > 2 else 0.4)
    window.end()
    await sightings.settle()
    for one in sightings.observers:
        one.heard = None
    return sightings, clerks, window


async def _move_all(world: World, movers: list[Listener], sightings: Sightings, seconds: float, each: float) -> None:
    began, at = time.monotonic(), [""] * len(movers)
    for step in range(int(seconds / each * len(movers))):
        await asyncio.sleep(max(0.0, began + step * each / len(movers) - time.monotonic()))
        number = step % len(movers)
        place = f"ticket/{world.tickets[(len(movers) + step * 7 + step // len(movers)) % len(world.tickets)]}"
        sightings.moved(world.people[number % len(world.people)], place, movers[number])
        _open(movers[number], place, at[number])
        at[number] = place


def _open(mover: Listener, place: str, before: str) -> None:
    """As the page does it: stands on the ticket, watches it, and leaves the one before."""
    mover.say({"type": "here", "place": place, "doing": "viewing"})
    mover.say({"type": "watch", "place": place})
    if before:
        mover.say({"type": "unwatch", "place": before})


async def _idle(world: World, seconds: float) -> Window:
    window = Window(world.meter)
    await asyncio.sleep(seconds)
    return window.end()


def _tell_seen(report: Report, seen: Sightings, alone: Sightings) -> None:
    against = "two agents alone"
    for name, part, aim in (("half", 0.5, None), ("99 of 100", 0.99, 200.0)):
        base = share(alone.took, part) * 1000
        report.add(f"seen by others, {name}", share(seen.took, part) * 1000, "ms", baseline=base, against=against,
                   at_most=aim)  # fmt: skip
    report.add("sightings", len(seen.took))
    report.add("of them missing", seen.missed, at_most=0)


def _tell_commands(report: Report, clerks: Clerks, alone: Clerks) -> None:
    for name, part in (("half", 0.5), ("99 of 100", 0.99)):
        base = share(alone.took, part) * 1000
        report.add(f"commands, {name}", share(clerks.took, part) * 1000, "ms", baseline=base)
