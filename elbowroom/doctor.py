"""elbowroom doctor: each wrong setting in one line, with its mend."""

import os
import shutil
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from elbowroom.kit import bus, failpoints, tls
from elbowroom.kit.config import BadSetting, Config
from elbowroom.kit.db import Read, dialect
from elbowroom.kit.stores import forming, sqlite
from elbowroom.kit.vault import STRANGER, is_stranger, secret_at_hand

FREE = 1024**3


def findings(config: Config) -> Iterator[str]:
    """One line per finding: what is wrong: what to do."""
    yield from _address(config)
    yield from _certificate(config)
    yield from _folder(config)
    yield from _database(config)
    yield from _bus(config)
    yield from _mail(config)
    yield from _failpoint()


def _address(config: Config) -> Iterator[str]:
    if not config.url:
        yield (
            "ELBOWROOM_URL is not set: links in mails and the check of browsers' origins go by the host that was "
            "asked for; set it to the address people open, like https://desk.example.org"
        )
    elif not config.is_https and not config.is_local:
        yield (
            f"ELBOWROOM_URL is {config.url}: sessions travel unencrypted and the cookie can't be bound to the host; "
            "put a TLS proxy before the desk, or set ELBOWROOM_TLS_CERTIFICATE and ELBOWROOM_TLS_KEY, and write https://"
        )
    if urlsplit(config.url).path:
        yield f"ELBOWROOM_URL is {config.url}: the desk lives at the root of a host; leave out the path"


def _certificate(config: Config) -> Iterator[str]:
    if (fault := tls.fault(config.tls_certificate, config.tls_key)) is not None:
        yield f"TLS: {fault}"
    elif config.tls_certificate and tls.has_ended(config.tls_certificate):
        day = tls.ends_at(config.tls_certificate).date()
        yield f"TLS: {config.tls_certificate} ended on {day}: renew it, and start the desk again"
    elif config.tls_certificate and config.url and not config.is_https:
        yield f"ELBOWROOM_URL is {config.url}, but the desk speaks TLS: write https://"


def _folder(config: Config) -> Iterator[str]:
    folder = config.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".probe"
        probe.write_text("")
        probe.unlink()
    except OSError as refused:
        yield f"ELBOWROOM_DATA_DIR {folder} can't be written ({refused.strerror}): chown it, or choose another"
        return
    if shutil.disk_usage(folder).free < FREE:
        yield f"ELBOWROOM_DATA_DIR {folder} has less than 1 GiB free: make room before mail is refused"
    key = folder / "secret.key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield f"{key} can be read by others: chmod 600 {key}"


def _database(config: Config) -> Iterator[str]:
    if not config.database.startswith("sqlite"):
        yield from _database_server(config)
        return
    if (old := sqlite.too_old()) is not None:
        yield f"SQLite is {old}: install a Python with SQLite 3.35 or newer"
    file = config.data_dir / "desk.sqlite3"
    if not file.exists():
        return
    engine = create_engine(config.database)
    try:
        with engine.connect() as connection:
            if connection.execute(text("PRAGMA quick_check")).scalar() != "ok":
                yield f"{file} is damaged: restore a backup"
        if (fault := forming.fault(engine)) is not None:
            yield f"{file}: {fault}"
        else:
            yield from _secret(config, engine)
            yield from _answers(config, engine)
    except DatabaseError:
        yield f"{file} is damaged: restore a backup"
    finally:
        engine.dispose()


def _database_server(config: Config) -> Iterator[str]:
    """What stands between this desk and its PostgreSQL; never the password."""
    try:
        engine = dialect(config.database).engine(config.database, 1, writes=False)
    except ValueError as wrong:
        yield f"ELBOWROOM_DATABASE_URL: {wrong}"
        return
    except ImportError:
        yield "ELBOWROOM_DATABASE_URL: PostgreSQL's driver is missing: pip install 'elbowroom[postgres]'"
        return
    try:
        if (fault := forming.fault(engine)) is not None:
            yield f"ELBOWROOM_DATABASE_URL: {fault}"
        else:
            yield from _secret(config, engine)
            yield from _answers(config, engine)
    except SQLAlchemyError as failed:
        words = str(getattr(failed, "orig", None) or failed).strip().splitlines()[0]
        yield f"ELBOWROOM_DATABASE_URL: the database does not answer ({words}): check host, name, role and firewall"
    finally:
        engine.dispose()


def _secret(config: Config, engine: Engine) -> Iterator[str]:
    with engine.connect() as connection:
        is_other = is_stranger(Read(connection, 0), secret_at_hand(config.data_dir, config.secret))
    if is_other:
        yield f"ELBOWROOM_SECRET: {STRANGER}"


def _answers(config: Config, engine: Engine) -> Iterator[str]:
    """Agents are told by mail, and can't answer."""
    with engine.connect() as connection:
        told = Read(connection, 0).value(text("SELECT count(*) FROM people WHERE mails <> 'none'"))
    if told and not config.mail_authserv:
        yield (
            f"ELBOWROOM_MAIL_AUTHSERV is not set: {told} of the desk's people are told by mail and can't answer; "
            "name the server that receives your mail as it calls itself in the header Authentication-Results"
        )


def _bus(config: Config) -> Iterator[str]:
    if not config.bus_url:
        return
    if config.database.startswith("sqlite"):
        yield "ELBOWROOM_BUS_URL: on SQLite the desk is one process and needs no bus; leave it out"
        return
    try:
        refused = bus.silence(config.bus_url)
    except BadSetting as wrong:
        yield str(wrong)
        return
    if refused is not None:
        yield f"ELBOWROOM_BUS_URL: the bus does not answer ({refused}): check host, port, password and firewall"


def _mail(config: Config) -> Iterator[str]:
    if config.smtp_listen:
        host, _, port = config.smtp_listen.rpartition(":")
        if not host or not port.isdigit():
            yield f"ELBOWROOM_SMTP_LISTEN is {config.smtp_listen!r}: write host:port, like 127.0.0.1:2525"
    if config.smtp_url:
        parts = urlsplit(config.smtp_url)
        if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
            yield "ELBOWROOM_SMTP_URL can't be read: write smtps://user:password@host:465 or smtp+starttls://…:587"
            return
        try:
            socket.create_connection((parts.hostname, parts.port or 25), timeout=5).close()
        except OSError as refused:
            yield f"ELBOWROOM_SMTP_URL: {parts.hostname} does not answer ({refused}): check host, port and firewall"


def _failpoint() -> Iterator[str]:
    if point := os.environ.get(failpoints.NAME):
        yield f"{failpoints.NAME} is {point}: the desk kills itself there, which is for its tests alone; unset it"
