"""elbowroom move: a desk goes on, on PostgreSQL: same history, same numbers. Its SQLite file stays as it is."""

from collections.abc import Iterator

from sqlalchemy import func, select

from elbowroom.keeping import stored
from elbowroom.keeping.failing import Failed, worded
from elbowroom.keeping.filling import filled
from elbowroom.keeping.progress import Progress
from elbowroom.kit.clock import SystemClock
from elbowroom.kit.config import Config
from elbowroom.kit.db import Database, Read, only_server
from elbowroom.kit.stores import forming

ASIDE = "before-move"  # tables of a desk in which nobody ever had an account


def run(config: Config, to: str, progress: Progress) -> Iterator[str]:
    """Yields what was done, in lines. Raises Failed or DatabaseBusy; then the new database is as it was."""
    clock = SystemClock()
    file = stored.database_file(config)
    if file is None:
        raise Failed(f"this desk is not on SQLite: ELBOWROOM_DATABASE_URL names {stored.place(config)}")
    if to.partition(":")[0] not in {"postgresql", "postgres"}:
        raise Failed(f"a desk moves to PostgreSQL; {to.partition(':')[0]}: is none, write --to postgresql://…")
    if not file.exists():
        stored.check_there(config, None)

    def carry(read: Read) -> int:
        stored.check_there(config, forming.form_of(read.connection))
        with filled(to, read.connection, ASIDE, occupied, clock, progress):
            return _rows(read)

    def occupied() -> None:
        raise Failed(f"{stored.shown(to)} holds a desk already; take an empty database")

    with worded(f"move to {stored.shown(to)}"), only_server(config.database, config.data_dir):
        database = Database(config.database, clock, readers=1)
        try:
            rows = database.read_now(carry)
        finally:
            database.close()
    yield f"{rows:,} rows are in {stored.shown(to)}: {len(stored.TRUTH)} tables, each counted and compared by a hash."
    yield f"{file} is as it was, and is read no more once you set the new address, with its password:"
    yield f"  ELBOWROOM_DATABASE_URL={stored.shown(to)}"
    yield f"Files and the key stay in {config.data_dir}. Open pages go on where they are."


def _rows(read: Read) -> int:
    return sum(read.value(select(func.count()).select_from(table)) for table in stored.TRUTH)
