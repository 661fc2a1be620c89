"""Two tickets become one, and one becomes two."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations.merging import merging, splitting
from elbowroom.conversations.shapes import Merged
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import rows
from elbowroom.tickets.routes.bodies import Body, Id
from elbowroom.tickets.shapes import Ticket

router = APIRouter()
Number = Annotated[int, Field(ge=1, le=2**53)]


class MergeAsked(Body):
    into: Number


class SplitAsked(Body):
    """`numbers` of the messages that go; `subject`: the same where none is given."""

    numbers: list[Number] = Field(min_length=1, max_length=10_000)
    subject: str = Field("", max_length=300)


@router.post("/tickets/{ticket}/merge", response_model=Merged)
async def merge_ticket(caller: SignedIn, ticket: Id, asked: MergeAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        merging.merge(tx, viewer, ticket, asked.into)
        return Answer({"ticket": rows.whole(tx, ticket), "target": rows.whole(tx, asked.into)})

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/merge", response_model=Ticket)
async def undo_merge(caller: SignedIn, ticket: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        merging.undo(tx, viewer, ticket)
        return Answer({**rows.whole(tx, ticket)})

    return await caller.command(verb)


@router.post("/tickets/{ticket}/split", response_model=Ticket, status_code=201)
async def split_ticket(caller: SignedIn, ticket: Id, asked: SplitAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        made = splitting.split(tx, viewer, ticket, asked.numbers, asked.subject)
        return Answer({**rows.whole(tx, made)}, 201)

    return await caller.command(verb)
