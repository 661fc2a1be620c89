"""Streams: encoded once, given out in ticks and in chunks, and every listener hears all frames in their order."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from elbowroom.live import streams as module
from elbowroom.live.connection import UNREAD_LIMIT, Connection
from elbowroom.live.streams import CHUNK, TICK_FOR, Stream, Streams
from tests.live.fakes import Wire

PLACE, AUDIENCE = "ticket/1", "department:1"


class Listener(Connection):
    def __init__(self) -> None:
        self.wire = Wire()
        super().__init__(self.wire.send)

    @property
    def numbers(self) -> list[int]:
        return [one["n"] for one in self.wire.heard()]


def crowd_at(_watched: str, place: str, _audience: str = AUDIENCE) -> dict[str, Any] | None:
    if place.startswith("elsewhere"):
        return None
    return {"place": place, "people": [], "more": 0, "lock": None}


def on_a_loop(story: Callable[[Streams, Stream], Awaitable[None]], may_hear: Any = lambda _one: True) -> None:
    async def told() -> None:
        streams = Streams(crowd_at, may_hear)
        await story(streams, streams.of(PLACE, AUDIENCE))

    asyncio.run(told())


def joins(stream: Stream, count: int = 1) -> list[Listener]:
    listeners = [Listener() for _ in range(count)]
    for one in listeners:
        stream.join(one)
        stream.go_live(one)
    return listeners


def says(streams: Streams, stream: Stream, number: int, urgent: bool = False) -> None:
    stream.facts.append({"version": number})
    streams.due(stream, urgent)


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_lone_change_goes_at_once_and_the_next_ones_ride_together() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        (listener,) = joins(stream)
        says(streams, stream, 1)
        await turns()
        assert len(listener.wire.heard()) == 1
        for number in range(2, 10):
            says(streams, stream, number)
        await turns()
        assert len(listener.wire.heard()) == 1
        await asyncio.sleep(TICK_FOR * 2)
        told = listener.wire.heard()
        assert [len(one["facts"]) for one in told] == [1, 8]
        assert listener.numbers == [1, 2]

    on_a_loop(story)


def test_what_is_urgent_takes_along_what_waits() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        (listener,) = joins(stream)
        says(streams, stream, 1)
        await turns()
        says(streams, stream, 2)
        says(streams, stream, 3, urgent=True)
        await turns()
        assert [fact["version"] for one in listener.wire.heard() for fact in one["facts"]] == [1, 2, 3]

    on_a_loop(story)


def test_a_tick_tells_facts_then_rows_then_the_newest_crowd() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        (listener,) = joins(stream)
        streams.crowd_changed(PLACE, None, urgent=False)
        stream.rows[7] = {"id": 7}
        says(streams, stream, 1)
        streams.crowd_changed(PLACE, None, urgent=False)
        await turns()
        assert [one["type"] for one in listener.wire.heard()] == ["facts", "rows", "crowd"]
        assert listener.numbers == [1, 2, 3]
        assert len(listener.wire.written) == 1

    on_a_loop(story)


def test_a_crowd_that_moved_away_before_its_flush_is_not_told() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        (listener,) = joins(stream)
        streams.crowd_changed("ticket/2", PLACE)
        streams.crowd_changed("elsewhere/2", PLACE)
        await turns()
        assert [one["crowds"] for one in listener.wire.heard()] == [[crowd_at(PLACE, "ticket/2")]]

    on_a_loop(story)


def test_what_came_while_a_snapshot_was_read_is_given_out_after_it() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        late = Listener()
        base = stream.join(late)
        says(streams, stream, 1)
        await turns()
        assert late.wire.written == []
        stream.go_live(late)
        says(streams, stream, 2, urgent=True)
        await turns()
        assert late.numbers == [base + 1, base + 2]

    on_a_loop(story)


def test_whoever_may_not_hear_it_gets_not_a_byte() -> None:
    barred: set[Connection] = set()

    async def story(streams: Streams, stream: Stream) -> None:
        inside, outside = joins(stream, 2)
        barred.add(outside)
        says(streams, stream, 1)
        await turns()
        assert (len(inside.wire.written), outside.wire.written) == (1, [])

    on_a_loop(story, lambda one: one not in barred)


def test_whose_rights_changed_gets_not_a_byte_more() -> None:
    asked: list[Connection] = []
    barred: set[Connection] = set()

    def may_hear(one: Connection) -> bool:
        asked.append(one)
        return one not in barred

    async def story(streams: Streams, stream: Stream) -> None:
        inside, outside = joins(stream, 2)
        for number in (1, 2):
            says(streams, stream, number, urgent=True)
            await turns()
        assert asked == [inside, outside], "asked once, as long as nobody's rights change"
        barred.add(outside)
        streams.doubt()
        says(streams, stream, 3, urgent=True)
        await turns()
        assert (inside.numbers, outside.numbers) == ([1, 2, 3], [1, 2])
        barred.clear()
        says(streams, stream, 4, urgent=True)
        await turns()
        assert outside.numbers == [1, 2, 4], "who was barred is asked with each flush"

    on_a_loop(story, may_hear)


def test_whose_rights_change_or_who_leaves_in_the_middle_of_a_sweep_hears_nothing_of_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CHUNK", 10)
    barred: set[Connection] = set()

    async def story(streams: Streams, stream: Stream) -> None:
        listeners = joins(stream, 30)
        for number in (1, 2):
            says(streams, stream, number)
            streams.flush(stream, 0.0)
            barred.add(listeners[12])
            streams.doubt()
            stream.leave(listeners[25])
            await turns()
        heard = [one.numbers for one in listeners]
        assert (heard.pop(25), heard.pop(12)) == ([], [])
        assert heard == [[1, 2]] * 28

    on_a_loop(story, lambda one: one not in barred)


def test_nothing_comes_after_the_last_word() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        stays, goes = joins(stream, 2)
        goes.watched[PLACE] = stream
        says(streams, stream, 1)
        await turns()
        goes.bye("signed-out", 4401)
        says(streams, stream, 2, urgent=True)
        await turns()
        close: Any = goes.wire.written.pop()
        assert close["code"] == 4401
        assert [one["type"] for one in goes.wire.heard()] == ["facts", "bye"]
        assert stays.numbers == [1, 2]

    on_a_loop(story)


def test_only_who_is_behind_is_cut_off_by_a_flush() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        reads, waits, behind = joins(stream, 3)
        waits.give({"type": "snapshot", "state": "x" * UNREAD_LIMIT})
        says(streams, stream, 1)
        await turns()
        waits.wire.unread = behind.wire.unread = UNREAD_LIMIT + 1
        says(streams, stream, 2, urgent=True)
        await turns()
        assert [(one.wire.aborted, one.is_open) for one in (reads, waits, behind)] == [
            (False, True), (False, True), (True, False),
        ]  # fmt: skip

    on_a_loop(story)


def test_a_wire_that_is_closing_is_left_out_of_a_flush() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        first, closing, last = joins(stream, 3)
        says(streams, stream, 1)
        await turns()
        closing.wire.is_over = True
        says(streams, stream, 2, urgent=True)
        await turns()
        assert [len(one.wire.written) for one in (first, closing, last)] == [2, 1, 2]

    on_a_loop(story)


def test_beyond_a_thousand_listeners_a_flush_goes_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        listeners = joins(stream, CHUNK * 2 + 5)
        says(streams, stream, 1)
        await turns(1)
        heard = [len(one.wire.written) for one in listeners]
        assert heard == [1] * CHUNK + [0] * (CHUNK + 5)
        assert streams.sweeping
        await turns()
        assert [len(one.wire.written) for one in listeners] == [1] * len(listeners)
        assert not streams.sweeping

    on_a_loop(story)


def test_two_flushes_in_one_turn_keep_their_order_for_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK", 10)

    async def story(streams: Streams, stream: Stream) -> None:
        listeners = joins(stream, 35)
        says(streams, stream, 1)
        streams.flush(stream, 0.0)
        for one in listeners[:7]:  # those after them move up into the chunk before
            stream.leave(one)
        says(streams, stream, 2)
        streams.flush(stream, 0.0)
        says(streams, stream, 3, urgent=True)
        await turns(20)
        assert {tuple(one.numbers) for one in listeners[7:]} == {(1, 2, 3)}
        assert not streams.sweeping

    on_a_loop(story)


def test_who_comes_back_in_the_middle_of_a_sweep_hears_only_what_comes_after_her_snapshot(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "CHUNK", 10)

    async def story(streams: Streams, stream: Stream) -> None:
        listeners = joins(stream, 25)
        says(streams, stream, 1)
        streams.flush(stream, 0.0)
        last = listeners[-1]
        stream.leave(last)
        base = stream.join(last)
        await turns()
        stream.go_live(last)
        says(streams, stream, 2, urgent=True)
        await turns()
        assert (base, last.numbers) == (1, [2])

    on_a_loop(story)


def test_nobody_listens_and_nothing_is_kept() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        says(streams, stream, 1)
        assert stream.facts == []
        (late,) = joins(stream)
        says(streams, stream, 2)
        await turns()
        assert late.numbers == [stream.n]
        stream.leave(late)
        streams.drop_empty()
        assert streams.find(PLACE, AUDIENCE) is None
        assert streams.on(PLACE) == set()

    on_a_loop(story)


def test_while_it_is_paused_nothing_goes_out_and_then_all_of_it() -> None:
    async def story(streams: Streams, stream: Stream) -> None:
        (listener,) = joins(stream)
        streams.paused = True
        says(streams, stream, 1, urgent=True)
        await turns()
        streams.flush_all()
        assert listener.wire.written == []
        streams.resume()
        await turns()
        assert listener.numbers == [1]

    on_a_loop(story)
