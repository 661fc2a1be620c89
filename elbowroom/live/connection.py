"""One open socket. Frames are written straight to its transport: no await, queue or task per recipient."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol

from starlette.types import Send

from elbowroom.kit.journal import Cursor
from elbowroom.kit.places import Standing
from elbowroom.live.frames import KNOCK, frame, payloads
from elbowroom.people.rights import Viewer

UNREAD_LIMIT = 1024 * 1024
Farewell = Literal["signed-out", "replaced", "restart", "mistakes"]


class Listened(Protocol):
    """What a connection listens to."""

    def leave(self, connection: "Connection") -> None: ...
    def go_live(self, connection: "Connection") -> None: ...


class Wire(Protocol):
    """What is needed of a transport."""

    def is_closing(self) -> bool: ...
    def write(self, data: bytes) -> None: ...
    def get_write_buffer_size(self) -> int: ...
    def abort(self) -> None: ...


def write_to_all(wires: Iterable[Wire], whole: bytes) -> bool:
    """The same bytes to each; True where one of them has more than UNREAD_LIMIT waiting now."""
    is_behind = False
    for wire in wires:
        if not wire.is_closing():  # uvloop raises there, which would end it for everyone after
            wire.write(whole)
            if wire.get_write_buffer_size() > UNREAD_LIMIT:
                is_behind = True
    return is_behind


class Connection:
    """`rights` is the number under which its streams were authorized; another current one stops delivery."""

    def __init__(self, send: Send) -> None:
        self._send = send
        # uvicorn's own protocol object; where a server hides it, there is no Wire, and frames go the slower way.
        self._protocol: Any = getattr(send, "__self__", None)
        self.wire: Any = getattr(self._protocol, "transport", None)
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
        if self.wire is None:
            for payload in payloads(whole):
                self.spawn(self._send({"type": "websocket.send", "text": payload.decode()}))
            return
        if self.wire.is_closing():
            self.is_open = False
            return
        self.wire.write(whole)
        self.cut_if_behind()

    def cut_if_behind(self) -> None:
        if self.wire is not None and self.wire.get_write_buffer_size() > self.unread_limit:
            self.cut()

    def say(self, message: dict[str, Any]) -> None:
        self.write(frame(message))

    def give(self, state: dict[str, Any]) -> None:
        """A state that was asked for, however long: what does not fit the wire at once waits beside what may wait."""
        whole = frame(state)
        self.unread_limit = UNREAD_LIMIT + len(whole)
        self.write(whole)

    def knock(self, answered: Callable[[], None]) -> None:
        """Whether the browser lives, where its page does not answer; who hides the wire is not asked."""
        if self.wire is not None and hasattr(self._protocol, "handle_pong"):
            self._protocol.handle_pong = lambda _frame: answered()
            self.write(KNOCK)

    def cut(self) -> None:
        self.is_open = False
        if self.wire is not None:
            self.wire.abort()
        else:
            self.spawn(self._send({"type": "websocket.close", "code": 1013}))

    def bye(self, why: Farewell, code: int = 4000) -> None:
        """The last word, then an orderly close."""
        if self.is_open:
            self.say({"type": "bye", "why": why})
            self._listen_no_more()
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
        self._listen_no_more()
        for task in self._tasks:
            task.cancel()
        self.watched.clear()

    def _listen_no_more(self) -> None:
        self.is_open = False
        for stream in self.watched.values():
            stream.leave(self)
