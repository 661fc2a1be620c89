"""Restore: the desk is as it was, under a new epoch, and what was there before is put aside."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from elbowroom.app import engines
from elbowroom.keeping import backup, restore
from elbowroom.keeping.failing import Failed
from elbowroom.keeping.progress import Progress
from elbowroom.kit.config import Config
from elbowroom.kit.stores import whole
from elbowroom.kit.stores.sqlite import DatabaseBusy
from tests.cast import Desk, Nora, Person

from .conftest import MAILBOX_PASSWORD, password_of_mailbox, seen

pytestmark = [pytest.mark.slow, pytest.mark.sqlite]  # where each of them begins


def backed_up(desk: Desk, file: Path) -> Path:
    list(backup.run(desk.config, file, Progress()))
    return file


def put_back(desk: Desk, file: Path, **more: Any) -> list[str]:
    return list(restore.run(desk.config, file, Progress(), **more))


def test_everyone_sees_what_she_saw(
    own_desk: Desk, ada: Person, bianca: Person, lena: Person, worked: list[int], tmp_path: Path
) -> None:
    before = seen(own_desk, [ada, bianca, lena], worked)
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    own_desk.stop()
    own_desk.config = replace(own_desk.config, data_dir=tmp_path / "elsewhere")
    put_back(own_desk, file)
    own_desk.start()
    assert seen(own_desk, [ada, bianca, lena], worked) == before
    assert password_of_mailbox(own_desk) == MAILBOX_PASSWORD


def test_what_came_after_the_backup_is_put_aside_whole(
    own_desk: Desk, bianca: Person, nora: Nora, worked: list[int], tmp_path: Path
) -> None:
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    later = nora.writes("Came later")
    after = seen(own_desk, [bianca], [*worked, later])
    own_desk.stop()
    put_back(own_desk, file, yes=True)
    own_desk.start()
    assert bianca.get(f"/tickets/{later}").status == 404
    own_desk.stop()
    (aside,) = own_desk.folder.glob("before-*")
    own_desk.config = replace(own_desk.config, data_dir=aside)
    own_desk.start()
    assert seen(own_desk, [bianca], [*worked, later]) == after


def test_a_page_that_comes_back_begins_anew(own_desk: Desk, hanna: Person, worked: list[int], tmp_path: Path) -> None:
    welcome = hanna.tab().welcome
    left_off = {name: welcome[name] for name in ("epoch", "position", "mark")}
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    own_desk.restart()
    assert hanna.tab(resume=left_off).welcome["resumed"] is True, "a restart alone does not"
    own_desk.stop()
    put_back(own_desk, file, yes=True)
    own_desk.start()
    again = hanna.tab(resume=left_off)
    assert (again.welcome["resumed"], again.welcome["epoch"] != left_off["epoch"]) == (False, True)
    snapshot = again.watches(f"ticket/{worked[0]}", known=True)
    assert snapshot["type"] == "snapshot"


def test_numbers_go_on_and_none_is_given_twice(
    own_desk: Desk, bianca: Person, nora: Nora, worked: list[int], tmp_path: Path
) -> None:
    given = own_desk.read(lambda read: whole.counters(read.connection))
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    own_desk.stop()
    put_back(own_desk, file, yes=True)
    own_desk.start()
    assert own_desk.read(lambda read: whole.counters(read.connection)) == given
    assert nora.writes() == given["tickets"] + 1
    assert bianca.notes(worked[0], "It goes on.").ok()["message"]["text"] == "It goes on."


def test_a_desk_with_people_in_it_is_not_replaced_unasked(own_desk: Desk, ada: Person, tmp_path: Path) -> None:
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    own_desk.stop()
    with pytest.raises(Failed, match="--yes puts it aside, nothing is deleted"):
        put_back(own_desk, file)
    own_desk.start()
    assert ada.get("/me").ok()["name"] == "Ada"
    assert not list(own_desk.folder.glob("before-*"))


def test_one_that_nobody_set_up_yet_is_replaced(own_desk: Desk, worked: list[int], tmp_path: Path) -> None:
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    fresh = Config(data_dir=tmp_path / "fresh")
    engines(fresh).db.close()
    said = "\n".join(restore.run(fresh, file, Progress()))
    assert "under the name before-" in said


def test_not_while_a_server_runs(own_desk: Desk, ada: Person, tmp_path: Path) -> None:
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    with pytest.raises(DatabaseBusy, match="end it first"):
        put_back(own_desk, file, yes=True)
    assert ada.get("/me").status == 200


def test_another_key_than_the_one_in_force_is_refused_before_anything_moves(own_desk: Desk, tmp_path: Path) -> None:
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    there = Config(data_dir=tmp_path / "there", secret="not that one")
    with pytest.raises(Failed, match="ELBOWROOM_SECRET is not the backup's"):
        list(restore.run(there, file, Progress()))
    assert [path.name for path in there.data_dir.iterdir()] == ["server.lock"]


def test_a_failure_in_the_midst_leaves_the_former_desk(
    own_desk: Desk, bianca: Person, worked: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = seen(own_desk, [bianca], worked)
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    own_desk.stop()
    really = shutil.move

    def move(path: Path, to: Path) -> None:
        if to.name == "desk.sqlite3" and ".restore-" in str(path):
            raise OSError(28, "No space left on device", str(to))
        really(path, to)

    monkeypatch.setattr(shutil, "move", move)
    with pytest.raises(Failed, match="there is no room left"):
        put_back(own_desk, file, yes=True)
    monkeypatch.undo()
    own_desk.start()
    assert seen(own_desk, [bianca], worked) == before


def test_settings_are_given_back_beside_the_ones_in_force(own_desk: Desk, tmp_path: Path) -> None:
    own_desk.config = replace(own_desk.config, smtp_url="smtps://lamp:pässword@mail.example:465", secret="s")
    file = backed_up(own_desk, tmp_path / "b.tar.gz")
    there = Config(data_dir=tmp_path / "there")
    said = "\n".join(restore.run(there, file, Progress()))
    assert "yours are still the ones in force" in said
    written = (there.data_dir / "settings-of-backup.toml").read_text()
    assert written == 'smtp_url = "smtps://lamp:pässword@mail.example:465"\n'
    assert (there.data_dir / "secret.key").read_text() == "s"
