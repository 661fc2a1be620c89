"""Whose lock is freed where several nodes share a store: by who saw the last connection go, and never on a guess."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from elbowroom.kit import journal
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.db import Database, Read
from elbowroom.kit.places import Standing
from elbowroom.kit.stores import forming
from elbowroom.people.rights import Viewer
from elbowroom.people.tables import departments, people
from elbowroom.together import handovers, locks
from elbowroom.together.beats import BEAT_FOR
from elbowroom.together.crowds import UNKNOWN_FOR, Crowds

T = "ticket/1"
HERE = Standing("department:1", "inbox/1")


@pytest.fixture
def clock() -> TravelClock:
    return TravelClock()


@pytest.fixture
def db(tmp_path: Path, clock: TravelClock) -> Iterator[Database]:
    db = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}", clock)
    forming.migrate(db.engine)
    db.start()
    hanna = {"id": 3, "name": "Hanna", "role": "agent", "email": "h@desk.example", "email_folded": "h@desk.example"}
    db.write_now(lambda tx: tx.run(insert(people).values(**hanna, made_at=tx.now)))
    yield db
    db.close()


class Wire:
    """Joins the nodes, unless it is cut."""

    def __init__(self, db: Database, clock: TravelClock) -> None:
        self.db, self.clock = db, clock
        self.nodes: dict[str, Crowds] = {}
        self.is_cut = False

    async def node(self, name: str) -> Crowds:
        crowds = Crowds(self.db, self.clock, lambda _read, _place: HERE)
        crowds.share(name, lambda _topic, what: self._carry(name, what))
        await crowds.start()
        self.nodes[name] = crowds
        assert crowds.neighbours is not None
        crowds.neighbours.wire(True)
        return crowds

    def dies(self, name: str) -> None:
        del self.nodes[name]

    async def stops(self, name: str) -> None:
        await self.nodes.pop(name).stop()

    def _carry(self, by: str, what: Any) -> None:
        for name, node in self.nodes.items():
            if name != by and not self.is_cut:
                node.told(what)

    async def lives_on(self, seconds: float) -> None:
        """As the loops of a running desk, without their waiting."""
        for _ in range(int(seconds / BEAT_FOR)):
            self.clock.travel(BEAT_FOR)
            for node in self.nodes.values():
                neighbours: Any = node.neighbours
                for entry in list(node.board.entries.values()):
                    node.heard(entry.key)
                neighbours.repeat()
            for node in self.nodes.values():
                neighbours = node.neighbours
                node._show(neighbours.fall())
                node._say(node.board.tick(self.clock.at, self.clock.at))
                await node._beat(neighbours)
                await node._look(neighbours)
                await settled(node)
            for node in self.nodes.values():
                await node._sweep()
                await settled(node)


async def settled(node: Crowds) -> None:
    await asyncio.sleep(0)
    while node._running:
        await asyncio.gather(*node._running)


Story = Callable[[Wire, Crowds, Crowds], Awaitable[None]]


def two_nodes(db: Database, clock: TravelClock, story: Story) -> None:
    async def told() -> None:
        wire = Wire(db, clock)
        a, b = await wire.node("a"), await wire.node("b")
        await wire.lives_on(UNKNOWN_FOR + BEAT_FOR)
        await story(wire, a, b)

    asyncio.run(told())


def comes(node: Crowds, tab: str = "tab") -> None:
    node.hello(tab, 3, "Hanna")
    node.here(tab, T, "viewing", HERE)


async def locks_it(db: Database, *nodes: Crowds, leased: bool = False, idle_for: float | None = None) -> None:
    hanna = Viewer(3, "Hanna", "agent", frozenset({1}), 1)
    held = await db.write(lambda tx: locks.take(tx, hanna, T, leased=leased, idle_for=idle_for))
    for node in nodes:
        node.lock_changed([T, held.fence])  # as it comes over a wire
        await settled(node)


def holds(db: Database) -> bool:
    def question(read: Read) -> bool:
        return locks.holder(read, T) is not None

    return db.read_now(question)


def test_the_node_that_saw_her_last_tab_go_frees_at_once(db: Database, clock: TravelClock) -> None:
    async def story(_wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(a, "one")
        comes(b, "two")
        await settled(a)
        await locks_it(db, a, b)
        a.left("one")
        await settled(a)
        assert holds(db)
        await settled(b)
        b.left("two")
        await settled(b)
        assert not holds(db)

    two_nodes(db, clock, story)


def test_while_the_wire_is_cut_nobodys_lock_is_freed_for_silence(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        wire.is_cut = True
        await wire.lives_on(120)
        assert not a.board.is_on(3, T)  # fell from the other board
        assert holds(db)

    two_nodes(db, clock, story)


def test_and_who_goes_meanwhile_loses_it_all_the_same(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        wire.is_cut = True
        await wire.lives_on(30)
        b.left("tab")
        await settled(b)
        assert holds(db)  # she may have come by the other node, for all that is known
        await wire.lives_on(30)
        assert not holds(db)

    two_nodes(db, clock, story)


def test_who_changed_nodes_meanwhile_keeps_it(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        wire.is_cut = True
        await wire.lives_on(30)
        b.left("tab")
        comes(a)
        await wire.lives_on(60)
        assert holds(db)

    two_nodes(db, clock, story)


def test_the_locks_of_a_killed_node_wait_until_its_end_is_certain(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        wire.dies("b")
        await wire.lives_on(10)
        assert holds(db)
        await wire.lives_on(20)
        assert not holds(db)

    two_nodes(db, clock, story)


def test_the_locks_of_a_node_that_stopped_in_order_wait_for_the_grace_alone(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        await wire.lives_on(15)
        await wire.stops("b")
        clock.travel(4.5)
        await a._look(a.neighbours)  # type: ignore[arg-type]
        await a._sweep()
        await settled(a)
        assert holds(db)
        await wire.lives_on(BEAT_FOR)
        assert not holds(db)

    two_nodes(db, clock, story)


def test_a_page_that_comes_back_by_another_node_keeps_its_lock(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        await wire.lives_on(15)
        await wire.stops("b")
        comes(a)
        await wire.lives_on(30)
        assert holds(db)

    two_nodes(db, clock, story)


def test_a_store_that_fails_makes_nobody_dead(db: Database, clock: TravelClock) -> None:
    """Neither node's beat is stored, so neither counts the other's silence."""

    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        wire.is_cut = True
        clock.travel(3600)
        for node in (a, b):
            node.heard("tab")
        await a._look(a.neighbours)  # type: ignore[arg-type]
        await a._sweep()
        await settled(a)
        assert holds(db)

    two_nodes(db, clock, story)


def test_a_young_board_frees_nothing(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b)
        young = await wire.node("c")
        comes(young)
        young.left("tab")
        b.left("tab")
        await wire.lives_on(5)
        assert not holds(db)  # freed by the old ones, which know everyone
        await locks_it(db, a, b)
        comes(young)
        young.left("tab")
        await settled(young)
        assert holds(db)

    two_nodes(db, clock, story)


def test_a_lock_that_no_word_told_of_is_found_by_looking(db: Database, clock: TravelClock) -> None:
    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        shown: list[str] = []
        a.changed.append(lambda place, _around, _urgent: shown.append(place))
        comes(b)
        await locks_it(db)
        wire.is_cut = True
        await a._look(a.neighbours)  # type: ignore[arg-type]
        assert a.crowd(T, HERE.audience)["lock"] is not None
        assert T in shown
        assert a.crowd(T, "department:2")["lock"] is None
        await db.write(lambda tx: locks.free(tx, T, 3))
        await a._look(a.neighbours)  # type: ignore[arg-type]
        assert a.crowd(T, HERE.audience)["lock"] is None

    two_nodes(db, clock, story)


def test_a_keyboard_touched_by_another_node_a_moment_ago_keeps_it(db: Database, clock: TravelClock) -> None:
    """The word of it comes with the other node's next list."""

    async def story(wire: Wire, a: Crowds, b: Crowds) -> None:
        comes(b)
        await locks_it(db, a, b, idle_for=20)
        await wire.lives_on(20)
        b.at_keyboard("tab")
        clock.travel(1)
        await a._sweep()
        await settled(a)
        assert holds(db)
        await wire.lives_on(15)
        assert holds(db)
        await wire.lives_on(10)
        assert not holds(db)

    two_nodes(db, clock, story)


def test_a_lease_that_became_a_tabs_lock_unheard_is_found_by_looking(db: Database, clock: TravelClock) -> None:
    async def story(_wire: Wire, a: Crowds, b: Crowds) -> None:
        await locks_it(db, a, b, leased=True)
        assert a.mirror[T].until is not None
        await locks_it(db, b)
        await a._look(a.neighbours)  # type: ignore[arg-type]
        assert a.mirror[T].until is None

    two_nodes(db, clock, story)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_vanished_holders_lock_goes_to_who_asked_only_if_she_is_there(
    db: Database, clock: TravelClock, is_there: bool
) -> None:
    async def story(_wire: Wire, a: Crowds, b: Crowds) -> None:
        omid = Viewer(4, "Omid", "administrator", frozenset(), 1)
        mail = "o@desk.example"
        row = {"id": 4, "name": "Omid", "role": omid.role, "email": mail, "email_folded": mail}
        await db.write(lambda tx: tx.run(insert(people).values(**row, made_at=tx.now)))
        await db.write(lambda tx: tx.run(insert(departments).values(id=1, name="Support", name_folded="support")))
        await db.write(lambda tx: journal.new_epoch(tx))
        comes(a)
        if is_there:
            b.hello("omid", 4, "Omid")
            b.here("omid", T, "viewing", HERE)
        await locks_it(db, a, b)
        await db.write(lambda tx: handovers.ask(tx, omid, T, audience=HERE.audience, wait_for=30))
        a.left("tab")
        await settled(a)
        found = await db.read(lambda read: locks.holder(read, T))
        assert (found and found.name) == ("Omid" if is_there else None)

    two_nodes(db, clock, story)
