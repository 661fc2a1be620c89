"""Bytes outside the database, under random names, never in the web root and never unpacked."""

import os
import secrets
from pathlib import Path


class Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, content: bytes) -> str:
        """Stores durably; returns the random name under which it is found."""
        name = secrets.token_hex(16)
        path = self._path(name)
        make_folder(path.parent)
        with path.open("xb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        sync_folder(path.parent)
        return name

    def get(self, name: str) -> bytes:
        """Raises FileNotFoundError where it is gone."""
        return self._path(name).read_bytes()

    def drop(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if len(name) != 32 or not set(name) <= set("0123456789abcdef"):
            raise FileNotFoundError(name)
        return self.folder / name[:2] / name


def make_folder(folder: Path) -> None:
    """Durably, with the folders above it that are missing."""
    if not folder.is_dir():
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """A file that is synced can still lose its name in a power cut until its folder is."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
