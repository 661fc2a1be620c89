"""The matrix: every door × everyone who may stand before it, with real things of Support behind each."""

from collections.abc import Iterator
from typing import Any

import httpx2 as httpx
import pytest
from argon2 import PasswordHasher
from fastapi.routing import APIRoute

from elbowroom.app import Extra, bare
from elbowroom.people import passwords
from elbowroom.people.caller import POLICIES, administrator, anyone
from elbowroom.people.guessing import Guessing
from tests.cast import Desk, Person
from tests.rights.doors import DOORS
from tests.rights.principals import PRINCIPALS, calls, comes, expected
from tests.rights.scene import Scene

ENDS = {
    "/session",
    "/sessions",
    "/me/password",
    "/invitations/token/{token}",
}  # what was shown there serves no second time
OPEN = {"/healthz", "/readyz", "/metrics", "/{path:path}", "/api/{_rest:path}"}  # no word of the desk in them


def routes(within: Any) -> Iterator[APIRoute]:
    for one in within.routes:
        if isinstance(one, APIRoute):
            yield one
        elif hasattr(one, "original_router"):
            yield from routes(one.original_router)


ROUTES = [one for one in routes(bare(Extra())) if one.path not in OPEN]


def policy_of(route: APIRoute) -> list[Any]:
    return [one.call for one in route.dependant.dependencies if one.call in POLICIES]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes and the limits on guessing are other tests' affair."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    monkeypatch.setattr(passwords, "MEMORY", 64)
    monkeypatch.setattr(Guessing, "spend", lambda *_: None)


@pytest.fixture
def scene(desk: Desk, ada: Person, bianca: Person) -> Scene:
    return Scene(desk, ada, bianca)


@pytest.fixture(scope="module")
def client(house: Desk) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{house.origin}/api", timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def shown(house: Desk) -> dict[str, dict[str, str]]:
    """Everyone's credentials."""
    return everyone(house)


def everyone(desk: Desk) -> dict[str, dict[str, str]]:
    return {principal.name: comes(desk, principal) for principal in PRINCIPALS}


def test_every_route_declares_exactly_one_policy() -> None:
    assert len(ROUTES) > 60
    assert [route.path for route in ROUTES if len(policy_of(route)) != 1] == []


def test_every_route_stands_in_the_matrix() -> None:
    found = {(method, route.path.removeprefix("/api")) for route in ROUTES for method in route.methods or ()}
    assert found == DOORS.keys()


def test_the_matrix_and_the_routes_agree_on_who_is_let_in() -> None:
    for route in ROUTES:
        for method in route.methods or ():
            door = DOORS[method, route.path.removeprefix("/api")]
            declared = {anyone: "open", administrator: "admin"}.get(policy_of(route)[0])
            assert declared is None or declared == door.whose, route.path
            assert (declared is None) == (door.whose in {"each", "ticket", "author", "holder", "managers"}), route.path


@pytest.mark.sqlite  # who may is asked above the store
@pytest.mark.parametrize(("method", "path"), DOORS, ids=[f"{method} {path}" for method, path in DOORS])
def test_every_door_opens_to_whom_it_should(
    desk: Desk, scene: Scene, client: httpx.Client, shown: dict[str, dict[str, str]], method: str, path: str
) -> None:
    door = DOORS[method, path]
    wrong, call = [], door.made(scene)
    for principal in PRINCIPALS:
        client.cookies.clear()
        answer = calls(client, method, call, comes(desk, principal) if path in ENDS else shown[principal.name])
        if answer.status != (right := expected(door, method, principal)):
            wrong.append(f"{principal.name}: {answer.status} instead of {right}: {str(answer.body)[:200]}")
        if answer.status < 300:
            call = door.made(scene)
    if path in ENDS:
        shown.update(everyone(desk))
    assert not wrong, "\n".join(wrong)
