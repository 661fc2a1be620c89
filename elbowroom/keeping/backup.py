"""elbowroom backup: the whole desk as of one moment, while it runs, in one file that was opened and compared."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from elbowroom import __version__
from elbowroom.keeping import archive, stored
from elbowroom.keeping.archive import DATABASE, KEY, SETTINGS, Manifest
from elbowroom.keeping.failing import Damaged, Failed, worded
from elbowroom.keeping.progress import Progress
from elbowroom.kit import journal
from elbowroom.kit.clock import SystemClock, moment
from elbowroom.kit.config import Config
from elbowroom.kit.db import Database, Read
from elbowroom.kit.stores import copying, forming, sqlite
from elbowroom.kit.stores.whole import Watch

RESTORED = ("url", "smtp_listen", "smtp_url", "mail_networks", "mail_authserv")  # a desk elsewhere wants them again


@dataclass(frozen=True)
class Desk:
    """What is backed up, and where it is put together."""

    config: Config
    clock: SystemClock
    folder: Path
    watch: Watch


def run(config: Config, to: Path, progress: Progress) -> Iterator[str]:
    """Yields what was done, in lines. Raises Failed; then there is no new file, and a former one is as it was."""
    file = _file(to)
    with worded(f"back up to {file}"):
        with archive.writing(file) as fresh, TemporaryDirectory(dir=file.parent, prefix=".elbowroom-") as folder:
            desk = Desk(config, SystemClock(), Path(folder), progress)
            manifest = _collect(desk, fresh)
            check(fresh, desk.folder, progress)
        progress.clear()
        yield f"{file}, {file.stat().st_size:,} bytes: opened and compared."
    yield from described(manifest)
    yield "It holds the desk's key, password hashes and all that was written: keep it where nobody else reads."


def described(manifest: Manifest) -> Iterator[str]:
    rows = sum(table["rows"] for table in manifest["tables"].values())
    files = sum(name.startswith("files/") for name in manifest["parts"])
    yield f"{rows:,} rows and {files:,} files as of {manifest['made_at']}, position {manifest['position']}."
    if lost := manifest["lost_files"]:
        yield f"Missing, for the desk names them and its folder lacks them: {len(lost)} files, the first is {lost[0]}."


def _file(to: Path) -> Path:
    """In a folder: a name with the time. The folder itself must be there."""
    named = to / time.strftime("elbowroom-%Y%m%d-%H%M%S.tar.gz", time.gmtime()) if to.is_dir() else to
    if not named.parent.is_dir():
        raise Failed(f"there is no folder {named.parent}; make it first")
    return named


def _collect(desk: Desk, fresh: Path) -> Manifest:
    if (file := stored.database_file(desk.config)) is not None and not file.exists():
        stored.check_there(desk.config, None)
    database = Database(desk.config.database, desk.clock, readers=1)
    try:
        manifest, named = database.read_now(lambda read: _take(desk, read))
    finally:
        database.close()
    # Files are written before the rows that name them, and these are already taken.
    parts = {DATABASE: desk.folder / DATABASE, **_beside(desk), **_files(desk.config.data_dir)}
    manifest["lost_files"] = sorted(named - {Path(name).name for name in parts})
    archive.pack(fresh, parts, manifest, desk.watch)
    (desk.folder / DATABASE).unlink()
    return manifest


def _take(desk: Desk, read: Read) -> tuple[Manifest, set[str]]:
    """The database of this one moment into the folder; its figures, and the files that it names."""
    stored.check_there(desk.config, forming.form_of(read.connection))
    file = desk.folder / DATABASE
    file.unlink(missing_ok=True)  # a connection that broke is asked anew
    if read.is_postgres:
        engine = sqlite.engine(f"sqlite:///{file}", 1, writes=True)
        with forming.making(engine) as target:
            forming.migrate_within(target)
            stored.carry_all(read.connection, target, desk.clock, desk.watch)
        engine.dispose()
    else:
        copying.copy_pages(read.connection, file, desk.watch)
    manifest: Manifest = {
        "form": archive.FORM, "version": __version__, "migration": forming.newest_form(), "made_at": moment(read.now),
        **journal.head(read).body(), "tables": stored.figures(read.connection, desk.watch),
    }  # fmt: skip
    return manifest, stored.named_files(read.connection)


def _beside(desk: Desk) -> dict[str, Path]:
    """The key, whether it comes from a file or from the environment, and what is set."""
    config, key, settings = desk.config, desk.folder / KEY, desk.folder / SETTINGS
    key.write_text(config.secret or (config.data_dir / KEY).read_text())
    written: dict[str, Any] = {name: getattr(config, name) for name in RESTORED}
    written["mail_networks"] = " ".join(str(one) for one in config.mail_networks)
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in written.items() if value]
    settings.write_text("".join(lines))
    return {KEY: key, SETTINGS: settings} if lines else {KEY: key}


def _files(folder: Path) -> dict[str, Path]:
    there = {path.relative_to(folder).as_posix(): path for path in sorted((folder / "files").glob("??/*"))}
    return {name: path for name, path in there.items() if archive.FILE.fullmatch(name)}


def check(file: Path, folder: Path, watch: Watch) -> Manifest:
    """Opens a backup: all its parts, and its database, whose file is left in the folder. Raises Damaged."""
    manifest = archive.unpack(file, folder, lambda name: name == DATABASE, watch)
    check_database(folder / DATABASE, manifest, watch)
    return manifest


def check_database(file: Path, manifest: Manifest, watch: Watch) -> None:
    """The database of an unpacked backup against the manifest. One of an older form is only looked at for damage."""
    with copying.frozen(file).connect() as connection:
        said = copying.damage(connection)
        if said is None and manifest["migration"] == forming.newest_form():
            said = stored.difference(manifest["tables"], stored.figures(connection, watch))
    if said is not None:
        raise Damaged(f"the backup's database is damaged: {said}")
