"""Bringing the store to the form that this version needs."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

TURN = 0x656C6270
MIGRATIONS = Path(__file__).parent.parent / "migrations"


def migrate(engine: Engine) -> None:
    """Runs what is missing; raises where the store is newer than this program."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        with connection.begin():
            if connection.dialect.name == "postgresql":  # servers that start together wait for the first
                connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
            command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return bool(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head)
