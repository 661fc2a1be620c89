"""Boards on one process or on three, beside a plain model, under random connections, tabs, cuts, deaths and time."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest
import redis

from elbowroom.kit.clock import TravelClock
from elbowroom.together.gossip import Gossip, Said
from elbowroom.together.presence import Board
from tests.together.boardmodel import Model
from tests.valkey import valkey

PEOPLE = {2: "Bianca", 3: "Hanna", 4: "Omid", 5: "Ada"}
PLACES = ("ticket/1", "ticket/2", "ticket/3", None)
DOINGS = ("viewing", "viewing", "idle", "writing_reply", "writing_note")
REST_EACH = 20


class Wire(Protocol):
    def tell(self, by: str, said: bytes) -> None: ...
    def arrived(self, at: str) -> list[bytes]: ...
    def joins(self, name: str) -> None: ...


class Lossy:
    """Loses, repeats and reorders, until it is at rest."""

    def __init__(self, dice: random.Random) -> None:
        self.dice, self.is_fair = dice, False
        self.waiting: dict[str, list[bytes]] = {}

    def joins(self, name: str) -> None:
        self.waiting[name] = []

    def tell(self, by: str, said: bytes) -> None:
        for name, letters in self.waiting.items():
            if name != by:
                letters += [said] * (1 if self.is_fair else self.dice.choice((0, 1, 1, 2)))

    def arrived(self, at: str) -> list[bytes]:
        letters = self.waiting[at]
        if not self.is_fair:
            self.dice.shuffle(letters)
        count = len(letters) if self.is_fair else self.dice.randint(0, len(letters))
        self.waiting[at] = letters[count:]
        return letters[:count]


class OverValkey:
    """A real one: each node hears all that is told, its own words too, which it drops."""

    def __init__(self, url: str) -> None:
        self.url, self.hand = url, redis.Redis.from_url(url)
        self.ears: dict[str, Any] = {}
        self.told: Counter[str] = Counter()
        self.is_fair = True

    def joins(self, name: str) -> None:
        self.ears[name] = self.hand.pubsub(ignore_subscribe_messages=True)
        self.ears[name].subscribe("board")
        self.ears[name].get_message(timeout=5, ignore_subscribe_messages=False)

    def tell(self, by: str, said: bytes) -> None:
        self.hand.publish("board", said)
        self.told.update(list(self.ears))

    def arrived(self, at: str) -> list[bytes]:
        """All that was told so far: a word that was published comes, and is waited for."""
        count, self.told[at] = self.told[at], 0
        letters = [self.ears[at].get_message(timeout=5) for _ in range(count)]
        return [bytes(letter["data"]) for letter in letters]


class Node:
    def __init__(self, name: str, clock: TravelClock) -> None:
        self.name, self.board = name, Board(started=clock.at - 100)
        self.gossip = Gossip(self.board, name)


class Desk:
    """Boards that tell each other, and beside them the model. Every deed goes to both."""

    def __init__(self, dice: random.Random, wire: Any, nodes: int) -> None:
        self.dice, self.wire, self.clock, self.model = dice, wire, TravelClock(), Model()
        self.nodes: dict[str, Node] = {}
        self.figures: Counter[str] = Counter()
        self.made = 0
        for _ in range(nodes):
            self.starts()

    # deeds
    def starts(self) -> None:
        self.made += 1
        name = f"node {self.made}"
        self.nodes[name] = Node(name, self.clock)
        self.wire.joins(name)

    def dies(self) -> None:
        """And another one starts. What it said before is shown until it was silent for long enough."""
        if len(self.nodes) > 1:
            name = self.dice.choice(list(self.nodes))
            del self.nodes[name]
            self.wire.ears.pop(name, None) if isinstance(self.wire, OverValkey) else self.wire.waiting.pop(name)
            self.model.dies(name)
            self.calm(self.hears)  # no word of it is still on its way when it is given up
            self.starts()
            for _ in range(14):
                self.passes(1)

    def comes(self) -> None:
        """A tab, new or back after a cut, at some node."""
        person, node = self.dice.choice(list(PEOPLE)), self.dice.choice(list(self.nodes.values()))
        key = f"{person}:{self.dice.randint(1, 3)}"
        known = self.model.connections.get(key)
        if known is not None and known.node != node.name:
            return  # it is open there, or held back: another load of the page has another key
        node.board.join(key, person, PEOPLE[person], self.clock.at, hidden=person in self.model.hidden)
        self.model.comes(key, person, node.name, self.clock.at)
        self.tells(node)

    def stands(self) -> None:
        if (key := self.open_one()) is not None:
            place, doing = self.dice.choice(PLACES), self.dice.choice(DOINGS)
            node = self.node_of(key)
            node.board.here(key, place, doing, self.clock.at, self.clock.at, within="inbox/1", audience="all")  # type: ignore[arg-type]
            self.model.stands(key, place, doing, self.clock.at)
            self.tells(node)

    def touches(self) -> None:
        if (key := self.open_one()) is not None:
            self.node_of(key).board.at_keyboard(key, self.clock.at, self.clock.at)
            self.model.touches(key, self.clock.at)

    def closes(self) -> None:
        """The socket, of which the server hears."""
        if (key := self.open_one()) is not None:
            self.node_of(key).board.close(key, self.clock.at)
            self.model.connections[key].closed = self.clock.at

    def falls_silent(self) -> None:
        """The cable is pulled, of which nobody hears."""
        if (key := self.open_one()) is not None:
            self.model.connections[key].is_silent = True

    def leaves(self) -> None:
        if (key := self.open_one()) is not None:
            node = self.node_of(key)
            node.board.leave(key, self.clock.at, self.clock.at)
            self.model.leaves(key, self.clock.at)
            self.tells(node)

    def hides(self) -> None:
        """Or shows herself again: felt at each process that has a connection of hers."""
        person, hidden = self.dice.choice(list(PEOPLE)), self.dice.random() < 0.5
        hers = {one.node for one in self.model.connections.values() if one.person == person}
        if not hers or (person in self.model.hidden) == hidden:
            return
        for name in sorted(hers):  # a seed is one walk, whatever order Python gives a set
            self.nodes[name].board.hide(person, hidden)
            self.tells(self.nodes[name])
        self.model.hides(person, hidden)

    def waits(self) -> None:
        for _ in range(self.dice.choice((1, 1, 2, 5, 11, 20))):
            self.passes(self.dice.choice((0.5, 1)))

    def waits_long(self) -> None:
        for _ in range(self.dice.choice((30, 100))):
            self.passes(11)

    # the wheels
    def open_one(self) -> str | None:
        keys = [key for key, one in self.model.connections.items() if one.closed is None and not one.is_silent]
        return self.dice.choice(keys) if keys else None

    def node_of(self, key: str) -> Node:
        return self.nodes[self.model.connections[key].node]

    def tells(self, node: Node) -> None:
        said = node.gossip.whole(self.clock.at, self.clock.at)
        self.wire.tell(node.name, msgspec.json.encode(said))
        self.hears()

    def hears(self) -> None:
        for name, node in self.nodes.items():
            for letter in self.wire.arrived(name):
                node.gossip.hear(msgspec.json.decode(letter, type=Said), self.clock.at, self.clock.at)

    def passes(self, seconds: float) -> None:
        """Answers come in, boards look at the clock, and each tells all again."""
        self.clock.travel(seconds)
        for one in self.model.connections.values():
            if one.closed is None and not one.is_silent:
                self.node_of(one.key).board.heard(one.key, self.clock.at)
        for node in self.nodes.values():
            node.board.tick(self.clock.at, self.clock.at)
            node.gossip.fall(self.clock.at, self.clock.at)
        self.model.passes(self.clock.at)
        if len(self.nodes) > 1:
            for node in self.nodes.values():
                self.tells(node)

    def calm(self, what: Callable[[], None]) -> None:
        was, self.wire.is_fair = self.wire.is_fair, True
        what()
        self.wire.is_fair = was

    def all_tell(self) -> None:
        for _ in range(2):
            for node in self.nodes.values():
                self.tells(node)

    def rests(self) -> None:
        self.calm(self.all_tell)
        self.model.told()
        for node in self.nodes.values():
            for place in PLACES[:-1]:
                assert place is not None
                people = node.board.crowd(place, self.clock.at, audience="all")["people"]
                shown = {one["person"]: one["doing"] for one in people}
                expected, maybe = self.model.shown(place, self.clock.at), self.model.may_have_left(place)
                told, wanted = (
                    {one: doing for one, doing in crowd.items() if doing != "left" or one not in maybe}
                    for crowd in (shown, expected)
                )
                assert told == wanted, (node.name, place, self.model)
                self.figures["crowds compared"] += 1
                self.figures["people in them"] += len(shown)


WEIGHTS = {
    Desk.stands: 40, Desk.comes: 20, Desk.touches: 5, Desk.closes: 7, Desk.falls_silent: 5, Desk.leaves: 6,
    Desk.hides: 4, Desk.waits: 11, Desk.waits_long: 1, Desk.dies: 1,
}  # fmt: skip


def walk(desk: Desk, steps: int) -> None:
    for step in range(1, steps + 1):
        (deed,) = desk.dice.choices(list(WEIGHTS), list(WEIGHTS.values()))
        deed(desk)
        desk.figures[deed.__name__] += 1
        if step % REST_EACH == 0:
            desk.rests()


@contextmanager
def wires(name: str, dice: random.Random, folder: Path) -> Iterator[Any]:
    if name != "valkey":
        yield Lossy(dice)
        return
    with valkey(folder) as server:
        yield OverValkey(server.url)


KINDS = pytest.mark.parametrize(("name", "nodes"), [("alone", 1), ("a lossy wire", 3), ("valkey", 3)])


def report(name: str, seed: int, steps: int, desk: Desk) -> None:
    figures = ", ".join(f"{what}: {n}" for what, n in desk.figures.items())
    print(f"\nboard, {name}: seed {seed}, {steps} steps; {figures}")


def tried(name: str, nodes: int, seed: int, steps: int, folder: Path) -> None:
    dice = random.Random(f"{name} {seed}")
    with wires(name, dice, folder) as wire:
        desk = Desk(dice, wire, nodes)
        walk(desk, steps)
    report(name, seed, steps, desk)
    assert desk.figures["people in them"] > steps / 20


@KINDS
def test_boards_show_what_the_model_says(name: str, nodes: int, seed: int, tmp_path: Path) -> None:
    tried(name, nodes, seed, 1600 if nodes > 1 else 1800, tmp_path / "valkey")


@pytest.mark.long
@KINDS
def test_a_hundred_thousand_steps(name: str, nodes: int, seed: int, tmp_path: Path) -> None:
    tried(name, nodes, seed, 34_000, tmp_path / "valkey")


@pytest.mark.parametrize("was_told", [True, False])
def test_the_model_leaves_open_whether_a_trace_stays_where_two_nodes_saw_her_go_at_once(was_told: bool) -> None:
    model = Model()
    for key, node in (("2:1", "one"), ("2:2", "two")):
        model.comes(key, 2, node, 0)
        model.stands(key, "ticket/1", "viewing", 0)
    model.leaves("2:1", 1)
    if was_told:
        model.told()
    model.leaves("2:2", 1)
    assert model.shown("ticket/1", 1) == ({2: "left"} if was_told else {})
    assert model.may_have_left("ticket/1") == {2}  # by the first that saw her go


def test_nor_does_the_model_know_it_of_who_hid_a_moment_ago() -> None:
    model = Model()
    model.comes("2:1", 2, "one", 0)
    model.hides(2, True)
    model.hides(2, False)
    model.stands("2:1", "ticket/1", "viewing", 0)
    model.leaves("2:1", 1)
    assert (model.shown("ticket/1", 1), model.may_have_left("ticket/1")) == ({}, {2})
