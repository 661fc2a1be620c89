"""The migrations lead to exactly what the code expects."""

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import elbowroom.app  # noqa: F401  every table
from elbowroom.kit.clock import SystemClock
from elbowroom.kit.db import Database, metadata
from elbowroom.kit.stores import forming

MADE_BY_FTS5 = ("found", "found_config", "found_content", "found_data", "found_docsize", "found_idx")


def test_a_migrated_store_is_what_the_tables_say(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}", SystemClock())
    assert not forming.is_current(database.engine)
    forming.migrate(database.engine)
    assert forming.is_current(database.engine)

    def ours(thing: object, name: str | None, kind: str, *_: object) -> bool:
        return not (kind == "table" and name in MADE_BY_FTS5)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, metadata) == []
    database.close()
