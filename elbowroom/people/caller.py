"""The door of every route: who calls, and that the call may be made at all.

The credentials are looked up *inside* the transaction that answers, so that what is judged and what is done are one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from fastapi import Depends, Request
from starlette.responses import Response

from elbowroom.kit import commands, journal
from elbowroom.kit.commands import Answer
from elbowroom.kit.config import Config
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused, forbidden
from elbowroom.kit.web import Engines, encoded, engines_of, from_elsewhere, given
from elbowroom.people.rights import Viewer, require_administrator
from elbowroom.people.sessions import Credentials, Entry, enter

T = TypeVar("T")


def cookie_name(config: Config) -> str:
    return "__Host-elbowroom" if config.is_https else "elbowroom"


def shown_by(headers_authorization: str | None, cookies: dict[str, str], config: Config) -> Credentials | None:
    if headers_authorization and headers_authorization.lower().startswith("bearer "):
        return Credentials(headers_authorization[7:].strip(), is_cookie=False)
    secret = cookies.get(cookie_name(config))
    return Credentials(secret, is_cookie=True) if secret else None


@dataclass
class Caller:
    """Asks and commands on behalf of whoever sent the request."""

    request: Request
    engines: Engines
    shown: Credentials | None
    administrator: bool = False

    async def ask(self, question: Callable[[Read, Viewer], T]) -> T:
        """Answers in one read transaction, after the rights of the caller as of now."""

        def asked(read: Read) -> T:
            viewer = self._let_in(read, "read").viewer
            return question(read, viewer)

        return await self.engines.db.read(asked)

    async def answer(self, question: Callable[[Read, Viewer], object]) -> Response:
        return encoded(await self.ask(question))

    def session(self, read: Read) -> int:
        """The caller's own session. Raises Refused (403) for a token: programs don't look after accounts."""
        session = enter(read, self.shown).session
        if session is None:
            raise forbidden("Do that in the browser; a token can't.")
        return session

    async def command(
        self,
        verb: Callable[[Tx, Viewer], Answer],
        scope: str = "reply",
        *,
        sealed: tuple[str, ...] = (),
        printed: bytes | None = None,
    ) -> Response:
        """Carries a verb out once per Idempotency-Key, in one write transaction.

        `sealed` names the answer's fields that the verb sealed: they are kept so, and opened on their way out.
        `printed` stands for the body where that holds a password, of which no fast hash may be kept, or was a form.
        """
        if from_elsewhere(self.request, self.engines.config):
            raise forbidden("The request came from a page of another site.")
        key = self._key()
        asked = self.request.url
        body = await self.request.body() if printed is None else printed
        own = self.engines.vault.key("commands")
        sign = commands.fingerprint(own, self.request.method, asked.path, asked.query, body)
        epoch = self.request.headers.get("x-epoch")
        person = self.request.headers.get("x-person")

        def carried_out(tx: Tx) -> commands.Given:
            viewer = self._let_in(tx, scope).viewer
            if person is not None and person != str(viewer.id):
                detail = "Nothing was done. Sign in again as who you were."
                raise Refused(401, "signed-out", "Somebody else is signed in in this browser now", detail)
            if epoch is not None and epoch != journal.keep_value(tx, "epoch"):
                detail = "The desk was restored. Your page catches up first; your text is kept."
                raise Refused(409, "resync", "The desk has another history now", detail)
            return commands.once(tx, viewer.id, key, sign, lambda tx: verb(tx, viewer))

        done = await self.engines.db.write(carried_out)
        return given(self._opened(done.content, sealed), done.status)

    def _key(self) -> str | None:
        """Programs may do without one. Raises Refused (422)."""
        key = self.request.headers.get("idempotency-key")
        if key is None and (self.shown is None or self.shown.is_cookie):
            detail = "Send a header 'Idempotency-Key' with a fresh random value; a retry sends the same one."
            raise Refused(422, "key-missing", "An Idempotency-Key is missing", detail)
        if key is not None and not 1 <= len(key) <= 200:
            raise Refused(422, "bad-request", "That Idempotency-Key can't be used", "Send 1 to 200 characters.")
        return key

    def _opened(self, content: bytes, sealed: tuple[str, ...]) -> bytes:
        if not sealed:
            return content
        body = msgspec.json.decode(content)
        return msgspec.json.encode({**body, **{name: self.engines.vault.unseal(body[name]) for name in sealed}})

    def _let_in(self, read: Read, scope: str) -> Entry:
        entry = enter(read, self.shown)
        if self.administrator:
            require_administrator(entry.viewer)
        if scope not in entry.viewer.scopes:
            raise forbidden(f"This token lacks the scope {scope!r}.")
        return entry


def signed_in(request: Request) -> Caller:
    """Policy: anyone with a session or token; the nouns' own doors decide what she may see."""
    engines = engines_of(request)
    authorization = request.headers.get("authorization")
    return Caller(request, engines, shown_by(authorization, request.cookies, engines.config))


def administrator(request: Request) -> Caller:
    """Policy: administrators alone."""
    caller = signed_in(request)
    caller.administrator = True
    return caller


def anyone(request: Request) -> Engines:
    """Policy: open to strangers; such a route keeps its own guard (a token in the body, a limit on guessing)."""
    if request.method != "GET" and from_elsewhere(request, engines_of(request).config):
        raise forbidden("The request came from a page of another site.")
    return engines_of(request)


SignedIn = Annotated[Caller, Depends(signed_in)]
Administrator = Annotated[Caller, Depends(administrator)]
Anyone = Annotated[Engines, Depends(anyone)]
POLICIES = (signed_in, administrator, anyone)
