"""A whole desk into a PostgreSQL database, in one transaction: it is there complete and compared, or not at all."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, inspect

from elbowroom.keeping import stored
from elbowroom.keeping.failing import Failed
from elbowroom.kit.clock import Clock
from elbowroom.kit.db import dialect
from elbowroom.kit.stores import forming, schema
from elbowroom.kit.stores.sqlite import DatabaseBusy
from elbowroom.kit.stores.whole import Watch


@contextmanager
def filled(
    url: str, source: Connection, aside: str, occupied: Callable[[], None], clock: Clock, watch: Watch
) -> Iterator[bool]:
    """Commits after the block has ended well. `occupied` may raise where there is a desk with data.

    Gives whether a former desk was put aside, into a schema of the name `aside`.
    """
    engine = dialect(url).engine(url, 1, writes=True)
    try:
        with forming.making(engine) as connection:
            _check(connection, url)
            if stored.is_lived_in(connection):
                occupied()
            was_there = schema.put_aside(connection, aside)
            forming.migrate_within(connection)
            stored.carry_all(source, connection, clock, watch)
            said = stored.difference(stored.figures(source, watch), stored.figures(connection, watch))
            if said is not None:
                raise Failed(f"what arrived is not what left: {said}; nothing was changed")
            yield was_there
    finally:
        engine.dispose()


def _check(connection: Connection, url: str) -> None:
    if schema.is_served(connection):
        raise DatabaseBusy(f"another Elbowroom works with {stored.shown(url)}; end it first")
    ours = {table.name for table in stored.ALL} | {"alembic_version"}
    if foreign := sorted(set(inspect(connection).get_table_names()) - ours):
        raise Failed(f"{stored.shown(url)} has tables of something else, like {foreign[0]}; take a database of its own")
