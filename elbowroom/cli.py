"""The command line: elbowroom serve · demo · migrate · user · doctor · backup · restore · move · load · openapi."""

import argparse
import getpass
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import uvicorn

from elbowroom import __version__, doctor, keeping, load
from elbowroom.app import Extra, bare, desk, engines
from elbowroom.keeping.failing import Failed
from elbowroom.kit import config as settings
from elbowroom.kit import log, tls
from elbowroom.kit.config import BadSetting, Config
from elbowroom.kit.db import only_server
from elbowroom.kit.open_files import raise_limit
from elbowroom.kit.problems import Refused
from elbowroom.kit.stores.sqlite import DatabaseBusy
from elbowroom.people import agents, setup
from elbowroom.people.passwords import check_rules, hash_now

UNSENT_LIMIT = 128 * 1024  # the kernel would keep megabytes for each who does not read
FRAME_LIMIT = 2 * 1024 * 1024  # beyond it the connection ends; from 64 KiB on a message is refused in words
KEEPING = {
    "backup": "copy the whole desk into one file, while it runs",
    "restore": "put a backup in the desk's place",
    "move": "carry the desk from SQLite over to PostgreSQL",
}


def main(arguments: list[str] | None = None) -> int:
    """Returns the exit status: 0 done, 1 refused with a reason, 2 the command line is off."""
    parsed = _parser().parse_args(arguments)
    os.umask(0o077)  # customers' words and sealed passwords are for the desk's own user alone
    try:
        config = settings.load()
        log.start_logging(config.log_format, config.log_level)
        carry_out: Callable[[argparse.Namespace, Config], int] = parsed.carry_out
        return carry_out(parsed, config)
    except (BadSetting, DatabaseBusy, Failed) as wrong:
        print(f"elbowroom: {wrong}", file=sys.stderr)
    except Refused as refused:
        print(f"elbowroom: {refused.title}. {refused.detail}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="elbowroom", description="A support desk in which two agents never step on each other."
    )
    parser.add_argument("--version", action="version", version=f"elbowroom {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="run the desk")
    _address(serve, 8000)
    serve.set_defaults(carry_out=_serve)
    demo = commands.add_parser("demo", help="run a desk with sample data, a mail server and no passwords")
    _address(demo, 8000)
    demo.add_argument("--keep", type=Path, help="keep the demo's data in this folder; otherwise they go with it")
    demo.set_defaults(carry_out=_demo)
    migrate = commands.add_parser("migrate", help="bring the database to this version's form")
    migrate.add_argument(
        "--new-secret", action="store_true", help="the former secret is lost: take this one; mailboxes are typed anew"
    )
    migrate.set_defaults(carry_out=_migrate)
    _user(commands.add_parser("user", help="add people from here"))
    doctor = commands.add_parser("doctor", help="say what is wrong with the settings, and its mend")
    doctor.set_defaults(carry_out=_doctor)
    for command, does in KEEPING.items():
        keep = commands.add_parser(command, help=does)
        keeping.options(keep, command)
        keep.set_defaults(carry_out=_keep)
    openapi = commands.add_parser("openapi", help="print the description of the HTTP and socket doors")
    openapi.set_defaults(carry_out=_openapi)
    measuring = commands.add_parser("load", help="measure a desk under load")
    load.options(measuring)
    measuring.set_defaults(carry_out=_load)
    return parser


def _address(parser: argparse.ArgumentParser, port: int) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=port, help=f"port to listen on ({port}; 0: any free one)")
    parser.add_argument("--certificate", type=Path, help="speak TLS with this certificate chain (PEM)")
    parser.add_argument("--key", type=Path, help="the certificate's private key (PEM)")


def _user(parser: argparse.ArgumentParser) -> None:
    add = parser.add_subparsers(required=True, metavar="ACTION").add_parser("add", help="add a person")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", choices=("agent", "manager", "administrator"), default="agent")
    add.add_argument("--department", required=True, help="made, with an inbox, if it is new")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(carry_out=_user_add)


def _serve(parsed: argparse.Namespace, config: Config) -> int:
    config = _with_tls(parsed, config)
    config.data_dir.mkdir(parents=True, exist_ok=True)
    with _listen(parsed) as listening:
        base = config.url or f"{_scheme(parsed)}://{_shown_host(parsed)}:{listening.getsockname()[1]}"
        _greet(config, base)
        return _run(parsed, desk(config), listening)


def _with_tls(parsed: argparse.Namespace, config: Config) -> Config:
    """What the command line names, or else the settings, for both."""
    if not parsed.certificate and not parsed.key:
        parsed.certificate, parsed.key = config.tls_certificate or None, config.tls_key or None
    certificate, key = str(parsed.certificate or ""), str(parsed.key or "")
    if (fault := tls.fault(certificate, key)) is not None:
        raise BadSetting(f"TLS: {fault}")
    return replace(config, tls_certificate=certificate, tls_key=key)


def _greet(config: Config, base: str) -> None:
    """While nobody can sign in yet: the link of the guided set-up, good for one use."""
    with only_server(config.database, config.data_dir):
        own = engines(config)
        try:
            needed = own.db.read_now(setup.is_needed)
            token = own.db.write_now(setup.setup_token) if needed else None
        finally:
            own.db.close()
    if token:
        print(f"\nOpen this link to set up your desk (it works once):\n\n  {base}/setup?token={token}\n", flush=True)
    else:
        print(f"Elbowroom on {base}", flush=True)


def _demo(parsed: argparse.Namespace, config: Config) -> int:
    from elbowroom.demo import serve

    return serve.run(parsed, _with_tls(parsed, config), _listen(parsed), _run)


def _run(parsed: argparse.Namespace, app: object, listening: socket.socket) -> int:
    raise_limit()
    server = uvicorn.Server(
        uvicorn.Config(
            cast(Any, app), ws="websockets-sansio", ws_per_message_deflate=False, ws_ping_interval=None,
            ws_max_size=FRAME_LIMIT,
            http="httptools", loop="uvloop", log_level="warning", access_log=False, server_header=False,
            timeout_graceful_shutdown=3, ssl_certfile=parsed.certificate, ssl_keyfile=parsed.key,
            proxy_headers=True, forwarded_allow_ips="127.0.0.1",
        )
    )  # fmt: skip
    server.run(sockets=[listening])
    return 0 if server.started else 1


def _listen(parsed: argparse.Namespace) -> socket.socket:
    family = socket.AF_INET6 if ":" in parsed.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((parsed.host, parsed.port))
    except OSError as taken:
        raise BadSetting(f"can't listen on {parsed.host}:{parsed.port} ({taken}); choose another --port") from taken
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, UNSENT_LIMIT)  # its connections inherit it
    listening.listen(2048)
    return listening


def _scheme(parsed: argparse.Namespace) -> str:
    return "https" if parsed.certificate else "http"


def _shown_host(parsed: argparse.Namespace) -> str:
    return "127.0.0.1" if parsed.host in {"0.0.0.0", "::"} else str(parsed.host)  # noqa: S104  shown, not bound


def _migrate(parsed: argparse.Namespace, config: Config) -> int:
    with only_server(config.database, config.data_dir):
        engines(config, new_secret=parsed.new_secret).db.close()
    print("The database has this version's form.")
    return 0


def _user_add(parsed: argparse.Namespace, config: Config) -> int:
    password = sys.stdin.readline().rstrip("\n") if parsed.password_stdin else getpass.getpass("Password: ")
    if not password:
        raise BadSetting("the password is empty; give one on standard input, or type it when asked")
    try:
        check_rules(password, parsed.email)
    except Refused as weak:  # whoever runs this owns the desk; she is told, not stopped
        print(f"elbowroom: easy to guess. {weak.detail} It can be changed under Settings.", file=sys.stderr)
    hashed = hash_now(password)
    own = engines(config)
    try:
        person = own.db.write_now(
            lambda tx: agents.add(tx, parsed.email, parsed.name, parsed.role, parsed.department, hashed)
        )
    finally:
        own.db.close()
    print(f"{parsed.name} <{parsed.email}> is person {person}, {parsed.role} in {parsed.department}.")
    return 0


def _doctor(_parsed: argparse.Namespace, config: Config) -> int:
    wrong = list(doctor.findings(config))
    for line in wrong or ["Nothing is wrong with the settings."]:
        print(f"{'✗' if wrong else '✓'} {line}")
    return 1 if wrong else 0


def _openapi(_parsed: argparse.Namespace, _config: Config) -> int:
    print(json.dumps(bare(Extra()).openapi(), indent=1, sort_keys=True))
    return 0


def _keep(parsed: argparse.Namespace, config: Config) -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is half done is cleared away, as with Ctrl-C
    for line in keeping.run(parsed, config):
        print(line)
    return 0


def _load(parsed: argparse.Namespace, _config: Config) -> int:
    for line in load.run(parsed):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
