"""What of a desk is kept: the tables that hold its truth, and the index that is made from them."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, inspect, make_url, select

import elbowroom.app  # noqa: F401  every table
from elbowroom.keeping.failing import Failed
from elbowroom.kit.clock import Clock
from elbowroom.kit.config import Config
from elbowroom.kit.db import Tx, metadata
from elbowroom.kit.stores import forming, whole
from elbowroom.kit.stores.whole import Watch
from elbowroom.overview import search
from elbowroom.people.tables import people
from elbowroom.tickets.tables import tickets

ALL: list[Table] = metadata.sorted_tables  # a table comes after those that it points to
TRUTH = [table for table in ALL if table is not search.found_in]  # which each store has in a form of its own


def figures(connection: Connection, watch: Watch) -> dict[str, dict[str, Any]]:
    """Table → {rows, hash}."""
    return {table.name: asdict(whole.figures(connection, table, watch)) for table in TRUTH}


def difference(wanted: dict[str, dict[str, Any]], found: dict[str, dict[str, Any]]) -> str | None:
    """The first table that is not what it should be, in words."""
    for name in sorted(wanted.keys() | found.keys()):
        one, other = wanted.get(name), found.get(name)
        if one is None or other is None:
            return f"the table {name} is {'not expected' if one is None else 'missing'}"
        if one["rows"] != other["rows"]:
            return f"the table {name} has {other['rows']} rows instead of {one['rows']}"
        if one["hash"] != other["hash"]:
            return f"the rows of the table {name} are not the same"
    return None


def carry_all(source: Connection, target: Connection, clock: Clock, watch: Watch) -> None:
    """Every row into an empty, migrated store; found by the same words and counting on behind the same numbers."""
    for table in TRUTH:
        whole.carry(source, target, table, watch)
    _index(target, clock, watch)
    whole.count_on(target, whole.counters(source))


def _index(target: Connection, clock: Clock, watch: Watch) -> None:
    ids = target.execute(select(tickets.c.id).order_by(tickets.c.id)).scalars().all()
    tx = Tx(target, clock.now())
    for done, ticket in enumerate(ids):
        search.index_ticket(tx, ticket)
        watch("making the search index", done, len(ids))


def named_files(connection: Connection) -> set[str]:
    """The random names of all files that a row points to."""
    blobs = [table.c.blob for table in TRUTH if "blob" in table.c]
    return {name for blob in blobs for name in connection.execute(select(blob).where(blob.is_not(None))).scalars()}


def is_lived_in(connection: Connection) -> bool:
    """True where somebody's account is in it: a desk with data."""
    there = inspect(connection).has_table(people.name)
    return there and bool(connection.execute(select(func.count()).select_from(people)).scalar())


def database_file(config: Config) -> Path | None:
    """SQLite's file; None where the desk's database is another one."""
    url = make_url(config.database)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def check_there(config: Config, form: str | None) -> None:
    """Raises Failed where the desk can't be read by this version."""
    if form is None:
        raise Failed(f"there is no desk in {place(config)}; set ELBOWROOM_DATA_DIR to the folder that holds it")
    if form != forming.newest_form():
        raise Failed(f"the desk in {place(config)} is not in this version's form: elbowroom migrate")


def place(config: Config) -> str:
    """Where the database is, as it may be shown."""
    return str(database_file(config) or shown(config.database))


def shown(url: str) -> str:
    """An address without its password."""
    return make_url(url).render_as_string(hide_password=True)
