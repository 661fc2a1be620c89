"""One who reads nothing costs at most 1 MiB, delays nobody, and is cut off: she resumes by her position."""

import argparse
import json
import socket
from contextlib import ExitStack
from itertools import islice
from typing import Any, cast

import pytest
from websockets.sync.client import ClientConnection, connect

from elbowroom import cli
from elbowroom.live import connection as connections
from elbowroom.live.connection import UNREAD_LIMIT, Connection
from tests.cast import Desk, Nora, Person, eventually
from tests.live.fakes import Wire

pytestmark = pytest.mark.one_server


class Deaf:
    """A socket that takes a few KiB and then no more."""

    def __init__(self, person: Person, place: str) -> None:
        wire = socket.socket()
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        wire.connect(("127.0.0.1", person.desk.port))
        self._open = ExitStack()
        opening = connect(
            f"ws://127.0.0.1:{person.desk.port}/api/live", sock=wire, additional_headers=person.headers,
            origin=cast(Any, person.desk.origin), compression=None, proxy=None, ping_interval=None, max_queue=1,
            close_timeout=0, max_size=None,
        )  # fmt: skip
        self.wire: ClientConnection = self._open.enter_context(cast(Any, opening))
        self.wire.send(json.dumps({"type": "hello", "tab": "deaf", "nonce": "deaf"}))
        self.wire.send(json.dumps({"type": "watch", "place": place}))

    def closes(self) -> None:
        self.wire.socket.close()
        self._open.close()


def deaf_one(desk: Desk) -> Any:
    return next((one for key, one in desk.live.connections.items() if key.endswith(":deaf:deaf")), None)


def test_who_reads_nothing_is_cut_off_and_the_others_hear_all_of_it(
    desk: Desk, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    tab, deaf = omid.watches(f"ticket/{ticket}"), Deaf(hanna, f"ticket/{ticket}")
    eventually(lambda: f"ticket/{ticket}" in getattr(deaf_one(desk), "watched", ()), "the deaf one listens")
    connection = deaf_one(desk)
    most, said = 0, 0
    while connection.is_open:
        assert said < 60, "she was never cut off"
        bianca.notes(ticket, f"{said} " + "x" * 199_000).ok()
        assert tab.hears_fact("note_added")["data"]["message"]["text"].startswith(f"{said} ")
        most = max(most, desk.on_loop(lambda: unread(connection)))
        said += 1
    eventually(lambda: deaf_one(desk) is None, "the server forgot her")
    assert most <= UNREAD_LIMIT
    deaf.closes()
    assert "note_added" in desk.kinds(f"ticket/{ticket}")


def unread(connection: Connection) -> int:
    return int(connection.wire.get_write_buffer_size()) if connection.is_open else 0


@pytest.mark.parametrize(("unread", "stays"), [(0, True), (UNREAD_LIMIT, True), (UNREAD_LIMIT + 1, False)])
def test_the_limit_is_a_mebibyte(unread: int, stays: bool) -> None:
    wire = Wire(unread=unread)
    connection = Connection(wire.send)
    connection.write(b"\x81\x02{}")
    assert (connection.is_open, wire.aborted) == (stays, not stays)
    connection.write(b"\x81\x02{}")
    assert len(wire.written) == (2 if stays else 1)


def test_a_wire_that_is_closing_ends_nobody_elses_sweep() -> None:
    wire = Wire()
    wire.is_over = True
    connection = Connection(wire.send)
    connection.write(b"\x81\x02{}")
    assert (connection.is_open, wire.written) == (False, [])
    assert connections.UNREAD_LIMIT == 1024 * 1024


class Slow(Wire):
    """A wire that takes in nothing of what is written until somebody reads."""

    def write(self, whole: bytes) -> None:
        super().write(whole)
        self.unread += len(whole)


def test_a_long_state_reaches_who_reads_it() -> None:
    wire = Slow()
    connection = Connection(wire.send)
    connection.give({"type": "snapshot", "state": "x" * (UNREAD_LIMIT + 1)})
    assert connection.is_open
    connection.say({"type": "facts", "facts": ["x" * (UNREAD_LIMIT - 100)]})
    assert connection.is_open
    connection.say({"type": "facts", "facts": ["x" * 100]})  # she read nothing of it, and one more waits
    assert (connection.is_open, wire.aborted) == (False, True)


def test_a_ticket_of_many_words_opens_over_a_narrow_wire(desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    for number in range(8):
        bianca.notes(ticket, f"{number} " + "x" * 190_000).ok()
    narrow = Deaf(hanna, f"ticket/{ticket}")
    told = (json.loads(narrow.wire.recv(timeout=10))["type"] for _ in range(10))
    kinds = list(islice((kind for kind in told if kind != "ping"), 2))
    narrow.closes()
    assert kinds == ["welcome", "snapshot"]


def test_the_kernel_keeps_little_for_who_does_not_read() -> None:
    with ExitStack() as wires:
        listening = wires.enter_context(cli._listen(argparse.Namespace(host="127.0.0.1", port=0)))
        reader = wires.enter_context(socket.socket())
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(listening.getsockname())
        accepted = wires.enter_context(listening.accept()[0])
        accepted.settimeout(0.0)
        taken = sum(iter(lambda: sent(accepted), 0))
    assert cli.UNSENT_LIMIT / 2 < taken < 4 * cli.UNSENT_LIMIT


def sent(wire: socket.socket) -> int:
    try:
        return wire.send(b"x" * 65_536)
    except BlockingIOError:
        return 0
