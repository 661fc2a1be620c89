"""A question's view of the store is one moment."""

from typing import Any

from sqlalchemy import bindparam, insert, select

from elbowroom.kit.db import Database
from tests.kit.conftest import words

_word = select(words.c.word).where(words.c.id == bindparam("id"))


def test_what_is_asked_alike_is_asked_once_where_nothing_can_change(store: Database) -> None:
    """A write transaction asks each time: what it read may be what it changed."""
    store.write_now(lambda tx: tx.run(insert(words).values(id=1, word="lamp")))
    first, second = store.read_now(lambda read: (read.same(_word, {"id": 1}), read.same(_word, {"id": 1})))
    assert first is second
    assert store.read_now(lambda read: read.same(_word, {"id": 2})) == []

    def writes(tx: Any) -> list[str]:
        before = tx.same(_word, {"id": 1})
        tx.run(words.update().values(word="lantern"))
        return [before[0]["word"], tx.same(_word, {"id": 1})[0]["word"]]

    assert store.write_now(writes) == ["lamp", "lantern"]
