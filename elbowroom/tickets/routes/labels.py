"""What a ticket is marked with."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import labels, rows
from elbowroom.tickets.shapes import Labelled

router = APIRouter()
Id = Annotated[int, Path(ge=1, le=2**53)]


@router.put("/tickets/{ticket}/labels/{name:path}", response_model=Labelled)
async def add_label(caller: SignedIn, ticket: Id, name: str) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        labels.add(tx, viewer, ticket, name)
        return Answer({"labels": rows.labels_of(tx, [ticket])[ticket]})

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/labels/{name:path}", response_model=Labelled)
async def remove_label(caller: SignedIn, ticket: Id, name: str) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        labels.remove(tx, viewer, ticket, name)
        return Answer({"labels": rows.labels_of(tx, [ticket])[ticket]})

    return await caller.command(verb)
