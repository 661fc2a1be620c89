"""Secrets at rest, and keys for one purpose each."""

from pathlib import Path

import pytest

from elbowroom.kit.vault import Vault, WrongKey, hashed, open_vault


def test_what_was_sealed_opens_again_and_shows_nothing() -> None:
    vault = Vault("a secret of the tests")
    sealed = vault.seal("Passwort: ключ 钥匙")
    assert vault.unseal(sealed) == "Passwort: ключ 钥匙"
    assert "Passwort" not in sealed
    assert vault.seal("same") != vault.seal("same")


def test_another_key_opens_nothing_and_says_so() -> None:
    sealed = Vault("one").seal("password")
    with pytest.raises(WrongKey):
        Vault("two").unseal(sealed)
    for spoilt in (sealed[:-4] + "AAAA", "", "plain text"):
        with pytest.raises(WrongKey):
            Vault("one").unseal(spoilt)


def test_each_purpose_has_a_key_of_its_own() -> None:
    vault = Vault("a secret")
    assert vault.key("mail ids") != vault.key("commands")
    assert vault.key("mail ids") == Vault("a secret").key("mail ids")
    assert len(vault.key("mail ids")) == 32


def test_the_first_start_makes_a_secret_that_stays(tmp_path: Path) -> None:
    first = open_vault(tmp_path)
    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    assert open_vault(tmp_path).unseal(first.seal("x")) == "x"
    assert len((tmp_path / "secret.key").read_text()) >= 43


@pytest.mark.parametrize("left", ["", "\0" * 64], ids=["empty", "zeros"])
def test_a_secret_that_a_power_cut_emptied_is_made_anew(tmp_path: Path, left: str) -> None:
    (tmp_path / "secret.key").write_text(left)
    vault = open_vault(tmp_path)
    assert vault.key("a") not in (Vault("").key("a"), Vault(left).key("a"))
    assert open_vault(tmp_path).key("a") == vault.key("a")


def test_a_secret_of_the_settings_comes_before_the_file(tmp_path: Path) -> None:
    assert open_vault(tmp_path, "given").key("a") == Vault("given").key("a")
    assert not (tmp_path / "secret.key").exists()


def test_a_token_is_stored_as_its_hash() -> None:
    assert hashed("er_one") != hashed("er_two")
    assert "one" not in hashed("er_one")
