"""The migrations lead to exactly what the code expects, and the code before each bears it."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory

import elbowroom.app  # noqa: F401  every table
from elbowroom.conversations.tables import held
from elbowroom.kit.clock import SystemClock
from elbowroom.kit.config import BadSetting
from elbowroom.kit.db import Database, metadata
from elbowroom.kit.jobs import Again, Job, jobs
from elbowroom.kit.stores import forming
from elbowroom.people.tables import customers, departments, people
from elbowroom.tickets import bin, erasing
from elbowroom.tickets.tables import inboxes, statuses, tickets
from tests import engines
from tests.kit.bearing import recorded, unbearable

FIRST = "0001"
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


def test_the_code_before_each_migration_bears_it(tmp_path: Path) -> None:
    """One that takes away what no version uses any more says so: CONTRACTS = "the migration that made it unused"."""
    scripts = ScriptDirectory(str(forming.MIGRATIONS))
    forms = [one.revision for one in scripts.walk_revisions()][::-1]
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}", SystemClock())
    for form in forms:
        with recorded() as asked, database.engine.begin() as connection:
            command.upgrade(forming.settings(connection), form)
        assert asked
        contracts = getattr(scripts.get_revision(form).module, "CONTRACTS", None)
        if contracts is not None:
            assert contracts in forms[: forms.index(form)]
        elif form != FIRST:
            assert unbearable(asked) == []
    database.close()


def test_a_text_that_stood_beside_a_draft_is_put_aside(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}", SystemClock())
    beside = {"body": "From the phone", "at": "2026-11-22T14:00:00.000Z", "device": "phone"}
    columns = ("person", "ticket", "kind", "number", "body", "device", "at")
    drafts = sa.table("drafts", *map(sa.column, columns), sa.column("sibling", sa.JSON()))
    with database.engine.begin() as connection:
        command.upgrade(forming.settings(connection), "0002")
        connection.execute(sa.text("PRAGMA foreign_keys=OFF"))
        connection.execute(sa.text("PRAGMA defer_foreign_keys=ON"))
        for ticket, sibling in ((1, beside), (2, None)):
            row = dict(zip(columns, (1, ticket, "reply", 1, "Dear Nora", "laptop", 1.0), strict=True))
            connection.execute(drafts.insert().values(**row, sibling=sibling))
        command.upgrade(forming.settings(connection), "0003")
        aside = sa.table("drafts_aside", *map(sa.column, ("ticket", "kind", "body", "device", "at")))
        (kept,) = connection.execute(sa.select(aside)).mappings().all()
        assert kept == {"ticket": 1, "kind": "reply", "body": "From the phone", "device": "phone", "at": 1795356000.0}
        connection.rollback()
    database.close()


@pytest.mark.stored
def test_what_lay_in_the_bin_before_it_was_ever_emptied_has_its_days_from_now_on(tmp_path: Path) -> None:
    engines.made(tmp_path)
    database = Database(engines.address(tmp_path), SystemClock())
    thrown_away = time.time() - 60 * bin.DAY
    with database.engine.begin() as connection:
        command.upgrade(forming.settings(connection), "0002")
        _ticket_in_bin(connection, thrown_away)
        command.upgrade(forming.settings(connection), "0003")
        (due,) = connection.execute(sa.select(jobs.c.data).where(jobs.c.kind == bin.JOB)).scalars()
    database.start()
    with pytest.raises(Again):
        asyncio.run(erasing.erase(database, [], Job(1, bin.JOB, due, 1, None)))
    (kept,) = database.read_now(lambda read: read.rows(sa.select(tickets)))
    assert (kept["erased_at"], kept["deleted_at"]) == (None, pytest.approx(time.time(), abs=600))
    database.close()
    engines.dropped(tmp_path)


@pytest.mark.stored
def test_recipients_that_nobody_chose_are_no_value(tmp_path: Path) -> None:
    engines.made(tmp_path)
    database = Database(engines.address(tmp_path), SystemClock())
    someone = {"name": "Bianca", "email": "b@desk.example", "email_folded": "b", "role": "agent", "made_at": 1.0}
    text = {"person": 1, "ticket": 1, "body": "Dear Nora", "files": [], "reason": "unseen", "seen": 1, "at": 1.0}
    with database.engine.begin() as connection:
        command.upgrade(forming.settings(connection), "0003")
        connection.execute(sa.insert(people).values(**someone))
        for chosen in (sa.JSON.NULL, {"to": ["rita@lamps.example"]}):
            connection.execute(sa.insert(held).values(**text, recipients=chosen))
        command.upgrade(forming.settings(connection), "0004")
        found = sa.select(held.c.recipients.is_(None)).order_by(held.c.id)
        assert connection.execute(found).scalars().all() == [True, False]
    database.close()
    engines.dropped(tmp_path)


def _ticket_in_bin(connection: sa.Connection, thrown_away: float) -> None:
    connection.execute(sa.insert(departments).values(name="Support", name_folded="support"))
    connection.execute(sa.insert(inboxes).values(department=1, name="Support"))
    connection.execute(sa.insert(customers).values(name="Nora", email="n@c.example", email_folded="n", made_at=1.0))
    connection.execute(sa.insert(statuses).values(key="open", name="Open", queue="new", colour="red", rank=1))
    moments = dict.fromkeys(("made_at", "changed_at", "last_message_at", "deleted_at"), thrown_away)
    shown = {"subject": "Lamp", "status": "open", "queue": "new"}
    connection.execute(sa.insert(tickets).values(inbox=1, department=1, requester=1, **shown, **moments))


def drops(op: Operations) -> None:
    op.drop_column("lamps", "colour")


def renames(op: Operations) -> None:
    with op.batch_alter_table("lamps") as lamps:
        lamps.alter_column("colour", new_column_name="hue")


def tightens(op: Operations) -> None:
    with op.batch_alter_table("lamps") as lamps:
        lamps.alter_column("colour", nullable=False)


def demands(op: Operations) -> None:
    op.execute("DELETE FROM lamps")
    op.add_column("lamps", sa.Column("watts", sa.Integer(), nullable=False, server_default="5"))
    with op.batch_alter_table("lamps", recreate="always") as lamps:
        lamps.add_column(sa.Column("volts", sa.Integer(), nullable=False))


def forbids(op: Operations) -> None:
    op.create_index("one_of_a_colour", "lamps", ["colour"], unique=True)


def says_it_in_sql(op: Operations) -> None:
    op.execute("ALTER TABLE lamps RENAME TO lights")


@pytest.mark.parametrize("migration", [drops, renames, tightens, demands, forbids, says_it_in_sql])
def test_one_that_former_code_does_not_bear_is_found(migration: Callable[[Operations], None]) -> None:
    assert len(unbearable(carried_out(migration))) == 1


def test_one_that_only_adds_is_borne() -> None:
    def adds(op: Operations) -> None:
        op.add_column("lamps", sa.Column("watts", sa.Integer()))
        op.create_index("by_colour", "lamps", ["colour"])
        op.create_table("bulbs", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("socket", sa.Text()))
        op.create_index("one_bulb", "bulbs", ["socket"], unique=True)

    asked = carried_out(adds)
    assert len(asked) == 4
    assert unbearable(asked) == []


def carried_out(migration: Callable[[Operations], None]) -> list[object]:
    """On a store with one table, as alembic does it."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection, recorded() as asked:
        connection.execute(sa.text("CREATE TABLE lamps (id INTEGER PRIMARY KEY, colour TEXT)"))
        migration(Operations(MigrationContext.configure(connection)))
    engine.dispose()
    return asked


def test_a_store_of_a_newer_version_is_refused_in_one_line(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'desk.sqlite3'}", SystemClock())
    forming.migrate(database.engine)
    with database.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadSetting, match="newer version"):
        forming.migrate(database.engine)
    database.close()
