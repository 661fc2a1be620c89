from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from elbowroom.people.caller import POLICIES
from elbowroom.people.routes import router

from .conftest import Desk


def routes(within: Any = router) -> Iterator[APIRoute]:
    for one in within.routes:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):
            yield from routes(one.original_router)


def test_every_door_declares_one_policy() -> None:
    found = list(routes())
    assert len(found) > 20
    for route in found:
        declared = [one.call for one in route.dependant.dependencies if one.call in POLICIES]
        assert len(declared) == 1, route.path


def test_no_door_opens_to_strangers_but_those_meant_to(desk: Desk) -> None:
    stranger = desk.browser()
    open_ones = {"/session", "/resets", "/resets/{token}", "/invitations/token/{token}", "/setup"}
    for path, doors in desk.app.openapi()["paths"].items():
        for method in doors:
            short = path.removeprefix("/api")
            if short in open_ones and (short, method) != ("/session", "delete"):
                continue
            answer = stranger.client.request(
                method, path.replace("{id}", "1"), headers={"Idempotency-Key": "x"}, json={}
            )
            assert answer.status_code in {401, 422}, (method, path)


def test_the_doors_are_described(desk: Desk) -> None:
    app: FastAPI = desk.app
    schemas = app.openapi()["components"]["schemas"]
    assert {"Me", "Person", "Department", "Session", "Token", "Invitation"} <= schemas.keys()
