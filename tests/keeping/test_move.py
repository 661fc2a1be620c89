"""Move: the same desk with the same history on PostgreSQL, whole or not at all; and back by a backup."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, inspect, select, text, update

from elbowroom.app import engines
from elbowroom.conversations.tables import messages
from elbowroom.keeping import backup, move, restore, stored
from elbowroom.keeping.failing import Failed
from elbowroom.keeping.progress import Progress
from elbowroom.kit import journal
from elbowroom.kit.config import Config
from elbowroom.kit.stores import copying, postgres, whole
from elbowroom.kit.stores.sqlite import DatabaseBusy
from elbowroom.tickets.tables import labels
from tests.cast import Desk, Nora, Person
from tests.engines import Postgres

from .conftest import MAILBOX_PASSWORD, password_of_mailbox, seen

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]  # where each of them begins


@pytest.fixture
def empty(postgres_server: Postgres) -> str:
    return postgres_server.new_database().replace("postgres@", "postgres:secret@")


def moved(desk: Desk, url: str) -> str:
    """The desk goes on there, at the same address."""
    desk.stop()
    said = "\n".join(move.run(desk.config, url, Progress()))
    desk.config = replace(desk.config, database_url=url)
    desk.start()
    return said


def figures_of(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        return stored.figures(connection, Progress())


def tables_in(url: str) -> list[str]:
    engine = postgres.engine(url, 1, writes=False)
    with engine.connect() as connection:
        found = inspect(connection).get_table_names()
    engine.dispose()
    return found


def test_everyone_sees_what_she_saw_and_pages_go_on(
    own_desk: Desk, ada: Person, bianca: Person, lena: Person, nora: Nora, worked: list[int], empty: str
) -> None:
    welcome = bianca.tab().welcome
    left_off = {name: welcome[name] for name in ("epoch", "position", "mark")}
    before = seen(own_desk, [ada, bianca, lena], worked)
    before["search"] = bianca.finds("elephants")
    said = moved(own_desk, empty)
    assert "ELBOWROOM_DATABASE_URL=postgresql://postgres:***@" in said
    assert "desk.sqlite3 is as it was" in said
    assert seen(own_desk, [ada, bianca, lena], worked) | {"search": bianca.finds("elephants")} == without_nul(before)
    assert before["search"] == [worked[0]]
    assert password_of_mailbox(own_desk) == MAILBOX_PASSWORD
    assert bianca.tab(resume=left_off).welcome["resumed"] is True
    assert nora.writes() == worked[-1] + 1
    position = own_desk.read(journal.head).position
    assert position > left_off["position"]


def without_nul(shown: Any) -> Any:
    """PostgreSQL's texts can't hold it."""
    if isinstance(shown, dict):
        return {name: without_nul(value) for name, value in shown.items()}
    if isinstance(shown, list | tuple):
        return type(shown)(map(without_nul, shown))
    return shown.replace("\0", "\ufffd") if isinstance(shown, str) else shown


def test_no_number_is_given_twice(own_desk: Desk, nora: Nora, worked: list[int], empty: str) -> None:
    given = own_desk.read(lambda read: whole.counters(read.connection))
    own_desk.write(lambda tx: tx.run(delete(journal.feed).where(journal.feed.c.position == given["feed"])))
    moved(own_desk, empty)
    now = own_desk.read(lambda read: whole.counters(read.connection))
    assert now == given
    nora.writes()
    assert own_desk.read(journal.head).position > given["feed"], "a position was given twice"


def test_the_sqlite_file_is_as_it_was_and_nothing_of_a_row_changes(
    own_desk: Desk, worked: list[int], empty: str
) -> None:
    own_desk.stop()
    file = own_desk.folder / "desk.sqlite3"
    content = file.read_bytes()
    list(move.run(own_desk.config, empty, Progress()))
    assert file.read_bytes() == content
    there, here = postgres.engine(empty, 1, writes=False), copying.frozen(file)
    assert figures_of(there) == figures_of(here)
    with there.connect() as target, here.connect() as source:
        blank = select(messages.c.id).where(messages.c.effects.is_(None)).order_by(messages.c.id)
        alias = select(labels.c.name, labels.c.alias_of).order_by(labels.c.id)
        for asked in (blank, alias):
            rows = source.execute(asked).all()
            assert target.execute(asked).all() == rows
            assert rows
    there.dispose()
    own_desk.start()


class Interrupted(Progress):
    """Ctrl-C at a certain step."""

    def __init__(self, step: str) -> None:
        super().__init__()
        self.step, self.met = step, False

    def __call__(self, what: str, done: int, of: int) -> None:
        if what == self.step:
            self.met = True
            raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["carrying messages", "making the search index"])
def test_after_an_interruption_it_begins_anew(own_desk: Desk, worked: list[int], empty: str, step: str) -> None:
    own_desk.stop()
    interrupted = Interrupted(step)
    with pytest.raises(KeyboardInterrupt):
        list(move.run(own_desk.config, empty, interrupted))
    assert interrupted.met
    assert tables_in(empty) == []
    assert list(move.run(own_desk.config, empty, Progress()))
    assert "tickets" in tables_in(empty)
    own_desk.start()


def test_what_arrives_otherwise_is_not_kept(
    own_desk: Desk, worked: list[int], empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_desk.stop()
    really = stored.carry_all

    def carry_badly(source: Any, target: Any, *more: Any) -> None:
        really(source, target, *more)
        target.execute(update(messages).where(messages.c.id == 2).values(text="otherwise"))

    monkeypatch.setattr(stored, "carry_all", carry_badly)
    with pytest.raises(Failed, match="the rows of the table messages are not the same; nothing was changed"):
        list(move.run(own_desk.config, empty, Progress()))
    assert tables_in(empty) == []
    own_desk.start()


def test_it_refuses_a_database_with_a_desk_and_one_that_is_served(
    own_desk: Desk, bianca: Person, worked: list[int], empty: str
) -> None:
    sqlite = own_desk.config
    moved(own_desk, empty)
    with pytest.raises(DatabaseBusy, match="another Elbowroom works with"):
        list(move.run(sqlite, empty, Progress()))
    own_desk.stop()
    with pytest.raises(Failed, match="holds a desk already"):
        list(move.run(sqlite, empty, Progress()))
    own_desk.start()
    assert bianca.sees(worked[0])["subject"] == "Lamp broken"


def test_it_takes_one_that_was_only_opened(own_desk: Desk, worked: list[int], empty: str, tmp_path: Path) -> None:
    engines(Config(data_dir=tmp_path / "tried", database_url=empty)).db.close()
    own_desk.stop()
    assert list(move.run(own_desk.config, empty, Progress()))
    own_desk.start()


def test_it_refuses_a_database_of_something_else(own_desk: Desk, empty: str) -> None:
    engine = postgres.engine(empty, 1, writes=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoices (id integer)"))
    engine.dispose()
    own_desk.stop()
    with pytest.raises(Failed, match="tables of something else, like invoices"):
        list(move.run(own_desk.config, empty, Progress()))
    own_desk.start()


def test_not_while_the_desk_runs(own_desk: Desk, empty: str) -> None:
    with pytest.raises(DatabaseBusy, match="end it first"):
        list(move.run(own_desk.config, empty, Progress()))
    assert tables_in(empty) == []


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("mysql://x/y", "a desk moves to PostgreSQL"),
        ("postgresql://postgres@127.0.0.1:1/x", "can't move to postgresql://postgres@127.0.0.1:1/x: the database says"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(own_desk: Desk, to: str, words: str) -> None:
    own_desk.stop()
    with pytest.raises(Failed, match=words):
        list(move.run(own_desk.config, to, Progress()))
    own_desk.start()


def test_a_backup_of_postgresql_can_be_restored_to_either_store(
    own_desk: Desk, ada: Person, bianca: Person, nora: Nora, worked: list[int], empty: str, tmp_path: Path
) -> None:
    moved(own_desk, empty)
    own_desk.write(lambda tx: tx.run(text("SELECT nextval('facts_id_seq')")))  # ids and positions part
    last = nora.writes("On PostgreSQL")
    before = seen(own_desk, [ada, bianca], [*worked, last])
    epoch, position = own_desk.read(journal.head).epoch, own_desk.read(journal.head).position
    list(backup.run(own_desk.config, tmp_path / "b.tar.gz", Progress()))
    with pytest.raises(DatabaseBusy, match="end it first"):
        list(restore.run(own_desk.config, tmp_path / "b.tar.gz", Progress(), yes=True))
    nora.writes("Came later")
    own_desk.stop()
    there = own_desk.config
    for config in (there, Config(data_dir=tmp_path / "on-sqlite")):
        said = "\n".join(restore.run(config, tmp_path / "b.tar.gz", Progress(), yes=True))
        own_desk.config = config
        own_desk.start()
        assert seen(own_desk, [ada, bianca], [*worked, last]) == before
        assert own_desk.read(journal.head).epoch != epoch
        assert nora.writes() == last + 1
        assert own_desk.read(journal.head).position > position
        assert bianca.finds("kaputt") == [worked[1]]
        own_desk.stop()
        assert ("kept under the name before-" in said) == (config is there)
    own_desk.start()


def test_the_former_desk_on_postgresql_is_put_aside_only_when_asked_for(
    own_desk: Desk, nora: Nora, worked: list[int], empty: str, tmp_path: Path
) -> None:
    moved(own_desk, empty)
    list(backup.run(own_desk.config, tmp_path / "b.tar.gz", Progress()))
    later = nora.writes("Came later")
    own_desk.stop()
    with pytest.raises(Failed, match="--yes puts it aside"):
        list(restore.run(own_desk.config, tmp_path / "b.tar.gz", Progress()))
    assert not list(own_desk.folder.glob("before-*"))
    list(restore.run(own_desk.config, tmp_path / "b.tar.gz", Progress(), yes=True))
    (aside,) = own_desk.folder.glob("before-*")
    engine = postgres.engine(empty, 1, writes=False)
    with engine.connect() as connection:
        asked = text(f'SELECT count(*) FROM "{aside.name}".tickets WHERE id = {later}')
        assert connection.execute(asked).scalar() == 1
    engine.dispose()
    own_desk.start()
