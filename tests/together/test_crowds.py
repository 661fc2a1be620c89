"""The board lapses on, whatever becomes of the store."""

import asyncio
from typing import Any

import pytest

from elbowroom.kit.clock import TravelClock
from elbowroom.kit.db import CommitFailed
from elbowroom.kit.places import Standing
from elbowroom.together import crowds as module
from elbowroom.together.crowds import Crowds
from tests.cast import eventually


def test_a_store_that_fails_keeps_nobody_on_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TICK_FOR", 0.001)
    clock, sweeps = TravelClock(), [0]

    async def fails(_self: Crowds) -> None:
        sweeps[0] += 1
        raise CommitFailed("disk full")

    monkeypatch.setattr(Crowds, "_sweep", fails)

    async def story() -> None:
        crowds: Any = Crowds(None, clock, lambda _read, _place: None)  # type: ignore[arg-type]
        crowds.hello("2:tab:nonce", 2, "Bianca")
        crowds.here("2:tab:nonce", "ticket/1", "viewing", None)
        running = asyncio.create_task(crowds.run())
        await asyncio.to_thread(eventually, lambda: sweeps[0] > 3, "the store failed several times")
        clock.travel(13)
        await asyncio.to_thread(eventually, lambda: not crowds.knows("2:tab:nonce"), "she lapsed")
        running.cancel()

    asyncio.run(story())


def test_whoever_went_away_while_the_place_moved_is_not_put_back() -> None:
    """Found by the random walk with seed 1334751227."""
    crowds: Any = Crowds(None, TravelClock(), lambda _read, _place: None)  # type: ignore[arg-type]
    for key in ("1:goes:n", "2:stays:n"):
        crowds.hello(key, int(key[0]), key[2:])
        crowds.here(key, "ticket/1", "viewing", Standing("department:1", "inbox/1"))
    crowds.moved_away("ticket/1")
    crowds.here("1:goes:n", None, "viewing", None)
    for key in ("1:goes:n", "2:stays:n"):
        crowds.came_back(key, "ticket/1", Standing("department:2", "inbox/2"))
    assert [one["person"] for one in crowds.crowd("ticket/1", "department:2")["people"]] == [2]
