"""The form of a backup: one tar.gz with the database, the files, the key and the settings, and a manifest at its end.

Nothing is taken out by the name that stands in it: a name is one of ours, or the whole file is refused.
"""

import gzip
import io
import json
import os
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import IO, Any

from elbowroom.keeping.failing import Damaged, Failed
from elbowroom.kit.stores import forming
from elbowroom.kit.stores.whole import Watch

FORM = 1
DATABASE, KEY, SETTINGS, MANIFEST = "desk.sqlite3", "secret.key", "settings.toml", "manifest.json"
FILE = re.compile(r"files/([0-9a-f]{2})/(\1[0-9a-f]{30})")
NAMES = re.compile(rf"{re.escape(DATABASE)}|{re.escape(KEY)}|{re.escape(SETTINGS)}|{FILE.pattern}")
CHUNK = 1024 * 1024
LEVEL = 3  # of gzip: files are mostly packed already, and a database shrinks well at any level
Manifest = dict[str, Any]


class _Reader:
    """What is read through it is hashed and counted."""

    def __init__(self, inner: IO[bytes]) -> None:
        self.inner, self.hash, self.size = inner, sha256(), 0

    def read(self, size: int = -1) -> bytes:
        content = self.inner.read(size)
        self.hash.update(content)
        self.size += len(content)
        return content

    def seen(self) -> dict[str, Any]:
        return {"bytes": self.size, "sha256": self.hash.hexdigest()}


@contextmanager
def writing(to: Path) -> Iterator[Path]:
    """A name beside `to`, which takes its place when the block has ended well and goes when it has not."""
    fresh = to.with_name(f".{to.name}.part")
    try:
        yield fresh
        fresh.replace(to)
        _sync(to.parent)
    finally:
        fresh.unlink(missing_ok=True)


def pack(file: Path, parts: dict[str, Path], manifest: Manifest, watch: Watch) -> None:
    """Writes it whole and durable, for its owner's eyes alone. A part of `files/` that is gone meanwhile is left out.

    `manifest` gains the size and hash of each part.
    """
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        with tarfile.open(fileobj=handle, mode="w:gz", compresslevel=LEVEL) as tar:
            manifest["parts"] = {}
            for done, (name, path) in enumerate(parts.items()):
                watch("packing", done, len(parts))
                try:
                    manifest["parts"][name] = _add(tar, name, path)
                except FileNotFoundError:
                    if not name.startswith("files/"):
                        raise
            _add_manifest(tar, manifest)
        handle.flush()
        os.fsync(handle.fileno())


def _add(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as handle:
        entry = tarfile.TarInfo(name)
        about = os.fstat(handle.fileno())
        entry.size, entry.mtime, entry.mode = about.st_size, int(about.st_mtime), 0o600
        reader = _Reader(handle)
        tar.addfile(entry, reader)
    return reader.seen()


def _add_manifest(tar: tarfile.TarFile, manifest: Manifest) -> None:
    written = json.dumps(manifest, indent=1, sort_keys=True).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(written), 0o600
    tar.addfile(entry, io.BytesIO(written))


def unpack(file: Path, folder: Path, wanted: Callable[[str], bool], watch: Watch) -> Manifest:
    """Puts the wanted parts into the folder and compares all with the manifest. Raises Damaged."""
    found: dict[str, dict[str, Any]] = {}
    manifest: Manifest = {}
    try:
        with file.open("rb") as raw, gzip.GzipFile(fileobj=raw) as inner:
            size = file.stat().st_size
            with tarfile.open(fileobj=inner, mode="r|") as tar:
                for entry in tar:
                    watch("reading the backup", raw.tell(), size)
                    content = tar.extractfile(entry) if entry.isreg() else None
                    if content is None or entry.name in found:
                        raise Damaged(f"{file} holds {entry.name!r}, which is no part of a backup")
                    if entry.name == MANIFEST:
                        manifest = _read_manifest(file, content.read())
                        continue
                    found[entry.name] = _take_out(file, entry.name, content, folder if wanted(entry.name) else None)
            while inner.read(CHUNK):  # to the end, where gzip has its checksum
                pass
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as wrong:
        raise Damaged(f"{file} is no backup of a desk, or it is damaged or cut short ({wrong})") from wrong
    _compare(file, manifest, found)
    return manifest


def _take_out(file: Path, name: str, content: IO[bytes], folder: Path | None) -> dict[str, Any]:
    if not NAMES.fullmatch(name):
        raise Damaged(f"{file} holds {name!r}, which is no part of a backup")
    if folder is None:
        return seen(content)
    reader = _Reader(content)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
        while chunk := reader.read(CHUNK):
            handle.write(chunk)
    return reader.seen()


def seen(content: IO[bytes]) -> dict[str, Any]:
    """Size and hash, as they stand in the manifest."""
    reader = _Reader(content)
    while reader.read(CHUNK):
        pass
    return reader.seen()


def _read_manifest(file: Path, written: bytes) -> Manifest:
    try:
        manifest = json.loads(written)
        form, migration = manifest["form"], manifest["migration"]
    except (ValueError, TypeError, LookupError) as wrong:
        raise Damaged(f"the manifest of {file} can't be read ({wrong})") from wrong
    if form != FORM or not forming.knows_form(migration):
        raise Failed(f"{file} was made by Elbowroom {manifest.get('version')}; restore it with that version or a newer")
    return dict(manifest)


def _compare(file: Path, manifest: Manifest, found: dict[str, dict[str, Any]]) -> None:
    if not manifest:
        raise Damaged(f"{file} has no manifest: it is no backup of a desk, or it is cut short")
    named = manifest["parts"]
    for name in sorted(named.keys() | found.keys()):
        if named.get(name) != found.get(name):
            what = "is missing" if name not in found else "is not what the manifest says"
            raise Damaged(f"{file} is damaged: {name} {what}")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
