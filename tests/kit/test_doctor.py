"""Each wrong setting in one line, with its mend."""

import shutil
import socket
import sqlite3
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import update

from elbowroom import cli
from elbowroom.app import engines
from elbowroom.doctor import findings
from elbowroom.kit.config import BadSetting, Config
from elbowroom.people import agents
from elbowroom.people.tables import people
from tests.cast import free_port
from tests.mailservers import certificate as certificate_for


@pytest.fixture
def well(tmp_path: Path) -> dict[str, Any]:
    engines(config := Config(data_dir=tmp_path / "data", url="https://desk.example")).db.close()
    return {"data_dir": config.data_dir, "url": config.url}


def one(well: dict[str, Any], **wrong: Any) -> str:
    """The only line about it."""
    lines = list(findings(Config(**{**well, **wrong})))
    assert len(lines) == 1, lines
    return lines[0]


def test_a_well_desk_has_none(well: dict[str, Any]) -> None:
    assert list(findings(Config(**well))) == []


def test_looking_changes_nothing(well: dict[str, Any]) -> None:
    before = {file.name for file in well["data_dir"].iterdir()}
    list(findings(Config(**well)))
    assert {file.name for file in well["data_dir"].iterdir()} - {"desk.sqlite3-wal", "desk.sqlite3-shm"} <= before


def test_no_address(well: dict[str, Any]) -> None:
    assert "set it to the address people open" in one(well, url="")


def test_a_failpoint_that_was_left(well: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELBOWROOM_FAILPOINT", "committed")
    assert "kills itself there" in one(well)


def test_people_who_are_told_by_mail_and_can_not_answer(well: dict[str, Any]) -> None:
    own = engines(Config(**well))
    own.db.write_now(lambda tx: agents.add(tx, "bianca@desk.example", "Bianca", "agent", "Support", "x"))
    own.db.write_now(lambda tx: tx.run(update(people).values(mails="mine")))
    own.db.close()
    assert "ELBOWROOM_MAIL_AUTHSERV is not set: 1 of the desk's people" in one(well)
    assert list(findings(Config(**{**well, "mail_authserv": "mx.desk.example"}))) == []


def test_no_tls(well: dict[str, Any]) -> None:
    assert "unencrypted" in one(well, url="http://desk.example")
    assert list(findings(Config(**{**well, "url": "http://localhost:8000"}))) == []


def test_an_address_with_a_path(well: dict[str, Any]) -> None:
    assert "leave out the path" in one(well, url="https://desk.example/support")


def test_a_certificate_that_can_not_be_used(well: dict[str, Any], tmp_path: Path) -> None:
    for name in ("mine", "other", "old"):
        (tmp_path / name).mkdir()
    certificate, key = certificate_for(tmp_path / "mine")
    other, _ = certificate_for(tmp_path / "other")
    old, old_key = certificate_for(tmp_path / "old", days=-1)
    mine = {"tls_certificate": str(certificate), "tls_key": str(key)}
    assert list(findings(Config(**{**well, **mine}))) == []
    assert "set ELBOWROOM_TLS_CERTIFICATE" in one(well, tls_key=str(key))
    assert "can't be read" in one(well, **{**mine, "tls_key": "/nowhere/key.pem"})
    assert "is not the key of" in one(well, **{**mine, "tls_certificate": str(other)})
    assert "both are PEM" in one(well, tls_certificate=str(key), tls_key=str(key))
    assert "renew it" in one(well, tls_certificate=str(old), tls_key=str(old_key))
    assert "write https://" in one({**well, "url": "http://localhost"}, **mine)


def test_a_key_with_a_password(well: dict[str, Any], tmp_path: Path) -> None:
    certificate, key = certificate_for(tmp_path)
    opened = load_pem_private_key(key.read_bytes(), None)
    locked = serialization.BestAvailableEncryption(b"hunter2")
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key.write_bytes(opened.private_bytes(pem, form, locked))
    assert "store it without one" in one(well, tls_certificate=str(certificate), tls_key=str(key))


def test_a_folder_that_is_none(well: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert "can't be written" in one(well, data_dir=file / "data")


def test_little_room(well: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: Usage(1024**3 - 1))
    assert "1 GiB free" in one(well)


def test_a_key_that_others_can_read(well: dict[str, Any]) -> None:
    (well["data_dir"] / "secret.key").chmod(0o644)
    assert "chmod 600" in one(well)


def test_another_database(well: dict[str, Any]) -> None:
    assert "does not answer" in one(well, database_url="postgresql://127.0.0.1:1/desk")
    assert "no store of this desk" in one(well, database_url="mysql://db/desk")


def test_a_secret_that_is_not_the_desks(
    well: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As of a second server that made one of its own, or of a folder without its key."""
    assert "the same ELBOWROOM_SECRET" in one(well, secret="another")
    with pytest.raises(BadSetting, match="the same ELBOWROOM_SECRET"):
        engines(Config(**well, secret="another"))
    (well["data_dir"] / "secret.key").unlink()
    assert "the same ELBOWROOM_SECRET" in one(well)
    monkeypatch.setenv("ELBOWROOM_DATA_DIR", str(well["data_dir"]))
    assert cli.main(["serve", "--port", "0"]) == 1
    assert "the same ELBOWROOM_SECRET" in capsys.readouterr().err
    assert cli.main(["migrate", "--new-secret"]) == 0
    assert list(findings(Config(**well))) == []


def test_a_bus_that_nobody_needs(well: dict[str, Any]) -> None:
    assert "ELBOWROOM_BUS_URL" in one(well, bus_url="redis://bus")


@pytest.mark.parametrize(
    ("url", "told"),
    [("redis://u:hunter2@127.0.0.1:{port}", "does not answer"), ("nats://bus:4222", "write redis://")],
)
def test_a_bus_that_does_not_answer(well: dict[str, Any], url: str, told: str) -> None:
    bus = url.format(port=free_port())
    lines = findings(Config(**{**well, "database_url": "postgresql://127.0.0.1/desk", "bus_url": bus}))
    about = [line for line in lines if line.startswith("ELBOWROOM_BUS_URL")]
    assert len(about) == 1
    assert told in about[0]
    assert "hunter2" not in about[0]


def test_an_old_sqlite(well: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 31, 0))
    monkeypatch.setattr(sqlite3, "sqlite_version", "3.31.0")
    assert one(well).startswith("SQLite is 3.31.0")


@pytest.mark.parametrize(
    ("change", "told"),
    [("DELETE FROM alembic_version", "elbowroom migrate"),
     ("UPDATE alembic_version SET version_num = '9999'", "newer version")],
)  # fmt: skip
def test_a_store_of_another_form(well: dict[str, Any], change: str, told: str) -> None:
    with sqlite3.connect(well["data_dir"] / "desk.sqlite3") as connection:
        connection.execute(change)
    connection.close()
    assert told in one(well)


def test_a_damaged_store(well: dict[str, Any]) -> None:
    for name in ("desk.sqlite3-wal", "desk.sqlite3-shm"):
        (well["data_dir"] / name).unlink(missing_ok=True)
    file = well["data_dir"] / "desk.sqlite3"
    content = bytearray(file.read_bytes())
    for page in range(4096 * 3, len(content), 4096):
        content[page : page + 64] = b"\xff" * 64
    file.write_bytes(content)
    assert "damaged" in "".join(findings(Config(**well)))
    file.write_bytes(b"not a database at all, whatever its name says. " * 100)
    assert "damaged" in "".join(findings(Config(**well)))


@pytest.mark.parametrize("listen", ["2525", ":2525", "0.0.0.0:smtp", "0.0.0.0:"])
def test_a_mail_door_that_is_none(well: dict[str, Any], listen: str) -> None:
    assert "host:port" in one(well, smtp_listen=listen)
    assert list(findings(Config(**{**well, "smtp_listen": "127.0.0.1:2525"}))) == []


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://", "smtps://:465"])
def test_a_way_out_that_is_none(well: dict[str, Any], url: str) -> None:
    assert "can't be read" in one(well, smtp_url=url)


def test_a_mail_server_that_is_silent(well: dict[str, Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert list(findings(Config(**{**well, "smtp_url": f"smtp://127.0.0.1:{port}"}))) == []
    assert "does not answer" in one(well, smtp_url=f"smtp://u:hunter2@127.0.0.1:{port}")
    assert "hunter2" not in one(well, smtp_url=f"smtp://u:hunter2@127.0.0.1:{port}")


def test_the_command_says_each_in_a_line(
    well: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELBOWROOM_DATA_DIR", str(well["data_dir"]))
    monkeypatch.setenv("ELBOWROOM_URL", "https://desk.example")
    assert cli.main(["doctor"]) == 0
    monkeypatch.setenv("ELBOWROOM_URL", "http://desk.example/x")
    assert cli.main(["doctor"]) == 1
    assert [line[0] for line in capsys.readouterr().out.splitlines()] == ["✓", "✗", "✗"]
