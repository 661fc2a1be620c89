"""Into the archive and out of it."""

from fastapi import APIRouter
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import archiving
from elbowroom.tickets.routes.bodies import Id, shown
from elbowroom.tickets.shapes import Ticket

router = APIRouter()


@router.post("/tickets/{ticket}/archive", response_model=Ticket)
async def archive_ticket(caller: SignedIn, ticket: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        archiving.archive(tx, viewer, ticket)
        return shown(tx, ticket)

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/archive", response_model=Ticket)
async def unarchive_ticket(caller: SignedIn, ticket: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        archiving.unarchive(tx, viewer, ticket)
        return shown(tx, ticket)

    return await caller.command(verb)
