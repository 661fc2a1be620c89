"""Two buses over a real Valkey that is killed, paused, emptied: words are lost, nothing waits, and it comes back."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
import structlog

from elbowroom.kit import bus as kit
from elbowroom.kit.bus import WIRE, Bus
from elbowroom.kit.config import BadSetting
from elbowroom.kit.valkey import WAITING, ValkeyBus
from tests.cast import eventually, free_port
from tests.valkey import Wire, valkey

WHOLE_AGAIN = 5.0


@pytest.fixture(scope="module")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    with valkey(tmp_path_factory.mktemp("valkey")) as running:
        yield running


class Node:
    """A bus and what its listeners heard."""

    def __init__(self, url: str, desk: str = "desk") -> None:
        self.bus: Any = kit.open_bus(url, desk)
        self.heard: list[Any] = []
        self.wired: list[bool] = []
        self.bus.listen("facts", self.heard.append)
        self.bus.listen(WIRE, self.wired.append)


Story = Callable[[Node, Node], Awaitable[None]]


def two(url: str, story: Story, desks: tuple[str, str] = ("desk", "desk")) -> None:
    async def told() -> None:
        nodes = [Node(url, desk) for desk in desks]
        for node in nodes:
            node.bus.attach(asyncio.get_running_loop())
        running = [asyncio.create_task(node.bus.run()) for node in nodes]
        try:
            await until(lambda: all(node.wired for node in nodes), "both are wired")
            await story(*nodes)
        finally:
            for task in running:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*running)

    asyncio.run(told())


async def until(asked: Callable[[], Any], what: str, within: float = WHOLE_AGAIN) -> None:
    await asyncio.to_thread(eventually, asked, what, within)


async def hears_again(one: Node, other: Node) -> None:
    """What one says now arrives: words before that may be lost."""
    words = iter(range(10_000))

    def asked() -> bool:
        one.bus.publish("facts", f"again {next(words)}")
        return any(str(word).startswith("again") for word in other.heard)

    await until(asked, "a word crosses again")


def test_the_other_node_hears_and_the_own_one_once(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        here.bus.publish_all([("facts", ("ticket/1", 7)), ("facts", 8), ("nobody's", 9)])
        await until(lambda: len(there.heard) == 2, "two words cross")
        there.bus.publish("facts", "answer")
        await until(lambda: "answer" in here.heard, "the answer crosses")
        assert here.heard == [("ticket/1", 7), 8, "answer"]
        assert there.heard == [["ticket/1", 7], 8, "answer"]

    two(wire.url, story)


def test_a_word_crosses_in_a_tenth_of_a_second(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        took = []
        for word in range(20):
            begin = time.monotonic()
            here.bus.publish("facts", word)
            await until(lambda word=word: word in there.heard, "it crosses")  # type: ignore[misc]
            took.append(time.monotonic() - begin)
        assert sorted(took)[10] < 0.1, took

    two(wire.url, story)


def test_desks_that_share_a_server_hear_nothing_of_each_other(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        witness = Node(wire.url, "mine")
        witness.bus.attach(asyncio.get_running_loop())
        running = asyncio.create_task(witness.bus.run())
        await until(lambda: witness.wired, "the witness is wired")
        here.bus.publish("facts", "mine alone")
        await until(lambda: witness.heard, "the own desk hears")
        running.cancel()
        assert there.heard == []

    two(wire.url, story, desks=("mine", "another's"))


def test_a_server_that_is_killed_and_comes_back(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        wire.is_killed()
        await until(lambda: here.wired == [True, False], "the outage is noticed")
        here.bus.publish("facts", "during")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert here.heard == ["during"]  # at once, by those of the same process
        wire.is_started_again()
        await hears_again(here, there)
        await hears_again(there, here)

    with structlog.testing.capture_logs() as logged:
        two(wire.url, story)
    assert [one["log_level"] for one in logged].count("warning") == 2  # one a node, however often it was tried


def test_a_server_that_is_paused_and_goes_on(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        wire.is_paused()
        try:
            begin = time.monotonic()
            here.bus.publish_all([("facts", number) for number in range(WAITING * 3)])
            await until(lambda: here.wired == [True, False] == there.wired, "the silence is noticed")
            assert time.monotonic() - begin < 4.0
            here.bus.publish_all([("facts", number) for number in range(WAITING * 3)])
            await until(lambda: len(here.heard) == WAITING * 6, "nobody waits for the wire")
            assert len(here.bus._waiting) <= WAITING
        finally:
            wire.goes_on()
        await hears_again(here, there)
        await hears_again(there, here)

    two(wire.url, story)


def test_a_paused_server_is_tried_until_it_goes_on(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Python 3.11.2 the second try ended all tries."""
    tries, connects = [0], ValkeyBus._connected

    async def counted(self: ValkeyBus) -> None:
        tries[0] += 1
        await connects(self)

    monkeypatch.setattr(ValkeyBus, "_connected", counted)

    async def story(here: Node, there: Node) -> None:
        before = tries[0]
        wire.is_paused()
        try:
            await until(lambda: tries[0] >= before + 6, "each tried three times", within=20)
        finally:
            wire.goes_on()
        await hears_again(here, there)
        await hears_again(there, here)

    two(wire.url, story)


def test_an_emptied_server_changes_nothing(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        await asyncio.to_thread(wire.is_emptied)
        here.bus.publish("facts", "after")
        await until(lambda: there.heard == ["after"], "it crosses")
        assert here.wired == there.wired == [True]

    two(wire.url, story)


def test_what_is_no_word_of_ours_is_ignored(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        channel = here.bus.channel

        def strange() -> None:
            with wire._server.client() as client:
                for data in (b"", b"{}", b"[1, 2]", b'["x", [["facts"]]]', b"\xff"):
                    client.publish(channel, data)

        await asyncio.to_thread(strange)
        here.bus.publish("facts", "ours")
        await until(lambda: there.heard, "ours crosses")
        assert there.heard == ["ours"]
        assert here.wired == there.wired == [True]

    two(wire.url, story)


def test_a_word_that_json_does_not_know_is_told_here_alone(wire: Wire) -> None:
    async def story(here: Node, there: Node) -> None:
        strange = object()
        here.bus.publish_all([("facts", strange), ("facts", "next")])
        await until(lambda: there.heard, "the next word crosses")
        assert (here.heard, there.heard) == ([strange, "next"], ["next"])

    with structlog.testing.capture_logs() as logged:
        two(wire.url, story)
    assert [one["topic"] for one in logged if one["log_level"] == "error"] == ["facts"]


def test_whether_it_answers(wire: Wire) -> None:
    assert kit.silence(wire.url) is None
    assert kit.silence(wire.url.replace("redis", "valkey")) is None
    refused = kit.silence(f"redis://someone:hunter2@127.0.0.1:{free_port()}")
    assert refused is not None
    assert "hunter2" not in refused


@pytest.mark.parametrize("url", ["http://bus", "redis:bus", "nats://bus:4222"])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(BadSetting, match="redis://"):
        kit.open_bus(url, "desk")


def test_without_an_address_it_is_this_process_alone() -> None:
    assert type(kit.open_bus("", "desk")) is Bus
    assert type(kit.open_bus("rediss://bus.example/1", "desk")) is ValkeyBus
