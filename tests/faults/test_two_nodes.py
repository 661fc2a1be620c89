"""Two servers on one store over a real Valkey: what the one hears the other shows, with the wire and soon without."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elbowroom import app
from elbowroom.kit import journal
from elbowroom.kit.clock import SystemClock
from elbowroom.together.crowds import UNKNOWN_FOR
from tests import engines
from tests.cast import LOG, Desk, Nora, Person, doings, eventually
from tests.valkey import Wire, valkey

WHOLE_AGAIN = 5.0


class Node(Desk):
    def __init__(self, folder: Path, bus_url: str) -> None:
        super().__init__(folder, SystemClock())
        self.config = replace(self.config, bus_url=bus_url)

    @property
    def is_wired(self) -> bool:
        return bool(self.live.crowds.neighbours.is_wired)


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with valkey(tmp_path_factory.mktemp("valkey")) as running:
        yield running


@pytest.fixture(scope="module")
def both(
    template: Path, tmp_path_factory: pytest.TempPathFactory, wire: Wire, overheard: None
) -> Iterator[tuple[Node, Node]]:
    """SQLite lets one server in; here the lock on the folder is left open, for the sake of speed."""
    folder = engines.copied(template, tmp_path_factory.mktemp("both") / "desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app, "only_server", lambda _url, _folder: nullcontext())
        nodes = Node(folder, wire.url), Node(folder, wire.url)
        for node in nodes:
            node.start()
            node.live.crowds.board.started -= UNKNOWN_FOR  # both have run for a while
        yield nodes
        for node in nodes:
            node.stop()
        engines.dropped(folder)


@pytest.fixture
def nodes(both: tuple[Node, Node]) -> Iterator[tuple[Node, Node]]:
    LOG.events.clear()
    eventually(lambda: all(node.live.crowds._knows_all() for node in both), "each knows the other")
    yield both
    for node in both:
        node.nobody_stays()
    assert not LOG.errors


@pytest.fixture
def bianca(nodes: tuple[Node, Node]) -> Person:
    """On the first node."""
    return nodes[0].person("bianca")


@pytest.fixture
def hanna(nodes: tuple[Node, Node]) -> Person:
    """On the second."""
    return nodes[1].person("hanna")


@pytest.fixture
def ticket(nodes: tuple[Node, Node]) -> int:
    return Nora(nodes[0]).writes()


def within(seconds: float, what: Callable[[], Any]) -> Any:
    begin = time.monotonic()
    told = what()
    assert time.monotonic() - begin < seconds + 0.5, "and half a second for a busy machine"
    return told


def place(ticket: int) -> str:
    return f"ticket/{ticket}"


def test_hanna_sees_at_once_what_bianca_does_on_the_other_node(bianca: Person, hanna: Person, ticket: int) -> None:
    inside, beside = hanna.watches(place(ticket)), hanna.watches("inbox/1")
    tab = bianca.opens(ticket)
    inside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    took = []
    for _ in range(3):  # a busy machine may be slow once
        begin = time.monotonic()
        tab.writes(ticket)
        inside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})
        took.append(time.monotonic() - begin)
        beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})
        tab.is_here(place(ticket))
        inside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    assert min(took) < 0.5, took
    tab.is_here(None)
    inside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})


def test_who_comes_late_sees_her_in_the_first_message(bianca: Person, hanna: Person, ticket: int) -> None:
    witness = hanna.watches(place(ticket))
    bianca.opens(ticket)
    witness.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    first = hanna.tab().watches(place(ticket))
    assert doings(first["crowds"][0]) == {"Bianca": "viewing"}


def test_a_lock_goes_with_the_last_tab_of_both_nodes(
    nodes: tuple[Node, Node], bianca: Person, hanna: Person, ticket: int
) -> None:
    watching = hanna.watches(place(ticket))
    here, there = bianca.opens(ticket), nodes[1].person("bianca").opens(ticket)
    bianca.locks(ticket).ok()
    watching.hears_lock(place(ticket), "Bianca")
    knows = [node.live.crowds for node in nodes]
    eventually(lambda: all(len(one.board.standing(place(ticket))) == 2 for one in knows), "both know both tabs")
    here.is_here(None)
    eventually(lambda: all(len(one.board.standing(place(ticket))) == 1 for one in knows), "both know she left here")
    assert hanna.locks(ticket).problem == "locked"
    there.is_here(None)
    watching.hears_lock(place(ticket), None)
    assert hanna.locks(ticket).status == 200


def test_signing_out_here_closes_the_socket_there(
    nodes: tuple[Node, Node], bianca: Person, hanna: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = nodes[1].person("bianca")
    elsewhere.headers.update(bianca.headers)  # the same session, by the other node
    elsewhere.client.headers.update(bianca.headers)
    tab = elsewhere.watches("inbox/1")
    told = threading.Event()
    nodes[1].engines.bus.listen("sessions_ended", lambda _ended: told.set())
    bianca.signs_out().ok()
    assert within(1.0, tab.ends) == 4401
    assert told.wait(1)  # by the wire; the poll alone would have found it as well


def test_nobody_from_before_a_move_is_shown_on_the_other_node(
    nodes: tuple[Node, Node], bianca: Person, ticket: int
) -> None:
    ada, lena = nodes[0].person("ada"), nodes[1].person("lena")
    beside, was_there = lena.watches("inbox/2"), nodes[1].person("hanna").watches(place(ticket))
    bianca.opens(ticket).writes(ticket)
    ada.opens(ticket)
    was_there.hears_crowd(place(ticket), lambda who: set(who) == {"Ada", "Bianca"})
    ada.changes(ticket, inbox=2).ok()
    beside.hears_crowd(place(ticket), lambda who: who == {"Ada": "viewing"})
    assert lena.locks(ticket).status == 200
    assert "Bianca" not in str([one for one in beside.heard if one["type"] == "crowd"])
    was_there.hears("gone", place=place(ticket))
    assert "Lena" not in str(was_there.heard)


def test_without_the_wire_the_desk_goes_on(
    wire: Wire, nodes: tuple[Node, Node], bianca: Person, hanna: Person, ticket: int
) -> None:
    tab = bianca.opens(ticket)
    watching = hanna.watches(place(ticket))
    eventually(lambda: nodes[1].live.crowds.board.is_on(bianca.id, place(ticket)), "Hanna's node knows her")
    wire.is_killed()
    eventually(lambda: not any(node.is_wired for node in nodes), "the outage is noticed")
    bianca.locks(ticket).ok()
    within(1.0, lambda: watching.hears_lock(place(ticket), "Bianca"))
    bianca.replies(ticket, "Have you tried the other lamp?").ok()
    within(1.0, lambda: watching.hears_fact("reply_submitted"))
    assert hanna.replies(ticket, "blind", seen=1).problem == "reply-held"
    tab.writes(ticket)
    wire.is_started_again()
    within(WHOLE_AGAIN, lambda: watching.hears_crowd(place(ticket), lambda who: who.get("Bianca") == "writing_reply"))


def test_after_a_pause_of_the_wire_all_is_whole_again(
    wire: Wire, nodes: tuple[Node, Node], bianca: Person, hanna: Person, ticket: int
) -> None:
    watching = hanna.watches(place(ticket))
    wire.is_paused()
    try:
        eventually(lambda: not any(node.is_wired for node in nodes), "the silence is noticed")
        bianca.opens(ticket).writes(ticket)
    finally:
        wire.goes_on()
    within(WHOLE_AGAIN, lambda: watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"}))


def test_another_history_sends_every_page_of_every_node_away(
    nodes: tuple[Node, Node], bianca: Person, hanna: Person, ticket: int
) -> None:
    tabs = bianca.watches(place(ticket)), hanna.watches(place(ticket))
    nodes[0].write(journal.new_epoch)
    for tab in tabs:
        assert within(1.0, lambda tab=tab: tab.hears("bye"))["why"] == "restart"  # type: ignore[misc]
    fresh = hanna.watches(place(ticket))
    assert fresh.welcome["epoch"] != tabs[1].welcome["epoch"]
    bianca.labels(ticket, "after").ok()
    fresh.hears_fact("label_added")
