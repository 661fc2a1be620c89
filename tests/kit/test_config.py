"""Settings: the environment over a file over the defaults, and each mistake named with its mend."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from elbowroom import cli
from elbowroom.kit.config import BadSetting, Config, load


def test_without_any_it_is_a_trial_on_this_machine() -> None:
    config = load({})
    assert config == Config()
    assert (config.is_local, config.is_https, config.origin) == (True, False, "")
    assert config.database == "sqlite:///elbowroom-data/desk.sqlite3"


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "desk.toml"
    file.write_text('url = "https://file.example"\nlog_level = "debug"\nmail_networks = ["10.0.0.0/8"]\n')
    config = load({"ELBOWROOM_CONFIG": str(file), "ELBOWROOM_URL": "https://desk.example/"})
    assert (config.url, config.log_level) == ("https://desk.example", "debug")
    assert config.mail_networks == (ip_network("10.0.0.0/8"),)
    assert (config.is_https, config.is_local, config.origin) == (True, False, "https://desk.example")


def test_networks_are_written_with_commas_or_blanks() -> None:
    config = load({"ELBOWROOM_MAIL_NETWORKS": "10.0.0.0/8, fd00::/8 192.0.2.1"})
    assert [str(one) for one in config.mail_networks] == ["10.0.0.0/8", "fd00::/8", "192.0.2.1/32"]


def test_a_mailbox_may_have_a_receiving_server_of_its_own() -> None:
    config = load({"ELBOWROOM_MAIL_AUTHSERV": "MX.desk.example, vip@desk.example=mx.elsewhere.example"})
    assert config.vouching_server("support@desk.example") == "mx.desk.example"
    assert config.vouching_server("VIP@desk.example") == "mx.elsewhere.example"
    alone = load({"ELBOWROOM_MAIL_AUTHSERV": "vip@desk.example=mx.elsewhere.example"})
    assert alone.vouching_server("support@desk.example") == ""
    assert load({}).vouching_server("support@desk.example") == ""


@pytest.mark.parametrize("wrong", ["vip@desk.example=", "support=mx.desk.example", "someone@desk.example"])
def test_a_receiving_server_is_a_name(wrong: str) -> None:
    with pytest.raises(BadSetting, match="ELBOWROOM_MAIL_AUTHSERV"):
        load({"ELBOWROOM_MAIL_AUTHSERV": wrong})


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:80", ""])
def test_a_loopback_address_is_a_trial(url: str) -> None:
    assert load({"ELBOWROOM_URL": url}).is_local


@pytest.mark.parametrize(
    ("environ", "told"),
    [({"ELBOWROOM_URL": "desk.example.org"}, "ELBOWROOM_URL"), ({"ELBOWROOM_URL": "ftp://x"}, "https://"),
     ({"ELBOWROOM_LOG_LEVEL": "loud"}, "ELBOWROOM_LOG_LEVEL"), ({"ELBOWROOM_MAIL_NETWORKS": "10.0.0.1/8"}, "NETWORKS"),
     ({"ELBOWROOM_MAIL_NETWORKS": "everyone"}, "10.0.0.0/8"), ({"ELBOWROOM_CONFIG": "/nowhere/desk.toml"}, "/nowhere")],
)  # fmt: skip
def test_a_mistake_is_named_with_its_mend(environ: dict[str, str], told: str) -> None:
    with pytest.raises(BadSetting, match=told):
        load(environ)


@pytest.mark.parametrize("written", ["url = ", "no_such_setting = 1", "url = 'https://a.example'\nurl = 'b'"])
def test_a_file_that_can_not_be_used_is_named(tmp_path: Path, written: str) -> None:
    file = tmp_path / "desk.toml"
    file.write_text(written)
    with pytest.raises(BadSetting, match=r"desk\.toml"):
        load({}, file)


def test_who_speaks_tls_is_https_unless_another_address_is_told() -> None:
    assert load({"ELBOWROOM_TLS_CERTIFICATE": "chain.pem"}).is_https
    assert not load({"ELBOWROOM_TLS_CERTIFICATE": "chain.pem", "ELBOWROOM_URL": "http://127.0.0.1"}).is_https


def test_the_secret_is_in_no_picture_of_the_settings() -> None:
    assert "open sesame" not in repr(load({"ELBOWROOM_SECRET": "open sesame"}))


def test_the_command_line_says_it_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setenv("ELBOWROOM_URL", "desk.example.org")
    assert cli.main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("elbowroom: ELBOWROOM_URL is 'desk.example.org'")
    assert said.count("\n") == 1
