"""The bin, and for how long what lies there is kept."""

from fastapi import APIRouter
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import Administrator, SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import bin
from elbowroom.tickets.routes.bodies import Body
from elbowroom.tickets.shapes import Bin

router = APIRouter()


class Days(Body):
    days: int


@router.get("/bin", response_model=Bin)
async def read_bin(caller: SignedIn, after: str | None = None) -> Response:
    return await caller.answer(lambda read, viewer: bin.in_bin(read, viewer, after))


@router.patch("/bin", response_model=Days)
async def change_bin(caller: Administrator, asked: Days) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        bin.keep_for(tx, viewer.by, asked.days)
        return Answer({"days": bin.days(tx)})

    return await caller.command(verb, "admin")
