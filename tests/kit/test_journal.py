"""Positions without a gap, versions without a gap, and an epoch that names one unbroken history."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from elbowroom.kit import journal
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.db import Database, Tx
from elbowroom.kit.journal import By, Cursor


def happens(tx: Tx, place: str = "ticket/1", kind: str = "note_added", **more: Any) -> journal.Fact:
    return journal.append(tx, place, kind, audience="department:1", **more)


def test_positions_have_no_gap_whatever_fails_in_between(store: Database) -> None:
    def half(tx: Tx) -> None:
        happens(tx)
        raise ValueError("no")

    def one_of(number: int) -> None:
        try:
            store.write_now(half if number % 3 == 0 else happens)
        except ValueError:
            pass

    with ThreadPoolExecutor(8) as hands:
        list(hands.map(one_of, range(120)))
    facts = store.read_now(lambda read: journal.after(read, 0))
    assert [fact.position for fact in facts] == list(range(1, 81))
    assert [fact.version for fact in facts] == list(range(1, 81))


def test_versions_run_per_place(store: Database) -> None:
    for place in ("ticket/1", "ticket/2", "ticket/1"):
        store.write_now(partial(happens, place=place))
    found = store.read_now(lambda read: [(fact.place, fact.version) for fact in journal.after(read, 0)])
    assert found == [("ticket/1", 1), ("ticket/2", 1), ("ticket/1", 2)]
    assert store.read_now(lambda read: journal.version_of(read, "ticket/1")) == 2
    assert store.read_now(lambda read: journal.version_of(read, "ticket/9")) == 0


def test_a_fact_comes_back_as_it_was_kept(store: Database, clock: TravelClock) -> None:
    data = {"field": "subject", "set": {"queue": "new"}}
    personal = {"set": {"subject": "Lamp"}, "was": "Lamps"}
    kept = store.write_now(lambda tx: happens(tx, by=By(2, "Bianca"), data=data, personal=personal))
    read = store.read_now(lambda read: journal.of_place(read, "ticket/1", 0))[0]
    assert read == replace(kept, position=1)
    assert read.data == {"field": "subject", "set": {"queue": "new", "subject": "Lamp"}, "was": "Lamps"}
    assert (read.body()["by"], read.at) == ({"id": 2, "name": "Bianca"}, clock.now())


def test_what_is_asked_for_is_what_comes(store: Database) -> None:
    for place, audience in (("ticket/1", "a"), ("ticket/2", "b"), ("ticket/1", "b")):
        store.write_now(partial(journal.append, place=place, kind="note_added", audience=audience))

    def positions(**more: Any) -> list[int | None]:
        return [fact.position for fact in store.read_now(lambda read: journal.after(read, 0, **more))]

    assert positions(place="ticket/1") == [1, 3]
    assert positions(audiences=["b"]) == [2, 3]
    assert positions(audiences=[]) == []
    assert positions(limit=2) == [1, 2]


def test_a_listener_within_is_in_the_same_transaction(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def also(tx: Tx, fact: journal.Fact) -> None:
        if fact.kind == "note_added":
            happens(tx, "inbox/1", "counted")

    def refuses(_tx: Tx, fact: journal.Fact) -> None:
        if fact.place == "ticket/13":
            raise ValueError("not that one")

    monkeypatch.setattr(journal, "_within", [also, refuses])
    store.write_now(happens)
    with pytest.raises(ValueError, match="not that one"):
        store.write_now(lambda tx: happens(tx, "ticket/13"))
    assert [fact.place for fact in store.read_now(lambda read: journal.after(read, 0))] == ["ticket/1", "inbox/1"]


def test_a_carrier_adds_what_is_so_when_it_is_told(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_carriers", {"note_added": lambda _read, fact: {"text": f"of {fact.place}"}})
    fact = store.write_now(lambda tx: happens(tx, data={"number": 1}))
    assert store.read_now(lambda read: journal.expanded(read, fact))["data"] == {"number": 1, "text": "of ticket/1"}


def test_the_head_is_a_point_of_this_history_and_others_are_none(store: Database) -> None:
    epoch = store.read_now(lambda read: journal.keep_value(read, "epoch")) or ""
    assert store.read_now(journal.head) == Cursor(epoch, 0, 0)
    fact = store.write_now(happens)
    head = store.read_now(journal.head)
    assert head == Cursor(epoch, 1, fact.mark)
    others = (Cursor("other", 1, head.mark), Cursor(epoch, 1, head.mark + 1), Cursor(epoch, 2, head.mark))
    assert store.read_now(lambda read: [journal.knows(read, one) for one in (head, *others)]) == [
        True, False, False, False]  # fmt: skip
    assert store.read_now(lambda read: journal.knows(read, Cursor(epoch, 0, 0)))


def opened(store: Database, side_file: Path) -> str:
    epoch: str = store.write_now(lambda tx: journal.open_history(tx, side_file))
    return epoch


def test_an_epoch_lasts_until_the_store_is_an_older_copy(store: Database, tmp_path: Path) -> None:
    side = tmp_path / "position.json"
    first = opened(store, side)
    for _ in range(3):
        store.write_now(happens)
    journal.note_position(side, store.read_now(journal.head))
    assert opened(store, side) == first
    store.write_now(lambda tx: tx.run(delete(journal.feed).where(journal.feed.c.position == 3)))
    second = opened(store, side)
    assert second != first
    assert opened(store, side) == second


@pytest.mark.parametrize("written", ["", "{", "[]", "null", '{"epoch": 7}', '{"epoch": "x", "position": "many"}'])
def test_a_broken_side_file_stops_nobody(store: Database, tmp_path: Path, written: str) -> None:
    side = tmp_path / "position.json"
    before = opened(store, side)
    side.write_text(written.replace("x", before))
    assert opened(store, side) == before


def test_the_side_file_says_epoch_and_position(store: Database, tmp_path: Path) -> None:
    side = tmp_path / "position.json"
    journal.note_position(side, Cursor("e", 7, 9))
    assert json.loads(side.read_text()) == {"epoch": "e", "position": 7}
    assert [one.name for one in tmp_path.glob("position*")] == ["position.json"]


def test_small_values_are_kept_and_replaced(store: Database) -> None:
    for value in ("one", "two"):
        store.write_now(partial(journal.keep, name="name", value=value))
    assert store.read_now(lambda read: journal.keep_value(read, "name")) == "two"


def test_beats_that_note_at_the_same_time_do_not_take_each_others_file(tmp_path: Path) -> None:
    side = tmp_path / "position.json"
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda position: journal.note_position(side, Cursor("e", position, 9)), range(200)))
    assert json.loads(side.read_text())["epoch"] == "e"
