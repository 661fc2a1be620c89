"""Settings of the process: environment variables over a TOML file over defaults."""

import os
import tomllib
from dataclasses import dataclass, field, fields
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit


class BadSetting(Exception):
    """A setting that can't be used; the text says which and what to write instead."""


@dataclass(frozen=True)
class Config:
    """What the operator may set. Each name is ELBOWROOM_<NAME> in the environment."""

    data_dir: Path = Path("elbowroom-data")
    url: str = ""
    database_url: str = ""
    bus_url: str = ""
    tls_certificate: str = ""
    tls_key: str = ""
    smtp_listen: str = ""
    smtp_url: str = ""
    mail_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    mail_authserv: str = ""
    secret: str = field(default="", repr=False)
    log_format: str = "text"
    log_level: str = "info"

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://") or (not self.url and bool(self.tls_certificate))

    @property
    def is_local(self) -> bool:
        """A trial on one machine: no public address, or one on the loopback."""
        host = urlsplit(self.url).hostname or ""
        return host in {"", "localhost", "127.0.0.1", "::1"}

    @property
    def origin(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""

    def vouching_server(self, mailbox: str) -> str:
        """The authserv-id of the server that receives this mailbox's mail; "" where the operator named none."""
        named = _servers(self.mail_authserv)
        return named.get(mailbox.lower()) or named.get("", "")

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'desk.sqlite3'}"


def load(environ: dict[str, str] | None = None, file: Path | None = None) -> Config:
    """Reads the settings; raises BadSetting with a text that names the setting and its mend."""
    env = dict(os.environ) if environ is None else environ
    file = file or (Path(env["ELBOWROOM_CONFIG"]) if env.get("ELBOWROOM_CONFIG") else None)
    written = _read(file) if file else {}
    known = {one.name for one in fields(Config)}
    if unknown := sorted(set(written) - known):
        raise BadSetting(f"{file} has the unknown setting {unknown[0]!r}; known are {', '.join(sorted(known))}")
    values = {name: env.get(f"ELBOWROOM_{name.upper()}", written.get(name)) for name in known}
    return _checked({name: value for name, value in values.items() if value is not None})


def _servers(text: str) -> dict[str, str]:
    """ "mx.example.org, vip@example.org=mx.elsewhere.example": by mailbox, and under "" for all others."""
    pairs = [one.lower().rpartition("=") for one in text.replace(",", " ").split()]
    return {mailbox: server for mailbox, _, server in pairs}


def _read(file: Path) -> dict[str, object]:
    try:
        return tomllib.loads(file.read_text())
    except (OSError, tomllib.TOMLDecodeError) as wrong:
        raise BadSetting(f"{file} can't be read as TOML: {wrong}") from wrong


def _checked(values: dict[str, object]) -> Config:
    networks = values.pop("mail_networks", "")
    listed = networks if isinstance(networks, list) else str(networks).replace(",", " ").split()
    texts = {name: str(value) for name, value in values.items()}
    folder = Path(texts.pop("data_dir", "elbowroom-data")).expanduser()
    url = texts.pop("url", "").rstrip("/")
    if url and urlsplit(url).scheme not in {"http", "https"}:
        raise BadSetting(f"ELBOWROOM_URL is {url!r}; write the address people open, like https://desk.example.org")
    servers = _servers(texts.get("mail_authserv", ""))
    if any(not server or "@" in server or (box and "@" not in box) for box, server in servers.items()):
        raise BadSetting("ELBOWROOM_MAIL_AUTHSERV: write the name of your mail server, or mailbox=name for one of them")
    level = texts.get("log_level", "info")
    if level not in {"debug", "info", "warning", "error"}:
        raise BadSetting(f"ELBOWROOM_LOG_LEVEL is {level!r}; write debug, info, warning or error")
    try:
        allowed = tuple(ip_network(str(one)) for one in listed)
    except ValueError as wrong:
        raise BadSetting(f"ELBOWROOM_MAIL_NETWORKS: {wrong}; write networks like 10.0.0.0/8") from wrong
    return Config(data_dir=folder, url=url, mail_networks=allowed, **texts)
