"""GET /api/live: from the handshake to the last word."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http.cookies import SimpleCookie
from typing import Any

import structlog
from pydantic import ValidationError
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send

from elbowroom.kit import journal
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read
from elbowroom.kit.journal import Cursor
from elbowroom.kit.problems import Refused, forbidden, problem
from elbowroom.kit.web import Engines, encoded, own_origin
from elbowroom.live.connection import Connection
from elbowroom.live.hub import Live
from elbowroom.live.limits import Bucket
from elbowroom.live.messages import Hello, Here, Pong, Unwatch, Watch, heard
from elbowroom.live.watching import Watching
from elbowroom.people.caller import shown_by
from elbowroom.people.rights import load_viewer
from elbowroom.people.sessions import Credentials, Entry, enter, touch, wants_touch

log = structlog.get_logger("live")
FRAME_LIMIT = 64 * 1024
MISTAKES = 8  # after so many it is no client of ours
RATE, BURST = 60.0, 200.0
HANGS_UP_WITHIN = 5.0


class Endpoint:
    """The ASGI application behind /api/live."""

    def __init__(self, live: Callable[[], Live]) -> None:
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        live = self._live()
        shown, refusal = _credentials(scope, live.engines)
        if refusal is not None:
            await _turn_away(receive, send, refusal)
            return
        try:
            entry = await live.turns.ask(lambda read: enter(read, shown), newcomer=True)
            _may_listen(entry)
        except Refused as refused:
            await _turn_away(receive, send, refused)
            return
        await send({"type": "websocket.accept"})
        connection = Connection(send)
        connection.viewer, connection.rights = entry.viewer, entry.viewer.rights
        connection.session, connection.token, connection.expires_at = entry.session, entry.token, entry.expires_at
        with suppress(asyncio.CancelledError):  # the server ends and waits no longer for an answer under way
            await Conversation(live, connection, entry).run(receive)


class Conversation:
    """What one socket says, answered. A bad message gets an error; several end the socket, nothing else."""

    def __init__(self, live: Live, connection: Connection, entry: Entry) -> None:
        self.live, self.connection, self.entry = live, connection, entry
        self.mistakes = 0

    async def run(self, receive: Receive) -> None:
        try:
            while (event := await receive())["type"] == "websocket.receive":
                if not self.connection.is_open:
                    continue
                await self._hear(event)
        finally:
            self._over()

    async def _hear(self, event: Any) -> None:
        written = event.get("text") or event.get("bytes") or ""
        if not self._bucket().takes(self.live.engines.clock.monotonic()):
            self._mistake(problem(429, "too-many", "That is too much at once", "Send fewer messages.", retry_after=1))
            return
        if len(written) > FRAME_LIMIT:
            self._mistake(problem(413, "too-large", "A message has at most 64 KiB"))
            return
        try:
            said = heard.validate_json(written)
        except ValidationError as wrong:
            words = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in wrong.errors()[:3])
            self._mistake(problem(422, "bad-request", "That message can't be used", words))
            return
        try:
            await self._answer(said)
        except Refused as refused:
            place = getattr(said, "place", None)
            self.connection.say({"type": "error", "problem": refused.body(), "place": place})

    async def _answer(self, said: Hello | Watch | Unwatch | Here | Pong) -> None:
        if isinstance(said, Hello):
            await self._hello(said)
        elif not self.connection.key:
            self._mistake(problem(422, "bad-request", "Say hello first", 'Send {"type": "hello", …} before the rest.'))
        elif isinstance(said, Watch):
            await Watching(self.live, self.connection).watch(said.place, said.known)
        elif isinstance(said, Unwatch):
            Watching(self.live, self.connection).unwatch(said.place)
        elif isinstance(said, Here):
            await self._here(said)
        else:
            self.live.crowds.heard(self.connection.key)

    async def _hello(self, said: Hello) -> None:
        live, connection, viewer = self.live, self.connection, self.entry.viewer
        if connection.key:
            return
        told = said.resume
        asked = Cursor(told.epoch, told.position, told.mark) if told is not None else None

        def question(read: Read) -> tuple[bool, Any]:
            fresh = load_viewer(read, viewer.id)
            return asked is not None and journal.knows(read, asked), live.describe(read, fresh or viewer)

        fits, me = await live.turns.ask(question)
        connection.resume = asked if fits else None
        connection.key = f"{viewer.id}:{said.tab}:{said.nonce}"
        if (ghost := live.connections.pop(connection.key, None)) is not None:
            ghost.bye("replaced")
        live.connections[connection.key] = connection
        live.crowds.hello(connection.key, viewer.id, viewer.name, hidden=viewer.is_hidden)
        if (session := connection.session) is not None and wants_touch(self.entry, live.engines.clock.now()):
            await live.engines.db.write(lambda tx: touch(tx, session))
        cursor = live.feed.cursor
        connection.say(
            {"type": "welcome", "me": me, **cursor.body(), "now": moment(live.engines.clock.now()),
             "settling": live.crowds.is_settling, "resumed": fits, "page": live.page}
        )  # fmt: skip

    async def _here(self, said: Here) -> None:
        connection, crowds = self.connection, self.live.crowds
        if said.place is not None and said.place not in connection.standing:
            await Watching(self.live, connection).stand_on(said.place, said.doing, input=said.input)
            return
        standing = connection.standing.get(said.place) if said.place else None
        crowds.here(connection.key, said.place, said.doing, standing, input=said.input)

    def _bucket(self) -> Bucket:
        return self.live.buckets.setdefault(self.entry.viewer.id, Bucket(RATE, BURST))

    def _mistake(self, wrong: dict[str, Any]) -> None:
        self.mistakes += 1
        if self.mistakes <= MISTAKES:
            self.connection.say({"type": "error", "problem": wrong, "place": None})
        if self.mistakes == MISTAKES:
            self.connection.bye("mistakes", 4008)

    def _over(self) -> None:
        connection, live = self.connection, self.live
        connection.end()
        if connection.key and live.connections.get(connection.key) is connection:
            del live.connections[connection.key]
            live.crowds.closed(connection.key)


def _credentials(scope: Scope, engines: Engines) -> tuple[Credentials | None, Refused | None]:
    """A cookie only together with an Origin of ours; a bearer token without one, or with one of ours."""
    asked = HTTPConnection(scope)
    cookies = {name: morsel.value for name, morsel in SimpleCookie(asked.headers.get("cookie", "")).items()}
    shown = shown_by(asked.headers.get("authorization"), cookies, engines.config)
    origin = asked.headers.get("origin")
    ours = origin is not None and own_origin(origin, asked.headers.get("host", ""), engines.config)
    if ours or (origin is None and shown is not None and not shown.is_cookie):
        return shown, None
    detail = "Open the desk at its own address; programs send an API token and no Origin."
    return None, Refused(403, "forbidden", "The socket was asked for from another place", detail)


def _may_listen(entry: Entry) -> None:
    if "read" not in entry.viewer.scopes:
        raise forbidden("This token lacks the scope 'read'.")


async def _turn_away(receive: Receive, send: Send, refused: Refused) -> None:
    """An HTTP answer instead of the handshake, so that a client sees why."""
    answer = encoded(refused.body(), refused.status)
    headers = [(name, value) for name, value in answer.raw_headers]
    await send({"type": "websocket.http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": answer.body})
    # Who returns before the wire is closed is logged by uvicorn as an error of ours: answered, then lost.
    with suppress(TimeoutError):
        async with asyncio.timeout(HANGS_UP_WITHIN):
            await receive()
            await receive()
