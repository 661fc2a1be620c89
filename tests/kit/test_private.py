"""What the desk keeps is for its own user alone."""

import io
from pathlib import Path

import pytest

from elbowroom import cli


def test_the_data_folder_can_be_read_by_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "data"
    monkeypatch.setenv("ELBOWROOM_DATA_DIR", str(folder))
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse battery\n"))
    asked = ["user", "add", "ada@desk.example", "--name", "Ada", "--department", "Support", "--password-stdin"]
    assert cli.main(asked) == 0
    assert {one.name for one in folder.iterdir()} >= {"desk.sqlite3", "secret.key"}
    assert [one.name for one in (folder, *folder.iterdir()) if one.stat().st_mode & 0o077] == []
