"""The demo: a desk with data, without passwords, in a folder that goes when it ends."""

import argparse
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from tempfile import TemporaryDirectory

from elbowroom.app import Extra, desk, engines
from elbowroom.demo import post, seed, seeding
from elbowroom.demo.company import Company
from elbowroom.demo.participant import Address
from elbowroom.demo.post import Post
from elbowroom.demo.routes import Doors
from elbowroom.kit.config import Config
from elbowroom.kit.db import only_server

Server = Callable[[argparse.Namespace, object, socket.socket], int]


def run(parsed: argparse.Namespace, config: Config, listening: socket.socket, server: Server) -> int:
    """Returns the exit status of `server`, which serves until it is ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # else the folder would outlive us
    with _folder(parsed.keep) as folder:
        own = settings(config, folder)
        prepare(own)
        address = _address(parsed, listening)
        print(_greeting(address), flush=True)  # noqa: T201
        return server(parsed, desk(own, extra=extra(own, address)), listening)


def settings(config: Config, folder: Path) -> Config:
    """The operator's settings, but with a store and a post of the demo's own."""
    listen = f"{post.HERE}:{post.free_port()}"
    networks = (ip_network("127.0.0.0/8"),)
    return replace(
        config, data_dir=folder, database_url="", bus_url="", smtp_url="", smtp_listen=listen, mail_networks=networks
    )


def prepare(config: Config) -> None:
    """Seeds a store that is empty; a kept one is left as it is."""
    with only_server(config.database, config.data_dir):
        own = engines(config)
        try:
            if own.db.read_now(seeding.is_empty):
                own.db.write_now(lambda tx: seeding.plant(tx, seed.load(), own.files))
        finally:
            own.db.close()


def extra(config: Config, address: str, pace: float = 1.0) -> Extra:
    """What makes a desk the demo. `address`: where it listens; `pace`: of the scripted colleague, 1 is a person's."""
    world = Post(int(config.smtp_listen.rpartition(":")[2]))
    company = Company(Address(address, config.origin or address), seed.load().colleague, pace)
    doors = Doors(world, company)
    return Extra(demo=True, routers=[doors.router()], services=[world.service, company.service])


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        yield keep
        return
    with TemporaryDirectory(prefix="elbowroom-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _address(parsed: argparse.Namespace, listening: socket.socket) -> str:
    host = "127.0.0.1" if parsed.host in {"0.0.0.0", "::"} else str(parsed.host)  # noqa: S104  shown, not bound
    shown = f"[{host}]" if ":" in host else host
    return f"{'https' if parsed.certificate else 'http'}://{shown}:{listening.getsockname()[1]}"


def _greeting(address: str) -> str:
    return f"""
Elbowroom, with made-up data, on {address}

  Bianca and Hanna   agents of Support      Lena   agent of Billing
  Omid               manager of Support     Ada    administrator

The page offers to log in as any of them. {address}/demo/mail is a customer's mailbox.
Nothing leaves this machine. Ctrl+C ends it."""
