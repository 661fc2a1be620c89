"""What the desk says, held against its own description of itself; `cast` asks for every message that anyone hears."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from pydantic_core import ValidationError
from starlette.routing import compile_path

from elbowroom.app import Extra, bare
from elbowroom.protocol import Fact, said

_facts: TypeAdapter[Any] = TypeAdapter(list[Fact])
Door = tuple[str, re.Pattern[str], TypeAdapter[Any]]


def message_fault(message: dict[str, Any]) -> str:
    """Why a message of the socket is not as described; "" where it is."""
    if message["type"] == "error":  # a problem may carry more
        shown = ("type", "title", "status", "detail")
        message = {**message, "problem": {name: message["problem"][name] for name in shown}}
    return _fault(said, message)


def answer_fault(method: str, path: str, body: Any) -> str:
    """The same of an answer to a request that was not refused."""
    facts = body.get("facts", []) if isinstance(body, dict) else []
    bare_body = {name: value for name, value in body.items() if name != "facts"} if isinstance(body, dict) else body
    adapter = next((one for way, form, one in _doors() if way == method and form.match(path)), None)
    return _fault(_facts, facts) or (_fault(adapter, bare_body) if adapter else "")


@cache
def _doors() -> list[Door]:
    found = [one for one in _routes(bare(Extra())) if one.response_model is not None]
    return [(way, _form(one.path), TypeAdapter(one.response_model)) for one in found for way in one.methods or ()]


def _routes(within: Any) -> Iterator[APIRoute]:
    for one in within.routes:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):  # FastAPI keeps an included router whole, its prefix apart
            yield from _routes(one.original_router)


def _form(path: str) -> re.Pattern[str]:
    return compile_path(path if path.startswith("/api") else f"/api{path}")[0]


def _fault(adapter: TypeAdapter[Any], told: Any) -> str:
    """A name that the description lacks is dropped on the way through, so that it shows as a difference."""
    try:
        known = adapter.dump_python(adapter.validate_python(told), mode="json", by_alias=True, exclude_unset=True)
    except ValidationError as wrong:
        return f"{told} is not as described: {wrong}"
    return "" if known == told else f"{told} holds more than is described: {known}"
