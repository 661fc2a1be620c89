"""One writer, one commit for all who wait: each verb alone stands or falls, and a failed commit fails all."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from elbowroom.kit import db
from elbowroom.kit.db import CommitFailed, Database, Read, Tx

from .conftest import words


def says(word: str) -> Callable[[Tx], str]:
    def verb(tx: Tx) -> str:
        tx.run(insert(words).values(word=word))
        tx.tell("word", word)
        return word

    return verb


def fails(tx: Tx) -> None:
    says("half done")(tx)
    raise ValueError("no")


def kept(store: Database) -> list[str]:
    return list(store.read_now(lambda read: read.run(select(words.c.word).order_by(words.c.id)).scalars()))


def together(store: Database, *verbs: Callable[[Tx], Any]) -> list[Future[Any]]:
    """The verbs wait while the writer is busy, so that they go in one group."""
    go, busy = threading.Event(), threading.Event()

    def first(_tx: Tx) -> None:
        busy.set()
        assert go.wait(5)

    submitted = [store._submit(first)]
    assert busy.wait(5)
    submitted += [store._submit(verb) for verb in verbs]
    go.set()
    for one in submitted:
        one.exception(5)
    return submitted[1:]


@pytest.fixture
def told(store: Database) -> list[Any]:
    heard: list[Any] = []
    store.listeners.append(heard.extend)
    return heard


def test_a_verb_that_fails_takes_nobody_along(store: Database, told: list[Any]) -> None:
    before, broken, after = together(store, says("before"), fails, says("after"))
    assert (before.result(), after.result()) == ("before", "after")
    with pytest.raises(ValueError, match="no"):
        broken.result()
    assert kept(store) == ["before", "after"]
    assert told == [("word", "before"), ("word", "after")]


def test_a_verb_that_the_store_refuses_takes_nobody_along(store: Database) -> None:
    first, same, other = together(store, says("one"), says("one"), says("two"))
    assert (first.exception(), other.exception()) == (None, None)
    assert "unique" in str(same.exception()).lower()
    assert sorted(kept(store)) == ["one", "two"]


def test_a_failed_commit_fails_all_of_them_and_stores_nothing(
    store: Database, told: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: object, _connection: object) -> None:
        raise OSError("disk I/O error")

    dialect = type(store.engine.dialect)
    with monkeypatch.context() as patch:
        patch.setattr(dialect, "do_commit", full)
        answers = together(store, says("one"), says("two"))
    assert [type(one.exception()) for one in answers] == [CommitFailed, CommitFailed]
    assert (kept(store), told) == ([], [])
    assert store.write_now(says("later")) == "later"


@pytest.mark.sqlite
def test_where_the_store_itself_undid_the_whole_group_nothing_of_it_stays(store: Database, told: list[Any]) -> None:
    """A full disk makes SQLite roll back everything: what came after it would have been committed by itself."""

    def undone(tx: Tx) -> None:
        tx.connection.exec_driver_sql("ROLLBACK")
        raise OSError("database or disk is full")

    before, _, after = together(store, says("before"), undone, says("after"))
    assert isinstance(before.exception(), CommitFailed)
    assert isinstance(after.exception(), CommitFailed)
    assert (kept(store), told) == ([], [])
    assert store.write_now(says("later")) == "later"


@pytest.mark.sqlite
def test_a_disk_that_is_really_full_fails_whoever_wrote_too_much(store: Database) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 60")
    small, huge, other = together(store, says("small"), says("x" * 2_000_000), says("other"))
    assert huge.exception() is not None
    right = [word for word, one in (("small", small), ("other", other)) if one.exception() is None]
    assert kept(store) == right


def test_what_was_told_goes_out_after_the_commit(store: Database) -> None:
    seen: list[Any] = []
    store.listeners.append(lambda told: seen.append((told, kept(store))))
    store.write_now(says("one"))
    assert seen == [([("word", "one")], ["one"])]


def test_a_listener_that_fails_does_not_end_the_writing(store: Database) -> None:
    def deaf(_told: Any) -> None:
        raise RuntimeError("the loop is closed")

    store.listeners.insert(0, deaf)
    heard: list[Any] = []
    store.listeners.append(heard.extend)
    assert store.write_now(says("one")) == "one"
    assert store.write_now(says("two")) == "two"
    assert heard == [("word", "one"), ("word", "two")]


def test_who_hangs_up_does_not_undo_a_command(store: Database) -> None:
    async def story() -> None:
        task = asyncio.create_task(store.write(says("carried out")))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await store.write(says("next")) == "next"

    asyncio.run(story())
    assert kept(store) == ["carried out", "next"]


def test_a_group_has_its_limit(store: Database) -> None:
    answers = together(store, *(says(f"word {number}") for number in range(db.GROUP * 2 + 3)))
    assert sorted(one.result() for one in answers) == sorted(kept(store))


def test_after_the_end_nothing_is_taken(store: Database) -> None:
    waiting = store._submit(says("the last"))
    store.close()
    assert waiting.result(5) == "the last"
    with pytest.raises(CommitFailed):
        store.write_now(says("too late"))


def test_a_question_sees_one_moment_and_changes_nothing(store: Database) -> None:
    def question(read: Read) -> tuple[int, int]:
        asked = select(words.c.id)
        before = len(read.rows(asked))
        store.write_now(says("in between"))
        return before, len(read.rows(asked))

    assert store.read_now(question) == (0, 0)
    assert kept(store) == ["in between"]


def test_questions_go_on_while_someone_writes(store: Database) -> None:
    def verb(tx: Tx) -> list[str]:
        says("half done")(tx)
        return kept(store)

    assert store.write_now(verb) == []


@pytest.mark.sqlite
def test_it_is_as_durable_as_promised(store: Database) -> None:
    def pragmas(read: Read) -> tuple[Any, ...]:
        return tuple(read.value(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys"))

    assert store.read_now(pragmas) == ("wal", 2, 1)
    with store.engine.connect() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


def test_folding_makes_one_form_of_many() -> None:
    assert db.folded(" Straße ") == db.folded("STRASSE")
    assert db.folded("Äpfel") == db.folded("A\u0308PFEL")
    assert db.folded("ﬁne") == "fine"
    assert db.folded(None) is None


def test_a_text_with_a_nul_in_it_is_stored(store: Database) -> None:
    store.write_now(says("a\0b"))
    assert kept(store)[0] in ("a\0b", "a\ufffdb")
