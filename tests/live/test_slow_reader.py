"""One who reads nothing costs at most 1 MiB, delays nobody, and is cut off: she resumes by her position."""

import json
import socket
from contextlib import ExitStack
from typing import Any, cast

import pytest
from websockets.sync.client import ClientConnection, connect

from elbowroom.live import connection as connections
from elbowroom.live.connection import UNREAD_LIMIT, Connection
from tests.cast import Desk, Nora, Person, eventually
from tests.live.fakes import Wire


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
            close_timeout=0,
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
    return int(connection._transport.get_write_buffer_size()) if connection.is_open else 0


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
