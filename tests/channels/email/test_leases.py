"""One server fetches a mailbox, however many share the store; where it falls silent another takes over."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from elbowroom.channels.email import keeping, leases
from elbowroom.channels.email.keeping import Keeper
from elbowroom.channels.email.leases import LEASE_FOR
from elbowroom.kit.bus import Bus

from .conftest import Mailbox, MailDesk

# On PostgreSQL the desk itself takes its share of the leases.
pytestmark = pytest.mark.sqlite


class Fetcher:
    """Stands in for the thread that fetches."""

    def __init__(self, _own: Any, _mailbox: int, version: int) -> None:
        self.version, self.halt = version, asyncio.Event()

    def start(self) -> None:
        pass

    def is_alive(self) -> bool:
        return not self.halt.is_set()

    def join(self, _timeout: float) -> None:
        pass


class Server:
    def __init__(self, desk: MailDesk, *, alone: bool = False) -> None:
        own = desk.engines
        parts = {**vars(own), "bus": Bus()}
        self.keeper = Keeper(type(own)(**parts), alone=alone)

    def looks(self) -> set[int]:
        asyncio.run(self.keeper.look())
        return set(self.keeper.fetchers)

    def stops(self) -> None:
        asyncio.run(self.keeper.stop())


@pytest.fixture
def box(desk: MailDesk, connect: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch) -> Mailbox:
    monkeypatch.setattr(keeping, "Fetcher", Fetcher)
    incoming = {"kind": "imap", "host": "127.0.0.1", "port": 1, "security": "none", "user": "u", "password": "p"}
    return connect(incoming=incoming)


def test_of_two_servers_one_fetches(desk: MailDesk, box: Mailbox) -> None:
    first, second = Server(desk), Server(desk)
    assert box.id in first.looks()
    assert box.id not in second.looks()
    desk.travel(LEASE_FOR - 1)
    assert box.id in first.looks()
    desk.travel(LEASE_FOR - 1)
    assert box.id not in second.looks()
    first.stops()
    assert box.id in second.looks()
    second.stops()


def test_one_that_fell_silent_is_followed_by_the_other_and_lets_go(desk: MailDesk, box: Mailbox) -> None:
    first, second = Server(desk), Server(desk)
    first.looks()
    fetcher = first.keeper.fetchers[box.id]
    desk.travel(LEASE_FOR)
    assert box.id in second.looks()
    assert box.id not in first.looks()
    assert fetcher.halt.is_set()
    second.stops()


def test_a_server_that_is_alone_asks_nobody(desk: MailDesk, box: Mailbox) -> None:
    other = Server(desk)
    other.looks()
    alone = Server(desk, alone=True)
    assert box.id in alone.looks()
    alone.stops()
    assert box.id not in desk.write(lambda tx: leases.hold(tx, "a third", [box.id]))
    other.stops()
    assert desk.write(lambda tx: leases.hold(tx, "a third", [box.id])) == {box.id}
    desk.write(lambda tx: leases.free(tx, "a third"))
