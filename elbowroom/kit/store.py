"""Bringing the store to the form that this version needs."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def migrate(engine: Engine) -> None:
    """Runs what is missing; raises where the store is newer than this program."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        with connection.begin():
            command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    with engine.connect() as connection:
        there = connection.execute(text("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")).scalar()
        if there is None:
            return False
        return bool(connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head)


def too_old() -> str | None:
    """SQLite's version where it lacks RETURNING (3.35), None where it will do."""
    return sqlite3.sqlite_version if sqlite3.sqlite_version_info < (3, 35) else None
