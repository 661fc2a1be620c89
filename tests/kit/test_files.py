"""Bytes under random names, outside the web root."""

from pathlib import Path

import pytest

from elbowroom.kit.files import Files


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
