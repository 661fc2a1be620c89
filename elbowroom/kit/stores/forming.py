"""Bringing the store to the form that this version needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

TURN = 0x656C6270
MIGRATIONS = Path(__file__).parents[2] / "migrations"


def migrate(engine: Engine) -> None:
    """Runs what is missing; raises where the store is newer than this program."""
    with making(engine) as connection:
        migrate_within(connection)


@contextmanager
def making(engine: Engine) -> Iterator[Connection]:
    """One transaction in which a desk is made, changed in form, or replaced. Who else wants to waits for its end."""
    with engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # whoever waited must see what was made before her
            connection.execution_options(isolation_level="READ COMMITTED")
        with connection.begin():
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
            yield connection


def migrate_within(connection: Connection) -> None:
    """The same within `making`."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return form_of(connection) == newest_form()


def form_of(connection: Connection) -> str | None:
    """The name of the newest migration that the store has seen; None where there is no desk in it."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    form: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return form


def newest_form() -> str | None:
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def knows_form(name: str) -> bool:
    """False for the form of a newer version than this."""
    return any(one.revision == name for one in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
