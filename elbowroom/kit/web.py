"""HTTP without a word of the desk: engines at hand, problem details, encoded answers, headers."""

from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from elbowroom.kit.bus import Bus
from elbowroom.kit.clock import Clock
from elbowroom.kit.config import Config
from elbowroom.kit.db import CommitFailed, Database
from elbowroom.kit.files import Files
from elbowroom.kit.problems import Refused, problem
from elbowroom.kit.vault import Vault

log = structlog.get_logger("web")
BODY_LIMIT = 30 * 1024 * 1024
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self'; connect-src 'self' ws: wss:; frame-src 'self'; media-src 'self' blob:; manifest-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
}


@dataclass
class Engines:
    """What one process runs on."""

    config: Config
    clock: Clock
    db: Database
    bus: Bus
    files: Files
    vault: Vault


def engines_of(request: Request) -> Engines:
    return cast(Engines, request.app.state.engines)


def encoded(body: Any, status: int = 200) -> Response:
    """JSON without a detour through response models: those only describe it."""
    return given(msgspec.json.encode(body), status)


def given(content: bytes, status: int = 200) -> Response:
    kind = "application/problem+json" if status >= 400 else "application/json"
    return Response(content, status, headers={"cache-control": "no-store"}, media_type=kind)


def own_origin(origin: str, host: str, config: Config) -> bool:
    """True where a browser's Origin is this desk: the public address, or, where none is set, the host asked for."""
    if config.origin:
        return origin == config.origin or (config.is_local and urlsplit(origin).netloc == host)
    return urlsplit(origin).netloc == host


def from_elsewhere(request: Request, config: Config) -> bool:
    """A browser's request that another site made. Programs send neither header."""
    origin = request.headers.get("origin")
    if origin is not None:
        return not own_origin(origin, request.headers.get("host", ""), config)
    return request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}


def answer_problems(app: FastAPI) -> None:
    """Every refusal leaves as a problem detail, and none as a trace."""

    @app.exception_handler(Refused)
    async def refused(_request: Request, why: Refused) -> Response:
        return encoded(why.body(), why.status)

    @app.exception_handler(RequestValidationError)
    async def malformed(_request: Request, why: RequestValidationError) -> Response:
        errors = [{"field": ".".join(map(str, one["loc"][1:])), "message": one["msg"]} for one in why.errors()]
        detail = "; ".join(f"{one['field']}: {one['message']}" for one in errors)
        return encoded(problem(422, "bad-request", "That can't be used as it is", detail, errors=errors), 422)

    @app.exception_handler(OverflowError)
    @app.exception_handler(DataError)
    async def beyond(_request: Request, _why: Exception) -> Response:
        """The store holds 64 bits; nothing it knows has a larger number."""
        title, detail = "That can't be used as it is", "A number is larger than any that the desk has given."
        return encoded(problem(422, "bad-request", title, detail, errors=[]), 422)

    @app.exception_handler(HTTPException)
    async def plain(_request: Request, why: HTTPException) -> Response:
        names = {404: "not-found", 405: "not-allowed", 413: "too-large"}
        name = names.get(why.status_code, "bad-request")
        return encoded(problem(why.status_code, name, str(why.detail)), why.status_code)

    @app.exception_handler(ClientDisconnect)
    async def hung_up(_request: Request, _why: ClientDisconnect) -> Response:
        """Nobody hears the answer, and nothing was begun: the body had not come whole."""
        return Response(status_code=499)

    @app.exception_handler(CommitFailed)
    @app.exception_handler(OperationalError)
    async def busy(_request: Request, why: Exception) -> Response:
        log.error("store refused", error=str(why))
        title, detail = "The desk could not store that just now", "Nothing was changed. Send it again in a moment."
        return encoded(problem(503, "busy", title, detail), 503)

    @app.exception_handler(Exception)
    async def broken(request: Request, why: Exception) -> Response:
        log.error("request failed", path=request.url.path, exc_info=why)
        detail = "It is in the desk's log. What you typed is still on your page."
        return encoded(problem(500, "internal", "Something in the desk failed", detail), 500)


class Guarded:
    """Outermost: security headers on every answer, and no body beyond the limit."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        self.headers = dict(HEADERS)
        if https:
            self.headers[b"strict-transport-security"] = b"max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if length.isdigit() and int(length) > BODY_LIMIT:
            detail = f"At most {BODY_LIMIT // 1_048_576} MiB can be sent at once."
            await encoded(problem(413, "too-large", "That is too large", detail), 413)(scope, receive, send)
            return
        read = 0

        async def receive_limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > BODY_LIMIT:
                raise HTTPException(413, "That is too large")
            return message

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                added = [pair for pair in self.headers.items() if pair[0] not in present]
                if b"content-security-policy" not in present:
                    added.append((b"content-security-policy", PAGE_POLICY.encode()))
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self.app(scope, receive_limited, send_guarded)
