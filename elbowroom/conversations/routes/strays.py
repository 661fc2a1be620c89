"""Her texts that lost their ticket."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from elbowroom.conversations.drafting import strays
from elbowroom.conversations.shapes import DraftKind, Strays
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Id

router = APIRouter()


@router.get("/strays", response_model=Strays)
async def read_strays(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"strays": strays.of_person(read, viewer)})


@router.delete("/strays/{ticket}")
async def discard_stray(
    caller: SignedIn, ticket: Id, kind: Annotated[DraftKind, Query()] = "reply",
    aside: Annotated[int | None, Query(ge=1, le=2**53)] = None,
) -> Response:  # fmt: skip
    """The draft, or one of the texts put aside; the others stay."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        strays.discard(tx, viewer, ticket, kind, aside)
        return Answer({})

    return await caller.command(verb, "draft")
