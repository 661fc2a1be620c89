"""Locks on one node or on three that share a store, beside a plain model, under everything that can end one."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest
from sqlalchemy import insert, select

from elbowroom.kit import journal
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.db import Database, Read, Tx
from elbowroom.kit.jobs import Again
from elbowroom.kit.places import Standing
from elbowroom.kit.problems import Refused
from elbowroom.kit.stores import forming
from elbowroom.people.rights import Viewer
from elbowroom.people.tables import departments, memberships, people
from elbowroom.together import handovers, locks
from elbowroom.together.crowds import UNKNOWN_FOR, Crowds
from elbowroom.together.presence import GONE_AFTER
from elbowroom.together.tables import locks as table
from tests import engines
from tests.together.crowdsmodel import IDLE_FOR, Hold, Locks
from tests.together.test_board_model import DOINGS, PEOPLE, OverValkey
from tests.valkey import valkey

PLACES = ("ticket/1", "ticket/2", "ticket/3")
HERE = Standing("department:1", "inbox/1")
BEAT_EACH, TELL_EACH = 5.0, 2.0
LATE_FOR = 3.0
DEAD_FOR = 27.0  # three beats of another node, what it was told late, and the look at them
REST_EACH = 60
SEEN = {"freed by silence", "freed by force", "freed by a lease's end", "freed by a node's death"}


class Wire(Protocol):
    is_fair: bool

    def joins(self, name: str) -> None: ...
    def ends(self, name: str) -> None: ...
    def tell(self, by: str, said: bytes) -> None: ...
    def arrived(self, at: str) -> list[bytes]: ...


class Lossy:
    """Loses, repeats, reorders and delays for a few seconds, until it is at rest. What is cut off hears nothing."""

    def __init__(self, dice: random.Random, clock: TravelClock) -> None:
        self.dice, self.clock, self.is_fair = dice, clock, False
        self.waiting: dict[str, list[tuple[float, bytes]]] = {}
        self.cut: set[str] = set()

    def joins(self, name: str) -> None:
        self.waiting[name] = []

    def ends(self, name: str) -> None:
        del self.waiting[name]
        self.cut.discard(name)

    def tell(self, by: str, said: bytes) -> None:
        for name in [one for one in self.waiting if one != by and by not in self.cut]:
            for _ in range(1 if self.is_fair else self.dice.choice((0, 1, 1, 2))):
                late = 0.0 if self.is_fair else self.dice.choice((0, 0, 1, LATE_FOR))
                self.waiting[name].append((self.clock.at + late, said))

    def arrived(self, at: str) -> list[bytes]:
        due = [one for one in self.waiting[at] if self.is_fair or one[0] <= self.clock.at]
        self.waiting[at] = [one for one in self.waiting[at] if one not in due]
        if not self.is_fair:
            self.dice.shuffle(due)
        return [] if at in self.cut else [said for _, said in due]


class Fair(OverValkey):
    def ends(self, name: str) -> None:
        self.ears.pop(name).close()
        self.told.pop(name, None)


class Door:
    """One node's way to the store: in this thread, so that a seed is one walk."""

    def __init__(self, desk: "Desk", node: str) -> None:
        self.desk, self.node = desk, node

    async def read(self, question: Callable[[Read], Any]) -> Any:
        return self.desk.db.read_now(question)

    async def write(self, verb: Callable[[Tx], Any]) -> Any:
        try:
            return self.desk.writes(verb, self.node)
        except AssertionError as broken:  # nobody waits for the task that it ends
            self.desk.broken = broken
            raise


class Desk:
    """Every deed goes to the model and to the store; what a node writes by itself is judged at once."""

    def __init__(self, dice: random.Random, db: Database, clock: TravelClock, wire: Wire | None) -> None:
        self.dice, self.db, self.clock, self.wire = dice, db, clock, wire
        self.model = Locks(0.0 if wire is None or wire.is_fair else 12.0)
        self.nodes: dict[str, Crowds] = {}
        self.figures: Counter[str] = Counter()
        self.gone: dict[tuple[str, int], tuple[float, str]] = {}  # place and fence → since when its holder is nowhere
        self.jobs: list[tuple[float, str, int, int]] = []
        self.told: list[tuple[str, Any]] = []
        self.next: dict[str, list[float]] = {}
        self.made = 0
        self.unlooked: set[str] = set()  # whose look at the store failed; the next one does not
        self.broken: AssertionError | None = None
        self.lost_at = self.fair_at = 0.0
        db.listeners.append(self.told.extend)

    # nodes
    async def starts(self) -> None:
        if len(self.nodes) == (1 if self.wire is None else 3):
            return
        self.made += 1
        name = f"node {self.made}"
        door: Any = Door(self, name)
        crowds = Crowds(door, self.clock, lambda _read, _place: HERE)
        if (wire := self.wire) is not None:
            wire.joins(name)
            crowds.share(name, lambda topic, what: wire.tell(name, msgspec.json.encode((topic, what))))
        self.nodes[name] = crowds
        self.next[name] = [self.clock.at + BEAT_EACH, self.clock.at + self.dice.random() * TELL_EACH]
        await crowds.start()
        if crowds.neighbours is not None:
            crowds.neighbours.wire(True)
        await self.settles()

    async def dies(self) -> None:
        """kill -9: nothing of what it knew is left, and its row of beats stays."""
        if self.wire is None or len(self.nodes) > 1:
            locked = [(place, hold.person) for place, hold in self.model.holds.items() if hold.person is not None]
            wanted = [one.node for of in locked for one in self.model.tabs(*of)]
            name = self.dice.choice(wanted or sorted(self.nodes))
            self._ends(name)
            self.lost_at = self.clock.at
            if self.wire is None:
                await self.starts()

    async def stops(self) -> None:
        if len(self.nodes) > 1:
            name = self.dice.choice(sorted(self.nodes))
            await self.nodes[name].stop()
            self._ends(name)
            self.lost_at = self.clock.at

    def _ends(self, name: str) -> None:
        del self.nodes[name], self.next[name]
        if self.wire is not None:
            self.wire.ends(name)
        self.model.who.dies(name)
        self.notices("a node's death")

    async def cuts(self) -> None:
        """The wire of one node is down, and it knows it or not."""
        if isinstance(wire := self.wire, Lossy):
            name = self.dice.choice(sorted(self.nodes))
            wire.cut.add(name)
            if self.dice.random() < 0.5:
                self._neighbours(name).wire(False)

    async def heals(self) -> None:
        if isinstance(wire := self.wire, Lossy) and wire.cut:
            name = self.dice.choice(sorted(wire.cut))
            wire.cut.discard(name)
            self._neighbours(name).wire(True)

    def _neighbours(self, name: str) -> Any:
        return self.nodes[name].neighbours

    # people and their tabs
    async def comes(self) -> None:
        person, node = self.dice.choice(list(PEOPLE)), self.dice.choice(sorted(self.nodes))
        key = f"{person}:{self.dice.randint(1, 3)}"
        known = self.model.who.connections.get(key)
        if person in self.model.shut_out or (known is not None and known.node != node):
            return
        self.nodes[node].hello(key, person, PEOPLE[person])
        if known is not None:
            self.model.touches(key, self.clock.at)
        self.model.who.comes(key, person, node, self.clock.at)
        if known is None and self.dice.random() < 0.8:
            await self.stands(key)

    async def stands(self, key: str | None = None) -> None:
        if (key := key or self.open_one()) is not None:
            place, doing = self.dice.choice((*PLACES, *PLACES, None)), self.dice.choice(DOINGS)
            self.node_of(key).here(key, place, doing, HERE)  # type: ignore[arg-type]
            self.model.touches(key, self.clock.at)
            self.model.who.stands(key, place, doing, self.clock.at)

    async def touches(self) -> None:
        for _ in range(3):
            if (key := self.open_one()) is not None:
                self.node_of(key).at_keyboard(key)
                self.model.touches(key, self.clock.at)

    async def closes(self) -> None:
        if (key := self.open_one()) is not None:
            self.node_of(key).closed(key)
            self.model.who.connections[key].closed = self.clock.at

    async def falls_silent(self) -> None:
        if (key := self.open_one()) is not None:
            self.model.who.connections[key].is_silent = True

    async def leaves(self, key: str | None = None) -> None:
        if (key := key or self.open_one()) is not None:
            node = self.node_of(key)
            self.model.who.leaves(key, self.clock.at)
            self.notices("leaving")
            node.left(key)

    async def is_shut_out(self) -> None:
        """Of the department, or is let in again."""
        askers = [hold.asked_by for hold in self.model.holds.values() if hold.asked_by is not None]
        person = self.dice.choice(askers or list(PEOPLE))
        if person in self.model.shut_out:
            self.model.shut_out.discard(person)
            self.writes(lambda tx: tx.run(insert(memberships).values(person=person, department=1)))
        elif askers or self.dice.random() < 0.3:
            self.model.shut_out.add(person)
            self.writes(lambda tx: tx.run(memberships.delete().where(memberships.c.person == person)))
            for key in [key for key, one in self.model.who.connections.items() if one.person == person]:
                await self.leaves(key)

    # locks
    async def takes(self) -> None:
        """At her keyboard; a few have no tab at all."""
        person, place = self.who_and_where()
        idle_for = self.dice.choice((None, IDLE_FOR, IDLE_FOR))
        for one in self.model.tabs(place, person):
            if one.closed is None and not one.is_silent:
                self.node_of(one.key).at_keyboard(one.key)
                self.model.touches(one.key, self.clock.at)
        self.takes_it(person, place, leased=False, idle_for=idle_for)

    async def leases(self) -> None:
        """A program does, which has no tab."""
        person, place = self.dice.choice(list(PEOPLE)), self.dice.choice(PLACES)
        self.takes_it(person, place, leased=True, idle_for=None)

    def takes_it(self, person: int, place: str, *, leased: bool, idle_for: float | None) -> None:
        other = self.model.take(place, person, self.clock.at, leased=leased, idle_for=idle_for)
        refused = self.tries(lambda tx: locks.take(tx, viewer(person), place, leased=leased, idle_for=idle_for))
        if other is None:
            assert refused is None
        else:
            assert refused is not None
            assert (refused.status, refused.name, refused.extra["holder"]["id"]) == (409, "locked", other)
            self.figures["refused, naming the holder"] += 1

    async def frees(self) -> None:
        person, place = self.who_and_where()
        self.model.free(place, person, self.clock.at)
        self.writes(lambda tx: locks.free(tx, place, person))

    async def forces(self) -> None:
        person, place = self.who_and_where()
        was = self.model.of(place).holder(self.clock.at)
        self.model.force(place, person, self.clock.at)
        self.figures["freed by force"] += was not in (None, person)
        self.writes(lambda tx: locks.force(
            tx, viewer(person), place, audience=HERE.audience, managers_only=False, may_manage=False
        ))  # fmt: skip

    async def asks(self) -> None:
        person, place = self.who_and_where()
        wait_for = self.dice.choice((5.0, 30.0))
        fence, answer = self.model.of(place).fence, self.model.ask(place, person, self.clock.at, wait_for)
        self.same_answer(
            answer, lambda tx: handovers.ask(tx, viewer(person), place, audience=HERE.audience, wait_for=wait_for)
        )
        if not answer:
            self.jobs.append((self.clock.at + wait_for, place, fence, person))

    async def gives(self) -> None:
        person, place = self.who_is_asked()
        if self.model.of(place).asked_by not in self.model.shut_out:  # else a floor above says no
            answer = self.model.answer(place, person, self.clock.at, gives=True)
            self.same_answer(answer, lambda tx: handovers.give(tx, viewer(person), place))

    async def refuses(self) -> None:
        person, place = self.who_is_asked()
        answer = self.model.answer(place, person, self.clock.at, gives=False)
        self.same_answer(answer, lambda tx: handovers.refuse(tx, viewer(person), place))

    async def withdraws(self) -> None:
        person, place = self.who_and_where()
        self.model.withdraw(place, person, self.clock.at)
        self.writes(lambda tx: handovers.withdraw(tx, person, place))

    def lapses(self) -> None:
        """The jobs whose time has come."""
        due = [one for one in self.jobs if one[0] <= self.clock.at]
        self.jobs = [one for one in self.jobs if one not in due]
        for _, place, fence, asker in due:
            again = self.model.lapse(place, fence, asker, self.clock.at)
            with pytest.raises(Again) if again is not None else nullcontext():
                self.writes(partial(handovers.lapse, place=place, fence=fence, asker=asker))
            if again is not None:
                self.jobs.append((again, place, fence, asker))

    # time
    async def waits(self) -> None:
        for _ in range(self.dice.choice((1, 1, 2, 5, 11, 16))):
            await self.passes(1)

    async def waits_long(self) -> None:
        for _ in range(self.dice.choice((10, 35))):
            await self.passes(2)

    async def passes(self, seconds: float) -> None:
        """As the loops of a running desk, without their waiting."""
        self.clock.travel(seconds)
        was_silent = {(one.place, one.person) for one in self.model.who.connections.values() if one.is_silent}
        self.model.passes(self.clock.at)
        self.notices("a closed tab", was_silent)
        for one in self.model.who.connections.values():
            if one.closed is None and not one.is_silent:
                self.node_of(one.key).heard(one.key)
        self.lapses()
        for name in self.dice.sample(sorted(self.nodes), len(self.nodes)):
            await self._turn(name, self.nodes[name])
        self.all_are_freed()

    async def _turn(self, name: str, node: Crowds) -> None:
        node._say(node.board.tick(self.clock.at, self.clock.at))
        if node.neighbours is not None:
            node._show(node.neighbours.fall())
            if self.next[name][1] <= self.clock.at:
                self.next[name][1] = self.clock.at + TELL_EACH
                node.neighbours.repeat()
            await self.settles()
            if self.next[name][0] <= self.clock.at:
                self.next[name][0] = self.clock.at + BEAT_EACH
                await node._beat(node.neighbours)
            is_missed = name not in self.unlooked and self.dice.random() < 0.2
            self.unlooked = (self.unlooked | {name}) if is_missed else (self.unlooked - {name})
            if not is_missed or (self.wire is not None and self.wire.is_fair):
                await node._look(node.neighbours)
        await self.settles()
        await node._sweep()
        await self.settles()

    async def settles(self) -> None:
        """All that was told has arrived, as far as the wire lets it, and is carried out."""
        await asyncio.sleep(0)
        while self._hears() or any(node._running for node in self.nodes.values()):  # noqa: ASYNC110
            await asyncio.sleep(0)
        if self.broken is not None:
            raise self.broken

    def _hears(self) -> bool:
        letters = [(name, one) for name in self.nodes if self.wire is not None for one in self.wire.arrived(name)]
        for name, letter in letters:
            self._hear(name, *msgspec.json.decode(letter))
        return bool(letters)

    def _hear(self, name: str, topic: str, what: Any) -> None:
        node = self.nodes[name]
        node.told(what) if topic == "board" else node.lock_changed(what)

    # the store
    def writes(self, verb: Callable[[Tx], Any], node: str | None = None) -> Any:
        """`node`: the one that does it by itself; a person's deed is known to the model already."""
        try:
            return self.db.write_now(verb)
        finally:
            words, self.told[:] = [what for topic, what in self.told if topic == "lock"], []
            if words or node is None:
                self.compares(node)
            by = node or self.dice.choice(sorted(self.nodes))
            for what in words:
                self.nodes[by].lock_changed(what)
                if self.wire is not None:
                    self.wire.tell(by, msgspec.json.encode(("lock", what)))

    def tries(self, verb: Callable[[Tx], Any]) -> Refused | None:
        try:
            self.writes(verb)
        except Refused as refused:
            return refused
        return None

    def same_answer(self, answer: str, verb: Callable[[Tx], Any]) -> None:
        refused = self.tries(verb)
        assert (refused.name if refused is not None else "") == answer

    def compares(self, node: str | None) -> None:
        asked = select(table.c.place, *(table.c[name] for name in Hold.__dataclass_fields__))
        for row in self.db.read_now(lambda read: read.rows(asked)):
            place, found = row["place"], Hold(**{name: row[name] for name in Hold.__dataclass_fields__})
            before = self.model.of(place)
            if node is not None and found != before:
                self.judges(place, before, found, node)
            assert found == self.model.of(place), (place, node, before)
            self.model.is_stored(place, found)

    def judges(self, place: str, before: Hold, after: Hold, node: str) -> None:
        """A node freed it by itself."""
        now, slack = self.clock.at, self.model.slack
        is_young = now - self.nodes[node].board.started < UNKNOWN_FOR
        assert not is_young or (self.wire is None and before.until is None), "freed by a young board"
        assert before.person is not None, (place, before, after)
        assert self.model.may_be_freed(before, place, now), (node, place, before, after, self.model)
        expected = self.model.freed(before, now)
        if (asker := expected.person) is not None:
            stood = self.model.tabs(place, asker)
            # Over a wire that is cut a node may free it that cannot see who asked.
            assert after.person == asker or not stood or slack, "who asked and was there went empty away"
            # Her node may have died, and others show her yet; or they hear in the same tick that she went.
            is_shown = slack or now - self.lost_at < GONE_AFTER + 2 or now - self.model.seen.get((place, asker), 0) < 2
            assert after.person is None or stood or is_shown, "it was handed to who is nowhere"
            self.figures["handed to who asked" if after.person else "freed, since who asked was nowhere"] += 1
        self.model.holds[place] = before.to(after.person if asker is not None else None, now)
        if before.until is None:
            self.figures[f"freed by {self.gone.get((place, before.fence), (now, 'leaving'))[1]}"] += 1

    # what must hold
    def notices(self, cause: str, silent: set[tuple[str | None, int]] = frozenset()) -> None:  # type: ignore[assignment]
        """Whose holder is nowhere as of now, and why."""
        self.model.passes(self.clock.at)
        for place, hold in self.model.holds.items():
            one = place, hold.fence
            if hold.person is None or not self.model.is_gone(hold, place, self.clock.at):
                self.gone.pop(one, None)
            elif one not in self.gone:
                is_there = bool(self.model.tabs(place, hold.person))
                why = "silence" if (place, hold.person) in silent else cause
                self.gone[one] = self.clock.at, "an absent keyboard" if is_there else why
                self.figures["freed by a lease's end"] += hold.until is not None

    def all_are_freed(self) -> None:
        """What must be free by now is."""
        if self.wire is not None and not self.wire.is_fair:
            return
        oldest = min(node.board.started for node in self.nodes.values())
        for place, hold in self.model.holds.items():
            at, cause = self.gone.get((place, hold.fence), (None, ""))
            if at is None or hold.person is None or hold.until is not None:
                continue
            known = max(self.fair_at + 7, self.lost_at + DEAD_FOR, oldest + UNKNOWN_FOR)
            due = max(at + (5 if cause == "an absent keyboard" else 0), hold.since + UNKNOWN_FOR, known) + 2
            assert self.clock.at <= due + 2, (place, hold, at, cause, self.model)

    async def rests(self) -> None:
        """Nobody does anything for a while, and the wire is fair."""
        was_fair = self.wire is None or self.wire.is_fair
        if not was_fair:
            assert isinstance(self.wire, Lossy)
            while self.wire.cut:
                await self.heals()
            self.wire.is_fair, self.fair_at = True, self.clock.at
        for _ in range(1 if was_fair else self.dice.choice((3, 3, 3, 45))):
            await self.passes(1)
        self.all_show_the_same()
        if not was_fair and self.wire is not None:
            self.wire.is_fair = False

    def all_show_the_same(self) -> None:
        held = {place: self.db.read_now(lambda read, place=place: locks.holder(read, place)) for place in PLACES}  # type: ignore[misc]
        for name, node in self.nodes.items():
            for place in PLACES:
                if self.model.of(place).holder(self.clock.at) is None and self.model.of(place).until is not None:
                    continue  # a lease that is over shows when it ended
                assert node.mirror.get(place) == held[place], (name, place, node.mirror.get(place), held[place])
                body = held[place].body() if held[place] else None  # type: ignore[union-attr]
                assert node.crowd(place, HERE.audience)["lock"] == body, (name, place)
                self.figures["locks compared"] += 1
                self.figures["of them held"] += body is not None

    # the wheels
    def open_one(self) -> str | None:
        keys = [key for key, one in self.model.who.connections.items() if one.closed is None and not one.is_silent]
        return self.dice.choice(keys) if keys else None

    def node_of(self, key: str) -> Crowds:
        return self.nodes[self.model.who.connections[key].node]

    def who_and_where(self) -> tuple[int, str]:
        """Mostly someone on the place by an open tab."""
        key = self.open_one()
        if (
            key is not None
            and (place := self.model.who.connections[key].place) is not None
            and self.dice.random() < 0.9
        ):
            return self.model.who.connections[key].person, place
        return self.dice.choice([one for one in PEOPLE if one not in self.model.shut_out] or [2]), self.dice.choice(
            PLACES
        )

    def who_is_asked(self) -> tuple[int, str]:
        asked = [(hold.person, place) for place, hold in self.model.holds.items() if hold.asked_by is not None]
        found = self.dice.choice(asked) if asked else self.who_and_where()
        assert found[0] is not None
        return found[0], found[1]


def viewer(person: int) -> Viewer:
    return Viewer(person, PEOPLE[person], "agent", frozenset({1}), 1)


WEIGHTS: dict[Callable[[Desk], Awaitable[None]], int] = {
    Desk.stands: 14, Desk.comes: 20, Desk.touches: 10, Desk.closes: 5, Desk.falls_silent: 5, Desk.leaves: 4,
    Desk.is_shut_out: 2, Desk.takes: 22, Desk.leases: 7, Desk.frees: 2, Desk.forces: 2, Desk.asks: 6, Desk.gives: 1,
    Desk.refuses: 1, Desk.withdraws: 1, Desk.waits: 11, Desk.waits_long: 1, Desk.dies: 3, Desk.stops: 1,
    Desk.starts: 6, Desk.cuts: 2, Desk.heals: 1,
}  # fmt: skip


async def walk(desk: Desk, steps: int) -> None:
    while desk.wire is not None and len(desk.nodes) < 3:
        await desk.starts()
    await desk.starts()
    for _ in range(int(UNKNOWN_FOR) + 1):
        await desk.passes(1)
    for step in range(1, steps + 1):
        (deed,) = desk.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        await deed(desk)
        desk.notices("leaving")
        await desk.settles()
        desk.figures[deed.__name__] += 1
        if step % REST_EACH == 0:
            await desk.rests()


@contextmanager
def stored(folder: Path, clock: TravelClock) -> Iterator[Database]:
    engines.made(folder)
    db = Database(engines.address(folder), clock)
    forming.migrate(db.engine)
    db.start()
    db.write_now(lambda tx: journal.open_history(tx, folder / "position.json"))
    db.write_now(lambda tx: tx.run(insert(departments).values(id=1, name="Support", name_folded="support")))
    for id, name in PEOPLE.items():
        db.write_now(lambda tx, id=id, name=name: _person(tx, id, name))  # type: ignore[misc]
    try:
        yield db
    finally:
        db.close()
        engines.dropped(folder)


def _person(tx: Tx, id: int, name: str) -> None:
    mail = f"{name}@desk.example"
    tx.run(insert(people).values(id=id, name=name, role="agent", email=mail, email_folded=mail.lower(), made_at=tx.now))
    tx.run(insert(memberships).values(person=id, department=1))


@contextmanager
def wires(name: str, dice: random.Random, clock: TravelClock, folder: Path) -> Iterator[Any]:
    if name == "alone":
        yield None
    elif name == "a lossy wire":
        yield Lossy(dice, clock)
    else:
        with valkey(folder) as server:
            yield Fair(server.url)


def tried(name: str, seed: int, steps: int, folder: Path) -> None:
    dice, clock = random.Random(f"locks {name} {seed}"), TravelClock()
    with stored(folder, clock) as db, wires(name, dice, clock, folder / "valkey") as wire:
        desk = Desk(dice, db, clock, wire)
        try:
            asyncio.run(walk(desk, steps))
        finally:
            print(f"\nlocks, {name}: seed {seed}, {steps} steps; ", end="")
            print(", ".join(f"{what}: {n}" for what, n in sorted(desk.figures.items())))
    assert {one for one in SEEN if not desk.figures[one]} == set()


KINDS = pytest.mark.parametrize("name", ["alone", "a lossy wire", "valkey"])


@pytest.mark.walk
@pytest.mark.stored
@KINDS
def test_a_lock_is_never_taken_from_who_is_there_and_never_stays_with_who_is_not(
    name: str, seed: int, tmp_path: Path
) -> None:
    tried(name, seed, 2000 if name == "a lossy wire" else 1500, tmp_path)


@pytest.mark.long
@KINDS
def test_a_hundred_thousand_steps(name: str, seed: int, tmp_path: Path) -> None:
    tried(name, seed, 34_000, tmp_path)
