"""PostgreSQL as the store: SERIALIZABLE, a few writers a process, any number of server processes.

Verbs read, judge and write as if they were alone: what another transaction took from under one of them makes the
commit fail, and the group is carried out anew on what is there now.
"""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

writers = 2
insert_into = insert
CONFLICTS = frozenset({"40001", "40P01"})  # serialization failure, deadlock
UNIQUE = "23505"  # two that looked for a row and made it, or a true double
CONNECT_FOR = 5
SILENT_FOR_MS = 10_000


def engine(url: str, pool: int, *, writes: bool) -> Engine:
    """`url`: postgresql://user:password@host/name; host,host where a standby may become the primary."""
    options = f"-c default_transaction_read_only={'off' if writes else 'on'} -c timezone=UTC -c jit=off"
    made = create_engine(
        address(url), poolclass=QueuePool, pool_size=pool, max_overflow=0, hide_parameters=True,
        isolation_level="AUTOCOMMIT" if writes else "REPEATABLE READ",  # a writer begins by itself
        connect_args={
            "options": options, "connect_timeout": CONNECT_FOR, "target_session_attrs": "primary",
            "tcp_user_timeout": SILENT_FOR_MS, "keepalives_idle": 5, "application_name": "elbowroom",
        },
    )  # fmt: skip
    event.listen(made, "connect", _prepare)
    return made


def _prepare(connection: Any, _record: object) -> None:
    from psycopg.types.string import StrDumperUnknown

    class Text(StrDumperUnknown):
        """PostgreSQL bears no NUL in a text; SQLite and e-mail do."""

        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\x00", "\ufffd"))

    connection.adapters.register_dumper(str, Text)


def address(url: str) -> str:
    """The same address, for the driver that is used. host,host is said in its own way."""
    person, at, rest = url.partition("://")[2].rpartition("@")
    hosts, slash, name = rest.partition("/")
    if "," in hosts:
        more = "&".join(f"host={host}" for host in hosts.split(","))
        hosts, name = "", f"{name}{'&' if '?' in name else '?'}{more}"
    return f"postgresql+psycopg://{person}{at}{hosts}{slash}{name}"


def begin_turn(connection: Connection, *, alone: bool) -> None:
    """Beside the other writers, or, after several conflicts, without them. LOCK TABLE takes no snapshot yet."""
    # One message for both, since each round trip is paid by every command.
    mode = "EXCLUSIVE" if alone else "ROW SHARE"
    connection.exec_driver_sql(f"BEGIN ISOLATION LEVEL SERIALIZABLE; LOCK TABLE kept IN {mode} MODE")


def only_server(_folder: Path) -> AbstractContextManager[object]:
    """Nothing to hold: the engine lets any number of servers in."""
    return nullcontext()


def require_transaction(connection: Connection) -> None:
    if connection.invalidated:
        raise ConnectionError("the store hung up")


def is_conflict(error: BaseException, *, alone: bool) -> bool:
    """True where the same group may well succeed when it is carried out anew."""
    state = getattr(error.orig, "sqlstate", None) if isinstance(error, DBAPIError) else None
    return state in CONFLICTS or (state == UNIQUE and not alone)


def is_lost(error: BaseException) -> bool:
    """True where the store went away before it was asked to commit, so nothing can be stored."""
    return isinstance(error, OperationalError | ConnectionError) or (
        isinstance(error, DBAPIError) and error.connection_invalidated
    )
