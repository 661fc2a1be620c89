"""A store as a whole: its figures, its rows carried into an empty one, and the numbers it counts on from."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table, func, insert, null, select, text
from sqlalchemy.exc import DBAPIError

from elbowroom.kit.db import CommitFailed

Watch = Callable[[str, int, int], None]  # what is under way, how much of it is done, of how much
BATCH = 1000
SUM = 2**256
ENGINE_ERRORS = (DBAPIError, CommitFailed, sqlite3.Error)  # the last where none of our layers is between

_owned = text(
    "SELECT tables.relname AS of, CAST(CAST(sequences.oid AS regclass) AS text) AS name"
    " FROM pg_depend JOIN pg_class AS sequences ON sequences.oid = objid AND sequences.relkind = 'S'"
    " JOIN pg_class AS tables ON tables.oid = refobjid"
    " WHERE deptype IN ('a', 'i') AND tables.relnamespace = CAST(current_schema() AS regnamespace)"
)


@dataclass(frozen=True)
class Figures:
    """How many rows a table has, and a sum of their hashes: the same on every store and in any order."""

    rows: int
    hash: str


def figures(connection: Connection, table: Table, watch: Watch) -> Figures:
    """Of the rows as this transaction sees them."""
    count, total, of = 0, 0, _count(connection, table)
    for row in _rows(connection, table):
        written = json.dumps([_storable(value) for value in row.values()], sort_keys=True, default=str)
        total = (total + int.from_bytes(sha256(written.encode()).digest(), "big")) % SUM
        if (count := count + 1) % BATCH == 0:
            watch(f"counting {table.name}", count, of)
    return Figures(count, f"{total:064x}")


def carry(source: Connection, target: Connection, table: Table, watch: Watch) -> None:
    """All rows into the empty table. A character that PostgreSQL can't hold (NUL) becomes U+FFFD there."""
    done, of = 0, _count(source, table)
    inner = _inner(table)
    bound: list[dict[str, Any]] = []
    for batch in _batches(_rows(source, table)):
        if target.dialect.name == "postgresql":
            batch = [{name: _storable(value) for name, value in row.items()} for row in batch]
        bound += [row for row in batch if any(row[column.name] is not None for column in inner)]
        target.execute(insert(table), [{**row, **{column.name: None for column in inner}} for row in batch])
        watch(f"carrying {table.name}", done := done + len(batch), of)
    for row in bound:  # a row may point to a later one of its own table
        same = [column == row[column.name] for column in table.primary_key]
        target.execute(table.update().where(*same).values({column.name: row[column.name] for column in inner}))


def counters(connection: Connection) -> dict[str, int]:
    """Table → the last number that was given there, though its row may be gone."""
    if connection.dialect.name == "sqlite":
        return {row.name: row.seq for row in connection.execute(text("SELECT name, seq FROM sqlite_sequence"))}
    given = {}
    for table, sequence in _sequences(connection).items():
        state = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608
        given[table] = state.last_value if state.is_called else 0
    return {table: last for table, last in given.items() if last}


def count_on(connection: Connection, given: dict[str, int]) -> None:
    """Lets the tables go on counting behind these numbers: no number is given twice."""
    if connection.dialect.name == "sqlite":
        for table, last in given.items():
            row = {"table": table, "last": last}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), row)
            connection.execute(text("INSERT INTO sqlite_sequence(name, seq) VALUES (:table, :last)"), row)
        return
    for table, sequence in _sequences(connection).items():
        if table in given:
            state = {"sequence": sequence, "last": given[table]}
            connection.execute(text("SELECT setval(CAST(:sequence AS regclass), :last)"), state)


def _count(connection: Connection, table: Table) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()


def _rows(connection: Connection, table: Table) -> Iterator[dict[str, Any]]:
    """Each row by the types of its columns, with no value (`null()`) told from a JSON null."""
    blanks = [column for column in table.c if isinstance(column.type, JSON) and column.nullable]
    asked = select(*table.c, *(column.is_(null()).label(f"{column.name} is blank") for column in blanks))
    for row in connection.execute(asked, execution_options={"yield_per": BATCH}).mappings():
        plain = {column.name: row[column.name] for column in table.c}
        yield plain | {column.name: null() for column in blanks if row[f"{column.name} is blank"]}


def _storable(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _inner(table: Table) -> list[Column[Any]]:
    """The columns that point into their own table."""
    return [column for column in table.c if any(key.column.table is table for key in column.foreign_keys)]


def _sequences(connection: Connection) -> dict[str, str]:
    """Table → the sequence behind its numbers, on PostgreSQL."""
    return {row.of: row.name for row in connection.execute(_owned)}
