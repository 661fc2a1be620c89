"""A layer under the SQLite of this process that writes down what it does to the files of one folder.

It wraps the default VFS (https://www.sqlite.org/vfs.html) in the very library that Python's own sqlite3 uses, so the
store is opened by the product as ever.
"""

import _sqlite3
import ctypes
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CFUNCTYPE, Structure, addressof, c_char_p, c_int, c_int64, c_void_p
from pathlib import Path
from typing import Any

import pytest

from tests.faults.disk import Record, Step

OPEN_CREATE, DELETE_ON_CLOSE = 0x4, 0x8
WITH_FOLDER = 0x800 | 0x4000 | 0x80000  # a new journal or WAL: its first sync is its folder's too

Opening = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
Deleting = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
Writing = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
Truncating = CFUNCTYPE(c_int, c_void_p, c_int64)
Syncing = CFUNCTYPE(c_int, c_void_p, c_int)
Closing = CFUNCTYPE(c_int, c_void_p)


class Layer(Structure):
    """sqlite3_vfs, version 3."""

    _fields_ = [
        ("version", c_int), ("file_size", c_int), ("longest_path", c_int), ("next", c_void_p), ("name", c_char_p),
        ("data", c_void_p), ("open", c_void_p), ("delete", c_void_p), ("others", c_void_p * 14),
    ]  # fmt: skip


class Methods(Structure):
    """sqlite3_io_methods, version 3."""

    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", c_void_p), ("truncate", c_void_p),
        ("sync", c_void_p), ("others", c_void_p * 13),
    ]  # fmt: skip


def _library() -> ctypes.CDLL:
    """The SQLite that Python itself uses, with its functions in reach."""
    for where in (getattr(_sqlite3, "__file__", None), None):
        library = ctypes.CDLL(where)
        try:
            library.sqlite3_libversion.restype = c_char_p
            library.sqlite3_vfs_find.restype = c_void_p
        except AttributeError:
            continue
        assert library.sqlite3_libversion().decode() == sqlite3.sqlite_version
        return library
    pytest.fail(
        "this Python hides its SQLite, so no power cut can be simulated: use one whose sqlite3 module is linked with "
        "libsqlite3 (Debian: apt-get install python3; pyenv: apt-get install libsqlite3-dev, then build it anew)"
    )


class _Shim:
    """The layer for one record. Files elsewhere, and all but changes, go straight to the layer below."""

    def __init__(self, record: Record) -> None:
        self.record, self.library = record, _library()
        self.below = Layer.from_address(self.library.sqlite3_vfs_find(None))
        self.below_open, self.below_delete = Opening(self.below.open), Deleting(self.below.delete)
        self.open_files: dict[int, tuple[int, Any]] = {}  # address: (number, the methods below)
        self.wants_folder: set[int] = set()  # addresses: as SQLite does it, per open file
        self.tables: dict[int, Any] = {}
        self.kept = (  # the C side holds their addresses alone
            Opening(self.open), Deleting(self.delete), Writing(self.write), Truncating(self.truncate),
            Syncing(self.sync), Closing(self.close),
        )  # fmt: skip
        self.layer = Layer.from_buffer_copy(self.below)
        self.layer.name, self.layer.next = b"power cut", None
        self.layer.open, self.layer.delete = map(_address, self.kept[:2])

    def register(self) -> None:
        assert self.library.sqlite3_vfs_register(c_void_p(addressof(self.layer)), 1) == 0

    def unregister(self) -> None:
        assert not self.open_files, "the store is still open"
        assert self.library.sqlite3_vfs_unregister(c_void_p(addressof(self.layer))) == 0
        assert self.library.sqlite3_vfs_register(c_void_p(addressof(self.below)), 1) == 0

    # what SQLite calls
    def open(self, _layer: int, name: int | None, file: int, flags: int, told: int | None) -> int:
        path = Path(ctypes.string_at(name).decode()) if name else None
        if path is None or path.parent != self.record.folder or flags & DELETE_ON_CLOSE:
            return int(self.below_open(addressof(self.below), name, file, flags, told))
        is_new = bool(flags & OPEN_CREATE) and not path.exists()
        if (failed := self.below_open(addressof(self.below), name, file, flags, told)) == 0:
            if is_new:
                self._made(path.name)
            if is_new and flags & WITH_FOLDER:
                self.wants_folder.add(file)
            self._follow(file, self.record.numbers[path.name])
        return int(failed)

    def _made(self, name: str) -> None:
        number = self.record.numbers[name] = self.record.fresh()
        self.record.steps.append(Step("create", number, name=name))

    def _follow(self, file: int, number: int) -> None:
        """The file stays the layer's below; only its table of methods is exchanged for one of ours."""
        place = c_void_p.from_address(file)
        assert place.value is not None
        if place.value not in self.tables:
            ours = Methods.from_buffer_copy(Methods.from_address(place.value))
            ours.write, ours.truncate, ours.sync, ours.close = map(_address, self.kept[2:])
            self.tables[place.value] = ours
        self.open_files[file] = number, Methods.from_address(place.value)
        place.value = addressof(self.tables[place.value])

    def delete(self, _layer: int, name: bytes, syncs: int) -> int:
        path = Path(name.decode())
        failed = self.below_delete(addressof(self.below), name, syncs)
        if failed == 0 and path.parent == self.record.folder:
            self.record.steps.append(Step("delete", name=path.name))
            if syncs:
                self.record.steps.append(Step("folder synced"))
        return int(failed)

    def write(self, file: int, data: int, size: int, at: int) -> int:
        number, below = self.open_files[file]
        failed = Writing(below.write)(file, data, size, at)
        if failed == 0:
            self.record.steps.append(Step("write", number, at, ctypes.string_at(data, size)))
        return int(failed)

    def truncate(self, file: int, size: int) -> int:
        number, below = self.open_files[file]
        failed = Truncating(below.truncate)(file, size)
        if failed == 0:
            self.record.steps.append(Step("truncate", number, size))
        return int(failed)

    def sync(self, file: int, _flags: int) -> int:
        """The true disk need not hear of it: the record is the disk."""
        number, _below = self.open_files[file]
        self.record.steps.append(Step("synced", number, len(self.record.steps)))
        if file in self.wants_folder:
            self.wants_folder.remove(file)
            self.record.steps.append(Step("folder synced"))
        return 0

    def close(self, file: int) -> int:
        _number, below = self.open_files.pop(file)
        self.wants_folder.discard(file)
        return int(Closing(below.close)(file))


_former: list[_Shim] = []


def _address(function: Any) -> int | None:
    return ctypes.cast(function, c_void_p).value


@contextmanager
def recording(folder: Path) -> Iterator[Record]:
    """Every store that is opened in the folder meanwhile is written down, and is closed when this ends."""
    shim = _Shim(Record(folder.resolve()))
    shim.register()
    try:
        yield shim.record
    finally:
        shim.unregister()
        shim.record = Record(Path("/nowhere"))
        _former.append(shim)  # a store elsewhere that was opened meanwhile still goes through it
