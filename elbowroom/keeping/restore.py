"""elbowroom restore: a backup in the desk's place, under a new epoch; what was there is put aside, never deleted."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from elbowroom.keeping import archive, backup, stored
from elbowroom.keeping.archive import DATABASE, KEY, SETTINGS, Manifest
from elbowroom.keeping.failing import Failed, worded
from elbowroom.keeping.filling import filled
from elbowroom.keeping.progress import Progress
from elbowroom.kit import journal
from elbowroom.kit.clock import Clock, SystemClock
from elbowroom.kit.config import Config
from elbowroom.kit.db import Database, only_server
from elbowroom.kit.stores import copying, forming

Rename = Callable[[Path, Path], None]
FILES, POSITION = "files", "position.json"
PUT = "settings-of-backup.toml"  # beside the operator's own, which stay in force


def run(config: Config, file: Path, progress: Progress, *, yes: bool = False) -> Iterator[str]:
    """Yields what was done, in lines. Raises Failed or DatabaseBusy; then the desk that was there is as it was."""
    clock = SystemClock()
    aside = time.strftime("before-%Y%m%d-%H%M%S", time.gmtime())
    with worded(f"restore {file}"):
        file.stat()
        config.data_dir.mkdir(parents=True, exist_ok=True)
        with (
            only_server(config.database, config.data_dir),
            TemporaryDirectory(dir=config.data_dir, prefix=".restore-") as made,
        ):
            folder = Path(made)
            manifest = _unpacked(file, folder, config, progress)
            _renew(folder / DATABASE, clock)
            was_there = _put(config, folder, aside, _guard(config, yes), clock, progress)
        progress.clear()
    yield f"{file} is restored to {stored.place(config)}."
    yield from backup.described(manifest)
    yield "It has a new epoch: open pages load afresh by themselves once the desk runs."
    if was_there:
        yield f"What was there before is kept under the name {aside}."
    if (config.data_dir / PUT).exists():
        yield f"Its settings are in {config.data_dir / PUT}; yours are still the ones in force."


def _guard(config: Config, yes: bool) -> Callable[[], None]:
    def occupied() -> None:
        if not yes:
            raise Failed(f"there is a desk in {stored.place(config)} already; --yes puts it aside, nothing is deleted")

    return occupied


def _unpacked(file: Path, folder: Path, config: Config, progress: Progress) -> Manifest:
    """Everything in the folder, found to be whole, and the key to be the one that is in force."""
    manifest = archive.unpack(file, folder, lambda _name: True, progress)
    backup.check_database(folder / DATABASE, manifest, progress)
    (folder / FILES).mkdir(exist_ok=True)
    if config.secret and config.secret != (folder / KEY).read_text():
        raise Failed(
            "ELBOWROOM_SECRET is not the backup's, so mailbox passwords could not be opened; unset it, and the key "
            "of the backup is used"
        )
    return manifest


def _renew(file: Path, clock: Clock) -> None:
    """This version's form and a new epoch, before anything takes its place."""
    database = Database(f"sqlite:///{file}", clock, readers=1)
    forming.migrate(database.engine)
    database.start()
    try:
        database.write_now(journal.new_epoch)
    finally:
        database.close()


def _put(
    config: Config, folder: Path, aside: str, occupied: Callable[[], None], clock: Clock, progress: Progress
) -> bool:
    """Into its place, and what was there aside. Returns whether there was something."""
    target = stored.database_file(config)
    if target is not None:
        if _is_lived_in(target):
            occupied()
        target.parent.mkdir(parents=True, exist_ok=True)
        with _all_or_none() as rename:
            return _swap(rename, config.data_dir, folder, aside, target)
    with (
        copying.frozen(folder / DATABASE).connect() as source,
        _all_or_none() as rename,
        filled(config.database, source, aside, occupied, clock, progress) as was_there,
    ):
        return _swap(rename, config.data_dir, folder, aside) or was_there


def _is_lived_in(file: Path) -> bool:
    """A file that can't be read may be somebody's desk."""
    if not file.exists():
        return False
    engine = create_engine(f"sqlite:///{file}")
    try:
        with engine.connect() as connection:
            return stored.is_lived_in(connection)
    except DBAPIError:
        return True
    finally:
        engine.dispose()


def _swap(rename: Rename, data: Path, folder: Path, aside: str, database: Path | None = None) -> bool:
    """Returns whether something was put aside."""
    there = [data / name for name in (FILES, KEY, PUT, POSITION)]
    into = {folder / FILES: data / FILES, folder / KEY: data / KEY}
    if (folder / SETTINGS).exists():
        into[folder / SETTINGS] = data / PUT
    if database is not None:
        there += [database.with_name(database.name + end) for end in ("", "-wal", "-shm")]
        into[folder / DATABASE] = database
    out = {path: path.parent / aside / path.name for path in there if path.exists()}
    os.sync()
    for path, to in {**out, **into}.items():
        rename(path, to)
    os.sync()
    return bool(out)


@contextmanager
def _all_or_none() -> Iterator[Rename]:
    """What was renamed gets its former name back when the block fails."""
    done: list[tuple[Path, Path]] = []

    def rename(path: Path, to: Path) -> None:
        to.parent.mkdir(exist_ok=True, mode=0o700)
        shutil.move(path, to)
        done.append((path, to))

    try:
        yield rename
    except BaseException:
        for path, to in reversed(done):
            shutil.move(to, path)
        raise
