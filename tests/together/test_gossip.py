"""Boards that tell each other who is there, over a wire that loses, repeats and reorders."""

import random
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from elbowroom.kit.clock import TravelClock
from elbowroom.together.gossip import Gossip, Said
from elbowroom.together.presence import Board, Change

BIANCA, HANNA, LENA = 2, 3, 4
NAMES = {BIANCA: "Bianca", HANNA: "Hanna", LENA: "Lena"}
T, OTHER = "ticket/1", "ticket/2"
SUPPORT, BILLING = "department:1", "department:2"


class Node:
    def __init__(self, clock: TravelClock, name: str) -> None:
        self.clock, self.name = clock, name
        self.board = Board(started=clock.at - 100)
        self.gossip = Gossip(self.board, name)

    def comes(self, key: str, person: int, place: str | None, doing: Any = "viewing", audience: str = SUPPORT) -> None:
        now = self.clock.at
        if self.board.ours(key) is None:
            self.board.join(key, person, NAMES[person], now)
        within = None if place is None else "inbox/1"
        self.board.here(key, place, doing, now, now, within=within, audience=audience)

    def leaves(self, key: str) -> list[Change]:
        return self.board.leave(key, self.clock.at, self.clock.at)

    def tells(self, *places: str) -> bytes:
        """As it travels: all, or these places."""
        now = self.clock.at
        said = self.gossip.some(places, now, now) if places else self.gossip.whole(now, now)
        return msgspec.json.encode(said)

    def bids_farewell(self) -> bytes:
        return msgspec.json.encode(self.gossip.farewell(self.clock.at, self.clock.at))

    def hears(self, told: bytes) -> list[Change]:
        said = msgspec.convert(msgspec.json.decode(told), Said)
        return self.gossip.hear(said, self.clock.at, self.clock.at)

    def ticks(self) -> list[Change]:
        now = self.clock.at
        for key in list(self.board.entries):
            self.board.heard(key, now)
        return [*self.board.tick(now, now), *self.gossip.fall(now, now)]

    def shows(self, place: str = T, audience: str = SUPPORT) -> dict[str, str]:
        return {
            one["name"]: one["doing"] for one in self.board.crowd(place, self.clock.at, audience=audience)["people"]
        }


@pytest.fixture
def clock() -> TravelClock:
    return TravelClock()


@pytest.fixture
def a(clock: TravelClock) -> Node:
    return Node(clock, "a")


@pytest.fixture
def b(clock: TravelClock) -> Node:
    return Node(clock, "b")


def test_who_is_there_is_seen_from_the_other_node(a: Node, b: Node) -> None:
    a.comes("h", HANNA, T, "writing_reply")
    assert {change.place for change in b.hears(a.tells(T))} == {T}
    assert b.shows() == {"Hanna": "writing_reply"}
    assert (b.board.is_on(HANNA, T), b.board.is_here(HANNA, T)) == (True, False)
    assert list(b.board.places_within("inbox/1")) == [T]


def test_the_same_again_changes_nothing(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T)
    b.hears(a.tells())
    clock.travel(2)
    assert b.hears(a.tells()) == []
    assert b.hears(a.tells(T)) == []


def test_what_comes_twice_or_late_is_dropped(a: Node, b: Node) -> None:
    a.comes("h", HANNA, T)
    old = a.tells(T)
    a.comes("h", HANNA, OTHER)
    new = a.tells(T, OTHER)
    b.hears(new)
    assert b.hears(old) == []
    assert b.hears(new) == []
    assert (b.shows(T), b.shows(OTHER)) == ({"Hanna": "left"}, {"Hanna": "viewing"})


def test_a_late_word_of_another_place_still_counts(a: Node, b: Node) -> None:
    a.comes("h", HANNA, T)
    first = a.tells(T)
    a.comes("b", BIANCA, OTHER)
    b.hears(a.tells(OTHER))
    b.hears(first)
    assert (b.shows(T), b.shows(OTHER)) == ({"Hanna": "viewing"}, {"Bianca": "viewing"})


def test_a_lost_farewell_is_made_good_by_the_next_whole_list(a: Node, b: Node) -> None:
    a.comes("h", HANNA, T)
    b.hears(a.tells())
    a.leaves("h")
    a.tells(T)  # lost
    assert b.shows() == {"Hanna": "viewing"}
    b.hears(a.tells())
    assert b.shows() == {"Hanna": "left"}


def test_who_has_a_tab_on_another_node_has_not_left(a: Node, b: Node) -> None:
    a.comes("h1", HANNA, T)
    b.comes("h2", HANNA, T)
    a.hears(b.tells())
    b.hears(a.tells())
    assert [change.left for change in a.leaves("h1")] == [None]
    b.hears(a.tells(T))
    assert a.shows() == b.shows() == {"Hanna": "viewing"}
    assert [change.left for change in b.leaves("h2")] == [HANNA]
    a.hears(b.tells(T))
    assert a.shows() == b.shows() == {"Hanna": "left"}


def test_who_comes_back_elsewhere_has_not_left(a: Node, b: Node) -> None:
    a.comes("h1", HANNA, T)
    a.leaves("h1")
    b.hears(a.tells())
    assert b.shows() == {"Hanna": "left"}
    b.comes("h2", HANNA, T)
    a.hears(b.tells(T))
    assert a.shows() == b.shows() == {"Hanna": "viewing"}
    assert a.board.gone[T] == {}


def test_of_tabs_that_go_at_once_from_two_nodes_no_trace_need_stay(a: Node, b: Node) -> None:
    """Each hears of the other's tab once its own has gone. A trace is a courtesy, and who is there is never wrong."""
    a.comes("one", HANNA, T)
    b.comes("two", HANNA, T)
    late_a, late_b = a.tells(), b.tells()
    a.leaves("one")
    b.leaves("two")
    assert (a.shows(), b.shows()) == ({"Hanna": "left"}, {"Hanna": "left"})
    a.hears(late_b)
    b.hears(late_a)
    a.hears(b.tells())
    b.hears(a.tells())
    assert (a.shows(), b.shows()) == ({}, {})
    assert not a.board.is_on(HANNA, T)


def test_who_showed_herself_and_went_may_leave_no_trace_where_the_word_that_she_hides_comes_late(
    a: Node, b: Node
) -> None:
    a.comes("one", HANNA, T)
    b.comes("two", HANNA, None)
    b.board.hide(HANNA, True)
    late = b.tells()
    b.board.hide(HANNA, False)
    a.leaves("one")
    assert a.shows() == {"Hanna": "left"}
    a.hears(late)
    assert a.shows() == {}


def test_a_silent_node_falls_after_twelve_seconds(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T)
    b.hears(a.tells())
    clock.travel(11.9)
    b.ticks()
    assert b.shows() == {"Hanna": "viewing"}
    clock.travel(0.1)
    changes = b.ticks()
    assert [(change.place, change.left) for change in changes] == [(T, None)]
    assert b.shows() == {}


def test_a_node_that_only_said_what_changed_falls_too(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T)
    b.hears(a.tells(T))
    clock.travel(12)
    b.ticks()
    assert b.shows() == {}


def test_who_was_on_a_node_that_said_farewell_has_the_grace_to_come_back(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T)
    a.comes("b", BIANCA, T)
    b.hears(a.bids_farewell())
    clock.travel(4.9)
    assert b.ticks() == []
    assert b.shows() == {"Hanna": "viewing", "Bianca": "viewing"}
    b.comes("h", HANNA, T)
    clock.travel(0.1)
    b.ticks()
    assert b.shows() == {"Hanna": "viewing"}


def test_a_farewell_that_comes_late_ends_nothing(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T)
    farewell = a.bids_farewell()
    b.hears(a.tells())
    b.hears(farewell)
    clock.travel(6)
    b.ticks()
    assert b.shows() == {"Hanna": "viewing"}


def test_what_a_fallen_node_said_before_is_not_heard_again(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T)
    old = a.tells()
    b.hears(a.tells())
    clock.travel(12)
    b.ticks()
    assert b.hears(old) == []
    b.hears(a.tells())
    assert b.shows() == {"Hanna": "viewing"}


def test_writing_lapses_on_the_other_node_by_itself(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T, "writing_reply")
    clock.travel(4)
    b.hears(a.tells())
    clock.travel(5.9)
    b.ticks()
    assert b.shows() == {"Hanna": "writing_reply"}
    clock.travel(0.1)
    assert [change.place for change in b.ticks()] == [T]
    assert b.shows() == {"Hanna": "viewing"}


def test_a_page_that_is_stuck_there_is_idle_here(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T, "writing_reply")
    b.hears(a.tells())
    clock.travel(12)
    a.board.lives("h", clock.at)
    assert [change.place for change in a.board.tick(clock.at, clock.at)] == [T]
    b.hears(a.tells())
    assert a.shows() == b.shows() == {"Hanna": "idle"}
    a.ticks()
    b.hears(a.tells())
    assert a.shows() == b.shows() == {"Hanna": "viewing"}


def test_a_keyboard_touched_there_counts_here(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("h", HANNA, T)
    clock.travel(100)
    a.board.at_keyboard("h", clock.at, clock.at)
    b.hears(a.tells())
    assert b.board.last_input(HANNA, T) == clock.at


def test_a_page_that_reconnects_to_another_node_never_left(a: Node, b: Node, clock: TravelClock) -> None:
    a.comes("page", HANNA, T, "writing_reply")
    a.board.close("page", clock.at)
    b.hears(a.tells())
    clock.travel(1)
    b.comes("page", HANNA, T)
    a.hears(b.tells(T))
    assert a.board.ours("page") is None
    b.hears(a.tells(T))
    assert a.shows() == b.shows() == {"Hanna": "viewing"}
    clock.travel(6)
    assert all(change.left is None for change in (*a.ticks(), *b.ticks()))
    assert a.shows() == b.shows() == {"Hanna": "viewing"}


def test_a_half_open_socket_is_not_ended_by_another_nodes_word(a: Node, b: Node, clock: TravelClock) -> None:
    """That word may be the older one; whether the socket lives is for its own pings to say."""
    a.comes("page", HANNA, T)
    b.comes("page", HANNA, T)
    a.hears(b.tells())
    b.hears(a.tells())
    assert a.board.ours("page") is not None
    assert b.board.ours("page") is not None
    assert [change.left for change in a.leaves("page")] == [None]


def test_nobody_is_shown_to_those_who_look_at_a_moved_ticket(a: Node, b: Node, clock: TravelClock) -> None:
    """Whichever node hears of the move first, and whatever still travels from before it."""
    a.comes("h", HANNA, T)
    stale = a.tells()
    b.board.clear(T, clock.at)
    b.hears(stale)
    assert b.shows(audience=SUPPORT) == {"Hanna": "viewing"}
    assert b.shows(audience=BILLING) == {}
    a.board.clear(T, clock.at)
    a.comes("l", LENA, T, audience=BILLING)
    b.hears(a.tells())
    assert b.shows(audience=BILLING) == {"Lena": "viewing"}
    assert b.shows(audience=SUPPORT) == {}


def test_a_moved_ticket_lies_where_its_own_people_know_it_to_lie(a: Node, b: Node) -> None:
    a.comes("h", HANNA, T)
    b.comes("b", BIANCA, T)
    stale = a.tells()
    for node in (a, b):
        node.board.move(T, "inbox/4")
    b.hears(stale)
    assert b.board.around(T) == "inbox/4"


def test_a_node_without_people_there_takes_the_others_word_for_where_it_lies(a: Node, b: Node) -> None:
    a.comes("h", HANNA, T)
    b.board.move(T, "inbox/4")
    b.hears(a.tells())  # from before a heard of the move
    assert b.board.around(T) == "inbox/1"
    a.board.move(T, "inbox/4")
    assert {change.around for change in b.hears(a.tells(T))} == {"inbox/4"}
    assert list(b.board.places_within("inbox/1")) == []
    assert list(b.board.places_within("inbox/4")) == [T]


def test_all_is_heard_of_a_node_while_its_whole_list_is_fresh(a: Node, b: Node, clock: TravelClock) -> None:
    b.hears(a.tells(T))
    assert not b.gossip.hears("a", clock.at)
    b.hears(a.tells())
    assert b.gossip.hears("a", clock.at)
    clock.travel(5)
    b.hears(a.tells(T))
    assert not b.gossip.hears("a", clock.at)


@dataclass
class Weather:
    """A wire that loses, repeats and reorders."""

    chance: random.Random
    nodes: list[Node]
    travelling: list[tuple[Node, bytes]] = field(default_factory=list)
    is_fair: bool = False

    def send(self, told: bytes, by: Node) -> None:
        for node in self.nodes:
            if node is by:
                continue
            copies = 1 if self.is_fair else self.chance.choice((0, 1, 1, 2))
            self.travelling += [(node, told)] * copies

    def blow(self) -> None:
        if not self.is_fair:
            self.chance.shuffle(self.travelling)
        count = len(self.travelling) if self.is_fair else self.chance.randint(0, len(self.travelling))
        arriving, self.travelling = self.travelling[:count], self.travelling[count:]
        for node, told in arriving:
            if node in self.nodes:
                node.hears(told)


def step(chance: random.Random, node: Node, weather: Weather) -> None:
    """One page somewhere does something; its node tells it, or forgets to."""
    person = chance.choice(list(NAMES))
    key = f"{person}:{chance.randint(1, 3)}"
    places: list[str | None] = [T, OTHER, "ticket/3", None]
    before = node.board.ours(key)
    was = before.place if before is not None else None
    act = chance.random()
    if act < 0.15:
        node.leaves(key)
    elif act < 0.2 and was is not None:
        node.board.step_off(key, node.clock.at)
    elif act < 0.25:
        node.board.clear(chance.choice([T, OTHER]), node.clock.at)
    elif act < 0.3:
        node.board.move(T, chance.choice(["inbox/1", "inbox/4"]))
    else:
        doing = chance.choice(["viewing", "idle", "writing_reply", "writing_note"])
        node.comes(key, person, chance.choice(places), doing, chance.choice([SUPPORT, BILLING]))
    now = node.board.ours(key)
    touched = {place for place in (was, now.place if now else None) if place is not None}
    if touched and chance.random() < 0.8:
        weather.send(node.tells(*touched), node)


def crowds(node: Node) -> list[Any]:
    places = (T, OTHER, "ticket/3")
    now = node.clock.at
    return [node.board.crowd(one, now, audience=by) for one in places for by in (SUPPORT, BILLING)]


def believed(nodes: list[Node]) -> set[tuple[str, str]]:
    """Page and place, by the nodes' own entries."""
    own = [entry for node in nodes for entry in node.board.entries.values() if not entry.node]
    return {(one.key, one.place) for one in own if one.place is not None}


@pytest.mark.parametrize("seed", range(40))
def test_at_rest_all_boards_show_the_same(seed: int) -> None:
    chance, clock = random.Random(seed), TravelClock()
    nodes = [Node(clock, name) for name in "abc"]
    weather = Weather(chance, list(nodes))
    for turn in range(150):
        node = chance.choice(weather.nodes)
        step(chance, node, weather)
        if turn % 5 == 0:
            weather.send(node.tells(), node)
        weather.blow()
        clock.travel(chance.choice((0.01, 0.1, 0.5)))
        for one in weather.nodes:
            one.ticks()
        if turn == 100 and seed % 2:
            weather.nodes.pop()  # killed
    weather.is_fair = True
    for _ in range(8):
        for node in weather.nodes:
            weather.send(node.tells(), node)
        weather.blow()
        clock.travel(2)
        for node in weather.nodes:
            node.ticks()
    for node in weather.nodes:
        weather.send(node.tells(), node)
    weather.blow()
    shown = [crowds(node) for node in weather.nodes]
    assert all(one == shown[0] for one in shown), shown
    there = [entry for entry in weather.nodes[0].board.entries.values() if entry.place is not None]
    on = {(entry.key.rpartition(" ")[2], entry.place) for entry in there}
    assert on == believed(weather.nodes)
    assert any(crowd["people"] for crowd in shown[0])
