"""The doors of lists and search."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel
from starlette.responses import Response

from elbowroom.overview.desk import Desk, desk
from elbowroom.overview.lists import Asked, Listed, listed
from elbowroom.overview.search import Hit, search
from elbowroom.people.caller import SignedIn

router = APIRouter(prefix="/api", tags=["overview"])


class Found(BaseModel):
    tickets: list[Hit]


@router.get("/desk", response_model=Desk)
async def read_desk(caller: SignedIn) -> Response:
    state: Any = caller.request.app.state
    url = caller.engines.config.url or str(caller.request.base_url).rstrip("/")
    return await caller.answer(lambda read, viewer: desk(read, viewer, demo=state.demo, url=url))


@router.get("/tickets", response_model=Listed)
async def list_tickets(
    caller: SignedIn,
    inbox: int | None = None,
    queue: str | None = None,
    owner: str | None = None,
    label: str | None = None,
    status: str | None = None,
    priority: str | None = None,
    sort: str = "-last_message_at",
    after: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    bin: bool = False,
    archive: bool = False,
    folder: int | None = None,
) -> Response:
    asked = Asked(inbox, queue, owner, label, status, priority, sort, after, limit, bin, archive, folder)
    return await caller.answer(lambda read, viewer: listed(read, viewer, asked))


@router.get("/search", response_model=Found)
async def find_tickets(caller: SignedIn, q: Annotated[str, Query(max_length=300)]) -> Response:
    return await caller.answer(lambda read, viewer: {"tickets": search(read, viewer, q)})
