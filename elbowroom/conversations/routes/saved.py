"""Saved replies."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import saving
from elbowroom.conversations.shapes import SavedReplies, SavedReply
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Body, Id

router = APIRouter()
Name = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=200_000)]


class SavedAsked(Body):
    """`department`: null for one of her own."""

    name: Name
    body: Text
    department: int | None = None


class SavedChange(Body):
    from_version: Annotated[int, Field(ge=0, le=2**53)]
    name: Name | None = None
    body: Text | None = None


@router.get("/saved-replies", response_model=SavedReplies)
async def read_saved(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"saved": saving.seen_by(read, viewer)})


@router.post("/saved-replies", response_model=SavedReply, status_code=201)
async def save_reply(caller: SignedIn, asked: SavedAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**saving.make(tx, viewer, asked.department, asked.name, asked.body)}, 201)

    return await caller.command(verb, "draft")


@router.patch("/saved-replies/{saved}", response_model=SavedReply)
async def change_saved(caller: SignedIn, saved: Id, asked: SavedChange) -> Response:
    values = asked.model_dump(exclude_none=True, exclude={"from_version"})

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**saving.change(tx, viewer, saved, asked.from_version, values)})

    return await caller.command(verb, "draft")


@router.delete("/saved-replies/{saved}")
async def remove_saved(caller: SignedIn, saved: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        saving.remove(tx, viewer, saved)
        return Answer({})

    return await caller.command(verb, "draft")
