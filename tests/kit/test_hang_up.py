"""A client that hangs up in the middle of its request is no fault of the desk."""

from collections.abc import Iterator
from typing import Any

import anyio
from fastapi import FastAPI, Request

from elbowroom.kit.web import answer_problems


def test_a_body_that_never_comes_whole_is_no_error() -> None:
    app = FastAPI()
    answer_problems(app)

    @app.post("/take")
    async def take(request: Request) -> None:
        await request.body()

    sent: list[dict[str, Any]] = []
    heard: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )

    async def receive() -> dict[str, Any]:
        return next(heard)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/take", "headers": [], "query_string": b""}
    anyio.run(app, scope, receive, send)
    assert sent[0]["status"] == 499
