"""The doors of notices. Each is its person's alone."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.notify import mentions
from elbowroom.notify.shapes import Notices
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer

router = APIRouter(prefix="/api", tags=["notify"])
Id = Annotated[int, Path(ge=1, le=2**53)]


@router.get("/notices", response_model=Notices)
async def read_notices(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"notices": mentions.of_person(read, viewer)})


@router.delete("/notices/{notice}")
async def dismiss_notice(caller: SignedIn, notice: Id) -> Response:
    """She has read it."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        mentions.read_one(tx, viewer, notice)
        return Answer({})

    return await caller.command(verb, "draft")


@router.delete("/notices")
async def dismiss_notices(caller: SignedIn, ticket: Annotated[int | None, Query(ge=1, le=2**53)] = None) -> Response:
    """All of hers, or those of a ticket that she reads."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        mentions.read_all(tx, viewer, ticket)
        return Answer({})

    return await caller.command(verb, "draft")
