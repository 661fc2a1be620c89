"""Backup: whole, of one moment while the desk runs, and refused where it is not what it was."""

import gzip
import io
import json
import os
import re
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from elbowroom import cli
from elbowroom.conversations.tables import attachments, messages
from elbowroom.keeping import archive, backup
from elbowroom.keeping.failing import Damaged, Failed
from elbowroom.keeping.progress import Progress
from elbowroom.kit import journal, log
from elbowroom.kit.config import Config
from elbowroom.kit.stores import copying, sqlite
from tests.cast import LOG, Desk, Person, desk_of, eventually

from .conftest import work

pytestmark = pytest.mark.slow
NAME = re.compile(r"elbowroom-\d{8}-\d{6}\.tar\.gz")


@pytest.fixture(scope="module")
def file(template: Path, tmp_path_factory: pytest.TempPathFactory, overheard: None) -> Path:
    """A backup of a desk in which people have worked; whoever damages it takes a copy."""
    folder = tmp_path_factory.mktemp("backed up")
    LOG.events.clear()
    with desk_of(template, folder / "desk") as desk:
        work(desk)
        list(backup.run(desk.config, folder / "b.tar.gz", Progress()))
    assert not LOG.errors
    return folder / "b.tar.gz"


def parts_of(file: Path) -> dict[str, bytes]:
    with tarfile.open(file) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]


def packed(file: Path, parts: dict[str, bytes]) -> Path:
    """An archive with these parts, as someone else could make it."""
    with tarfile.open(file, "w:gz") as tar:
        for name, content in parts.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return file


def looked_at(file: Path, folder: Path) -> archive.Manifest:
    folder.mkdir()
    return backup.check(file, folder, Progress())


def test_it_tells_what_it_did_and_is_for_its_owner_alone(
    own_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ELBOWROOM_DATA_DIR", str(own_desk.folder))
    monkeypatch.setenv("ELBOWROOM_DATABASE_URL", own_desk.config.database)
    monkeypatch.setattr(log, "start_logging", lambda *_: None)
    (tmp_path / "backups").mkdir()
    assert cli.main(["backup", str(tmp_path / "backups")]) == 0
    (made,) = (tmp_path / "backups").iterdir()
    assert NAME.fullmatch(made.name)
    assert made.stat().st_mode & 0o777 == 0o600
    said = capsys.readouterr().out
    assert "opened and compared" in said
    assert "keep it where nobody else reads" in said


def test_the_manifest_names_everything(own_desk: Desk, worked: list[int], tmp_path: Path) -> None:
    list(backup.run(own_desk.config, tmp_path / "b.tar.gz", Progress()))
    manifest = looked_at(tmp_path / "b.tar.gz", tmp_path / "looked")
    head = own_desk.read(journal.head)
    assert (manifest["epoch"], manifest["position"]) == (head.epoch, head.position)
    named = {row["blob"] for row in own_desk.read(lambda read: read.rows(select(attachments)))}
    assert len(named) == 2
    assert {name.rpartition("/")[2] for name in manifest["parts"] if name.startswith("files/")} == named
    count = own_desk.read(lambda read: len(read.rows(select(messages))))
    assert manifest["tables"]["messages"]["rows"] == count > 6


def test_it_is_of_one_moment_while_everyone_writes(own_desk: Desk, worked: list[int], tmp_path: Path) -> None:
    stop, acknowledged = threading.Event(), list[str]()
    hands = [threading.Thread(target=write, args=(own_desk.person(name), worked[0], stop, acknowledged))
             for name in ("bianca", "hanna", "omid")]  # fmt: skip
    for hand in hands:
        hand.start()
    eventually(lambda: len(acknowledged) > 20, "they write")
    known = list(acknowledged)
    list(backup.run(own_desk.config, tmp_path / "b.tar.gz", Progress()))
    during = len(acknowledged) - len(known)
    stop.set()
    for hand in hands:
        hand.join(20)
    looked_at(tmp_path / "b.tar.gz", tmp_path / "looked")
    rows, told, blobs = of_one_moment(tmp_path / "looked" / archive.DATABASE, worked[0])
    assert during > 0, "the backup held everyone up"
    assert set(known) <= set(rows.values())
    assert rows.keys() == told
    names = parts_of(tmp_path / "b.tar.gz")
    assert all(f"files/{blob[:2]}/{blob}" in names for blob in blobs)
    assert len(blobs) > 2


def write(author: Person, ticket: int, stop: threading.Event, acknowledged: list[str]) -> None:
    number = 0
    while not stop.is_set():
        number += 1
        file = author.uploads(f"{author.name} {number}".encode()).ok()
        author.notes(ticket, f"{author.name} {number}", attachments=[file["id"]]).ok()
        acknowledged.append(f"{author.name} {number}")


def of_one_moment(file: Path, ticket: int) -> tuple[dict[int, str], set[int], list[str]]:
    """Of the ticket's notes: number → text, the numbers that facts tell of, and the files."""
    with copying.frozen(file).connect() as connection:
        notes = connection.execute(select(messages).where(messages.c.ticket == ticket, messages.c.kind == "note"))
        told = connection.execute(select(journal.facts).where(journal.facts.c.kind == "note_added"))
        numbers = {fact.data["message"]["number"] for fact in told if fact.place == f"ticket/{ticket}"}
        blobs = list(connection.execute(select(attachments.c.blob)).scalars())
        return {row.number: row.text for row in notes}, numbers, blobs


@pytest.mark.sqlite
def test_what_is_written_between_two_steps_of_the_copy_is_not_in_it(
    own_desk: Desk, bianca: Person, worked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "PAGES", 20)
    steps = list[int]()

    def meanwhile(_what: str, done: int, _of: int) -> None:
        steps.append(done)
        bianca.notes(worked[0], f"Between {len(steps)}").ok()

    before = own_desk.read(journal.head).position
    own_desk.read(lambda read: copying.copy_pages(read.connection, tmp_path / "copy", meanwhile))
    assert len(steps) > 3
    assert steps == sorted(steps), "it began anew"
    with copying.frozen(tmp_path / "copy").connect() as connection:
        assert copying.damage(connection) is None
        assert connection.execute(select(journal.feed.c.position)).scalars().all()[-1] == before
    assert own_desk.read(journal.head).position == before + len(steps)


def damaged_rows(parts: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """A row less, in a database that is whole in itself and hashed anew."""
    (folder / "d").write_bytes(parts[archive.DATABASE])
    engine = sqlite.engine(f"sqlite:///{folder / 'd'}", 1, writes=True)
    with engine.begin() as connection:
        connection.execute(delete(attachments).where(attachments.c.id == 2))
    engine.dispose()
    content = (folder / "d").read_bytes()
    manifest = json.loads(parts[archive.MANIFEST])
    manifest["parts"][archive.DATABASE] = archive.seen(io.BytesIO(content))
    return {**parts, archive.DATABASE: content, archive.MANIFEST: json.dumps(manifest).encode()}


def changed(parts: dict[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    return {**parts, name: content}


WRONG: list[tuple[str, Callable[[dict[str, bytes], Path], dict[str, bytes]]]] = [
    (r"the table attachments has 1 rows instead of 2", damaged_rows),
    (r"secret\.key is not what the manifest says", lambda parts, _: changed(parts, "secret.key", b"other")),
    (r"secret\.key is missing", lambda parts, _: {n: c for n, c in parts.items() if n != "secret.key"}),
    (r"has no manifest", lambda parts, _: {n: c for n, c in parts.items() if n != archive.MANIFEST}),
    (r"manifest .* can't be read", lambda parts, _: changed(parts, archive.MANIFEST, b"[]")),
    (r"holds '\.\./evil', which is no part", lambda parts, _: {"../evil": b"x", **parts}),
    (r"holds '/etc/passwd', which is no part", lambda parts, _: {"/etc/passwd": b"x", **parts}),
]


@pytest.mark.parametrize(("words", "wrong"), WRONG)
def test_what_is_wrong_with_a_damaged_one_is_said(file: Path, tmp_path: Path, words: str, wrong: Any) -> None:
    other = packed(tmp_path / "other.tar.gz", wrong(parts_of(file), tmp_path))
    with pytest.raises(Damaged, match=words):
        looked_at(other, tmp_path / "looked")
    assert not (tmp_path / "evil").exists()
    assert looked_at(packed(other, parts_of(file)), tmp_path / "right")["form"] == 1


def test_a_link_is_no_part_of_one(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "linked.tar.gz"
    with tarfile.open(other, "w:gz") as tar:
        entry = tarfile.TarInfo("secret.key")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(entry)
    with pytest.raises(Damaged, match=r"holds 'secret\.key', which is no part"):
        looked_at(other, tmp_path / "looked")


def test_a_flipped_bit_is_noticed_wherever_it_changes_anything(file: Path, tmp_path: Path) -> None:
    """A few bits of gzip say nothing: the name of the system in its head, a code that is not used."""
    right, noticed = file.read_bytes(), 0
    for share in range(1, 24):
        broken = bytearray(right)
        broken[len(right) * share // 24] ^= 1
        (tmp_path / f"flipped{share}").write_bytes(broken)
        try:
            looked_at(tmp_path / f"flipped{share}", tmp_path / f"looked{share}")
            assert gzip.decompress(broken) == gzip.decompress(right)
        except Damaged:
            noticed += 1
    assert noticed > 15


@pytest.mark.parametrize(
    "content",
    [b"", b"a letter", gzip.compress(b"a letter", mtime=0), gzip.compress(b"", mtime=0)],
    ids=["nothing", "a letter", "a packed letter", "packed nothing"],
)
def test_something_else_is_no_backup(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(Damaged, match="no backup of a desk"):
        looked_at(tmp_path / "other", tmp_path / "looked")


def test_a_cut_one_is_noticed_wherever_it_ends(file: Path, tmp_path: Path) -> None:
    content = file.read_bytes()
    for keeps in (20, len(content) // 2, len(content) - 9, len(content) - 1):
        (tmp_path / f"cut{keeps}").write_bytes(content[:keeps])
        with pytest.raises(Damaged, match="damaged or cut short"):
            looked_at(tmp_path / f"cut{keeps}", tmp_path / f"looked{keeps}")


def test_one_of_a_newer_version_is_left_to_that(file: Path, tmp_path: Path) -> None:
    parts = parts_of(file)
    manifest = {**json.loads(parts[archive.MANIFEST]), "migration": "9999", "version": "7.0"}
    newer = packed(tmp_path / "newer", changed(parts, archive.MANIFEST, json.dumps(manifest).encode()))
    with pytest.raises(Failed, match=r"made by Elbowroom 7\.0"):
        looked_at(newer, tmp_path / "looked")


def test_a_file_that_the_folder_lost_is_told_and_the_rest_is_saved(
    own_desk: Desk, worked: list[int], tmp_path: Path
) -> None:
    blob = own_desk.read(lambda read: read.value(select(attachments.c.blob)))
    own_desk.engines.files.drop(blob)
    said = "\n".join(backup.run(own_desk.config, tmp_path / "b.tar.gz", Progress()))
    assert f"1 files, the first is {blob}" in said
    assert looked_at(tmp_path / "b.tar.gz", tmp_path / "looked")["lost_files"] == [blob]


def test_without_a_desk_there_is_no_backup_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="there is no desk in"):
        list(backup.run(Config(data_dir=tmp_path / "nothing"), tmp_path / "b.tar.gz", Progress()))
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_former_backup_and_nothing_else(
    own_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = tmp_path / "to"
    to.mkdir()
    (to / "b.tar.gz").write_bytes(b"yesterday's")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Failed, match="there is no room left; make room"):
        list(backup.run(own_desk.config, to / "b.tar.gz", Progress()))
    assert [(path.name, path.read_bytes()) for path in to.iterdir()] == [("b.tar.gz", b"yesterday's")]


def test_no_right_to_the_place_is_said(own_desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr(backup, "TemporaryDirectory", closed)
    with pytest.raises(Failed, match=f"{tmp_path}: you have no right to it; run this as the desk's own user"):
        list(backup.run(own_desk.config, tmp_path / "b.tar.gz", Progress()))


def test_the_progress_is_for_terminals_alone() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    shown, piped = Terminal(), io.StringIO()
    for stream in (shown, piped):
        progress = Progress(stream)
        progress("packing", 1000, 3000)
        progress.clear()
    assert "packing: 1,000 of 3,000" in shown.getvalue()
    assert piped.getvalue() == ""
