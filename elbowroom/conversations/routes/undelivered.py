"""What did not reach anyone and waits for its author."""

from fastapi import APIRouter
from starlette.responses import Response

from elbowroom.conversations.replying import undelivered
from elbowroom.conversations.shapes import UndeliveredList
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Id

router = APIRouter()


@router.get("/undelivered", response_model=UndeliveredList)
async def read_undelivered(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"undelivered": undelivered.of_person(read, viewer)})


@router.delete("/undelivered/{message}")
async def let_go(caller: SignedIn, message: Id) -> Response:
    """It stays as it is, and is on her list no more."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        undelivered.let_go(tx, viewer, message)
        return Answer({})

    return await caller.command(verb)
