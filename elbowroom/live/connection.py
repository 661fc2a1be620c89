"""One open socket. Frames are written straight to its transport: no await, queue or task per recipient."""

import asyncio
from typing import Any, Literal, Protocol

from starlette.types import Send

from elbowroom.kit.journal import Cursor
from elbowroom.kit.places import Standing
from elbowroom.live.frames import frame, payloads
from elbowroom.people.rights import Viewer

UNREAD_LIMIT = 1024 * 1024
Farewell = Literal["signed-out", "replaced", "restart", "mistakes"]


class Listened(Protocol):
    """What a connection listens to."""

    def leave(self, connection: "Connection") -> None: ...


class Connection:
    """`rights` is the number under which its streams were authorized; another current one stops delivery."""

    def __init__(self, send: Send) -> None:
        self._send = send
        # uvicorn's own protocol object; where a server hides it, frames go the slower way.
        self._transport: Any = getattr(getattr(send, "__self__", None), "transport", None)
        self.viewer: Viewer | None = None
        self.session: int | None = None
        self.token: int | None = None
        self.expires_at: float | None = None
        self.key = ""
        self.rights = 0
        self.resume: Cursor | None = None
        self.watched: dict[str, Listened] = {}
        self.standing: dict[str, Standing] = {}
        self.wanted: set[str] = set()
        self.unread_limit = UNREAD_LIMIT
        self.is_open = True
        self.is_authorizing = False
        self._tasks: set[asyncio.Task[None]] = set()

    def write(self, whole: bytes) -> None:
        """A frame for this socket. One that reads nothing is cut off: it resumes by its position."""
        if not self.is_open:
            return
        if self._transport is None:
            for payload in payloads(whole):
                self.spawn(self._send({"type": "websocket.send", "text": payload.decode()}))
            return
        if self._transport.is_closing():  # uvloop raises there, which would end the sweep for everyone after
            self.is_open = False
            return
        self._transport.write(whole)
        if self._transport.get_write_buffer_size() > self.unread_limit:
            self.cut()

    def say(self, message: dict[str, Any]) -> None:
        self.write(frame(message))

    def give(self, state: dict[str, Any]) -> None:
        """A state that was asked for, however long: what does not fit the wire at once waits beside what may wait."""
        whole = frame(state)
        self.unread_limit = UNREAD_LIMIT + len(whole)
        self.write(whole)

    def cut(self) -> None:
        self.is_open = False
        if self._transport is not None:
            self._transport.abort()
        else:
            self.spawn(self._send({"type": "websocket.close", "code": 1013}))

    def bye(self, why: Farewell, code: int = 4000) -> None:
        """The last word, then an orderly close."""
        if self.is_open:
            self.say({"type": "bye", "why": why})
            self.is_open = False
            self.spawn(self._close(code, why))

    async def _close(self, code: int, why: str) -> None:
        try:
            await self._send({"type": "websocket.close", "code": code, "reason": why})
        except Exception:  # noqa: BLE001  it was closed by the other side already
            self.cut()

    def spawn(self, what: Any) -> None:
        task = asyncio.ensure_future(what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def end(self) -> None:
        self.is_open = False
        for task in self._tasks:
            task.cancel()
        for stream in list(self.watched.values()):
            stream.leave(self)
        self.watched.clear()
