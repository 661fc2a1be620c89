"""Bringing the store to the form that this version needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text

from elbowroom.kit.config import BadSetting

TURN = 0x656C6270
MIGRATIONS = Path(__file__).parents[2] / "migrations"
NEWER = "the database was used by a newer version of Elbowroom: install that one, or restore a backup"


def migrate(engine: Engine) -> None:
    """Runs what is missing; raises BadSetting where the store is newer than this program."""
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
    form = form_of(connection)
    if form is not None and not knows_form(form):
        raise BadSetting(NEWER)
    command.upgrade(settings(connection), "head")


def settings(connection: Connection) -> Config:
    """What alembic goes by."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def is_current(engine: Engine) -> bool:
    return fault(engine) is None


def fault(engine: Engine) -> str | None:
    """What keeps this version from using the store as it is, and the mend."""
    with engine.connect() as connection:
        form = form_of(connection)
    if form is not None and not knows_form(form):
        return NEWER
    return None if form == newest_form() else "the database is not in this version's form: elbowroom migrate"


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
