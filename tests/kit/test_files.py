"""Bytes under random names, outside the web root."""

import os
from pathlib import Path

import pytest

from elbowroom.kit.files import Files
from elbowroom.kit.vault import open_vault


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "files")


def test_what_is_put_is_got(files: Files) -> None:
    names = [files.put(b"same"), files.put(b"same")]
    assert [files.get(name) for name in names] == [b"same", b"same"]
    assert len(set(names)) == 2
    assert all(len(name) == 32 for name in names)


def test_what_is_dropped_is_gone_and_dropping_twice_is_fine(files: Files) -> None:
    name = files.put(b"x")
    files.drop(name)
    files.drop(name)
    with pytest.raises(FileNotFoundError):
        files.get(name)


@pytest.mark.parametrize("name", ["../secret.key", "/etc/passwd", "", "a" * 31, "A" * 32, "..", "a" * 30 + "/.",
                                  "\x00" * 32, "é" * 32])  # fmt: skip
def test_no_name_leads_out_of_the_folder(files: Files, tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.key").write_text("secret")
    for way in (files.get, files.drop):
        with pytest.raises(FileNotFoundError):
            way(name)
    assert (tmp_path / "secret.key").exists()


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> dict[int, int]:
    """What the disk was told to keep, by inode: the size of a file, the number of names in a folder."""
    kept: dict[int, int] = {}

    def fsync(descriptor: int) -> None:
        of = os.fstat(descriptor)
        kept[of.st_ino] = len(os.listdir(descriptor)) if os.path.isdir(descriptor) else of.st_size

    monkeypatch.setattr(os, "fsync", fsync)
    return kept


def is_durable(path: Path, above: Path, synced: dict[int, int]) -> bool:
    """The content is synced, and so is each name on the way to it from a folder that stood before."""
    names = {one: synced.get(one.stat().st_ino) for one in path.parents if one.is_relative_to(above)}
    whole = synced.get(path.stat().st_ino) == path.stat().st_size > 0
    return whole and all(count == len(os.listdir(folder)) for folder, count in names.items())


def test_a_power_cut_takes_neither_content_nor_name(files: Files, tmp_path: Path, synced: dict[int, int]) -> None:
    name = files.put(b"a lamp")
    assert is_durable(tmp_path / "files" / name[:2] / name, tmp_path, synced)


def test_the_secret_stands_before_anything_is_sealed(tmp_path: Path, synced: dict[int, int]) -> None:
    open_vault(tmp_path)
    assert is_durable(tmp_path / "secret.key", tmp_path, synced)
