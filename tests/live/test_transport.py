"""Frames go straight to uvicorn's transport. It is reached by a private name, so that name is pinned here."""

import argparse
import asyncio
import socket
import threading
from typing import Any

import pytest
import uvicorn

from elbowroom import cli
from elbowroom.live.connection import Connection
from elbowroom.live.frames import frame
from tests.cast import Desk, Person, serving
from tests.waiting import PATIENCE


def test_a_real_socket_is_written_to_directly(desk: Desk, hanna: Person) -> None:
    tab = hanna.tab()
    connection = next(one for key, one in desk.live.connections.items() if tab.name in key)
    assert connection.wire is not None, "uvicorn hides its transport now: frames go the slow way"
    for name in ("write", "get_write_buffer_size", "abort", "is_closing"):
        assert callable(getattr(connection.wire, name))
    desk.on_loop(lambda: connection.say({"type": "ping", "n": 4711}))
    tab.hears("ping", n=4711)


def test_a_knock_is_answered_by_the_browser_alone(desk: Desk, hanna: Person) -> None:
    tab, answered = hanna.tab(), threading.Event()
    connection = next(one for key, one in desk.live.connections.items() if tab.name in key)
    tab.hangs()
    heard = len(tab.heard)
    desk.on_loop(lambda: connection.knock(answered.set))
    assert answered.wait(PATIENCE), "uvicorn keeps its pongs to itself now: a page that hangs is gone"
    assert all(one["type"] in ("ping", "heartbeat") for one in tab.heard[heard:])


def test_the_tests_serve_as_the_command_does(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []
    real = uvicorn.Config

    def noted(app: Any, **more: Any) -> uvicorn.Config:
        asked.append(more)
        return real(app, **more)

    class Server:
        started = True

        def __init__(self, _config: uvicorn.Config) -> None: ...
        def run(self, sockets: list[socket.socket]) -> None: ...

    monkeypatch.setattr(uvicorn, "Config", noted)
    monkeypatch.setattr(uvicorn, "Server", Server)
    with socket.socket() as listening:
        assert cli._run(argparse.Namespace(certificate=None, key=None), desk.app, listening) == 0
    serving(desk.app)
    command, tests = asked
    only = {"ssl_certfile", "ssl_keyfile", "log_config"}
    assert {name: value for name, value in command.items() if name not in only} == {
        name: value for name, value in tests.items() if name not in only
    }
    assert command["ws"] == "websockets-sansio"
    assert command["ws_per_message_deflate"] is False
    assert command["ws_ping_interval"] is None


def test_where_a_server_hides_its_transport_frames_go_the_slow_way_one_by_one() -> None:
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    async def several() -> None:
        connection = Connection(send)
        assert connection.wire is None
        connection.knock(lambda: None)  # nothing goes out: only a wire can tell
        connection.write(frame({"n": 1}) + frame({"n": 2}))  # a tick's frames come in one piece
        connection.say({"n": 3, "text": "x" * 70_000})
        connection.bye("restart", 1012)
        await asyncio.gather(*connection._tasks)

    asyncio.run(several())
    assert [one["type"] for one in sent] == [*["websocket.send"] * 4, "websocket.close"]
    assert [one["text"][:8] for one in sent[:3]] == ['{"n":1}', '{"n":2}', '{"n":3,"']
    assert sent[4]["code"] == 1012
