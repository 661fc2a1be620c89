"""The bus only wakes: it hands words on in their order, and one deaf listener silences nobody."""

import asyncio
import threading
from typing import Any

import structlog

from elbowroom.kit.bus import Bus


def told_on_a_loop(bus: Bus, *told: list[tuple[str, Any]]) -> None:
    async def story() -> None:
        bus.attach(asyncio.get_running_loop())
        for one in told:
            thread = threading.Thread(target=bus.publish_all, args=(one,))
            thread.start()
            await asyncio.to_thread(thread.join)
        await asyncio.sleep(0)

    asyncio.run(story())


def test_each_hears_its_topic_in_order_and_on_the_loop() -> None:
    bus, threads = Bus(), set()
    heard: list[Any] = []

    def listener(what: Any) -> None:
        heard.append(what)
        threads.add(threading.current_thread())

    bus.listen("facts", listener)
    told_on_a_loop(bus, [("facts", 1), ("jobs", 2)], [("facts", 3)])
    assert (heard, threads) == ([1, 3], {threading.main_thread()})


def test_a_deaf_listener_silences_nobody() -> None:
    bus = Bus()
    heard: list[Any] = []

    def deaf(_what: Any) -> None:
        raise RuntimeError("deaf")

    bus.listen("facts", deaf)
    bus.listen("facts", heard.append)
    with structlog.testing.capture_logs() as logged:
        told_on_a_loop(bus, [("facts", 1), ("facts", 2)])
    assert heard == [1, 2]
    assert [one["topic"] for one in logged] == ["facts", "facts"]


def test_what_is_told_before_the_start_or_after_the_end_is_lost_in_silence() -> None:
    bus = Bus()
    heard: list[Any] = []
    bus.listen("facts", heard.append)
    bus.publish("facts", "too early")
    told_on_a_loop(bus, [("facts", "heard")])
    bus.publish("facts", "too late")
    assert heard == ["heard"]
