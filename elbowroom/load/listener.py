"""A socket client that costs little enough to run by the thousand in one process."""

import asyncio
import os
import struct
import time
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import msgspec

Heard = Callable[["Listener", float, bytes], None]
STATES = (b'{"type":"snapshot"', b'{"type":"resumed"')


def masked(message: dict[str, Any]) -> bytes:
    """A client's text frame. The mask is zero: the server unmasks all the same, and we save the work."""
    payload = msgspec.json.encode(message)
    size = len(payload)
    head = struct.pack("!BB", 0x81, 0x80 | size) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
    return head + b"\0\0\0\0" + payload


PONG = masked({"type": "pong", "n": 0})


class Listener(asyncio.Protocol):
    """Says `first` once it is let in, and is `live` when a state of every watched place has come.

    One that `follows` hands each message on undecoded to `heard`, with the monotonic moment; any other only counts
    bytes from then on.
    """

    def __init__(self, token: str, first: list[dict[str, Any]], *, follows: bool = False) -> None:
        self.token, self.follows = token, follows
        self.heard: Heard | None = None
        self._first = b"".join(map(masked, first))
        self._awaited = sum(one["type"] == "watch" for one in first)
        self._buffer = b""
        self.upgraded = False
        self.live: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport
        self.bytes = 0
        self.welcome: Any = None
        self.resumed = False
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        key = b64encode(os.urandom(16)).decode()
        lines = (
            "GET /api/live HTTP/1.1", "Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {key}", f"Authorization: Bearer {self.token}", "", "",
        )  # fmt: skip
        self.transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)
        if not self.follows and self._is_live:
            return
        self._buffer = self._buffer + data if self._buffer else data
        if self.upgraded or self._is_let_in():
            self._take_apart(time.monotonic())

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._fail(exc or ConnectionError("closed before it was live"))

    def say(self, message: dict[str, Any]) -> None:
        if not self.transport.is_closing():
            self.transport.write(masked(message))

    @property
    def _is_live(self) -> bool:
        return self.live.done()

    def _is_let_in(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            self._fail(ConnectionError(head.decode(errors="replace")))
            return False
        self.upgraded, self._buffer = True, rest
        if self._first:
            self.transport.write(self._first)
        else:
            self.live.set_result(time.monotonic())
        return True

    def _take_apart(self, now: float) -> None:
        buffer, at, end = self._buffer, 0, len(self._buffer)
        while end - at >= 2:
            size, begin = buffer[at + 1] & 0x7F, at + 2
            if size >= 126:
                begin += 2 if size == 126 else 8
                size = int.from_bytes(buffer[at + 2 : begin])
            if end < begin + size or end < begin:
                break
            at = begin + size
            if size:  # an empty one is a knock, for browsers
                self._hear(now, buffer[begin:at])
        self._buffer = buffer[at:]

    def _hear(self, now: float, message: bytes) -> None:
        if not self._is_live:
            self._await_states(now, message)
        if self.heard is not None:
            self.heard(self, now, message)

    def _await_states(self, now: float, message: bytes) -> None:
        if message.startswith(b'{"type":"welcome"'):
            self.welcome = msgspec.json.decode(message)
        elif message.startswith(STATES):
            self._awaited -= 1
            self.resumed = message.startswith(STATES[1])
            if not self._awaited:
                self.live.set_result(now)
        elif message.startswith(b'{"type":"error"'):
            self._fail(RuntimeError(message.decode()))

    def _fail(self, why: Exception) -> None:
        if not self._is_live:
            self.live.set_exception(why)
