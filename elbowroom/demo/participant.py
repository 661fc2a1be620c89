"""Someone at the desk by its own doors: HTTP for what she does, the live socket for what she sees."""

import asyncio
import json
import ssl
import uuid
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPSConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

PATIENCE = 10.0
REMEMBERED = 500


@dataclass(frozen=True)
class Address:
    """`url`: where the desk listens on this machine; `origin`: the address that its pages have."""

    url: str
    origin: str

    @property
    def tls(self) -> ssl.SSLContext | None:
        """The certificate is for the public name, and this call does not leave the machine."""
        if not self.url.startswith("https"):
            return None
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


@dataclass
class Participant:
    """What she was told: who is on a place (`crowds`), in which inbox a ticket lies (`around`), what happened."""

    address: Address
    cookie: str
    id: int
    crowds: dict[str, dict[str, Any]] = field(default_factory=dict)
    around: dict[str, str] = field(default_factory=dict)
    facts: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    socket: ClientConnection | None = None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def told(self, place: str, kind: str) -> list[dict[str, Any]]:
        """The facts of this kind that she heard of the place."""
        return [fact for fact in self.facts if fact["place"] == place and fact["kind"] == kind]

    def head(self, place: str) -> int:
        """The newest number that could hold a reply of hers, as far as she heard; 0 where she heard of none."""
        heads = [fact["data"].get("set", {}).get("head", 0) for fact in self.facts if fact["place"] == place]
        return max(heads, default=0)

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and body of the answer; a refusal is an answer too."""
        status, _, content = await asyncio.to_thread(call, self.address, method, path, body, self.cookie)
        return status, content

    async def say(self, **message: Any) -> None:
        if self.socket is not None:
            await self.socket.send(json.dumps(message))

    async def watch(self, place: str) -> None:
        await self.say(type="watch", place=place, known=False)

    async def here(self, place: str | None, doing: str = "viewing") -> None:
        await self.say(type="here", place=place, doing=doing)

    async def until(self, is_so: Callable[[], bool], at_most: float) -> bool:
        """Waits until the news make it so, at most so many seconds; says whether it is."""
        try:
            async with asyncio.timeout(at_most):
                while not is_so():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return is_so()
        return True

    async def listen(self) -> None:
        """Until the desk closes the socket."""
        assert self.socket is not None
        async for frame in self.socket:
            message = json.loads(frame)
            if message["type"] == "ping":
                await self.say(type="pong", n=message["n"])
            elif message["type"] == "behind":
                await self.watch(message["place"])
            else:
                self._hear(message)

    def _hear(self, message: dict[str, Any]) -> None:
        for crowd in message.get("crowds", ()):
            self.crowds[crowd["place"]] = crowd
            if message["place"].startswith("inbox/"):
                self.around[crowd["place"]] = message["place"]
        self.facts.extend(message.get("facts", ()))
        self._news.set()


@asynccontextmanager
async def entered(address: Address, person: int) -> AsyncIterator[Participant]:
    """Signs in as this person, opens her socket, and leaves in good order. Raises OSError where the desk is away."""
    status, cookie, answer = await asyncio.to_thread(call, address, "POST", "/api/demo/session", {"person": person})
    if status != 200:
        raise ConnectionRefusedError(answer.get("title", "the desk does not let her in"))
    her = Participant(address, cookie, person)
    live = f"ws{address.url.removeprefix('http')}/api/live"
    headers = {"Cookie": cookie}
    async with connect(
        live,
        additional_headers=headers,
        origin=Origin(address.origin),
        compression=None,
        ssl=address.tls,
        max_size=2**24,
    ) as her.socket:
        await her.say(type="hello", tab=str(uuid.uuid4()), nonce="1", resume=None)
        listening = asyncio.create_task(her.listen())
        try:
            yield her
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await asyncio.to_thread(call, address, "DELETE", "/api/session", None, cookie)


def call(address: Address, method: str, path: str, body: Any = None, cookie: str = "") -> tuple[int, str, Any]:
    """Status, cookies and body of one request. Raises OSError where nobody answers."""
    parts = urlsplit(address.url)
    headers = {"Idempotency-Key": str(uuid.uuid4()), "Origin": address.origin, "User-Agent": "scripted colleague"}
    if cookie:
        headers["Cookie"] = cookie
    if body is not None:
        headers["Content-Type"] = "application/json"
    host = parts.hostname or ""
    tls = address.tls
    line = (
        HTTPSConnection(host, parts.port, timeout=PATIENCE, context=tls)
        if tls
        else HTTPConnection(host, parts.port, timeout=PATIENCE)
    )
    try:
        line.request(method, path, None if body is None else json.dumps(body), headers)
        answer = line.getresponse()
        jar = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie", [])))
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
        content = answer.read()
        return answer.status, cookies, json.loads(content) if content else None
    finally:
        line.close()
