"""Texts that wait for their author."""

from fastapi import APIRouter
from starlette.responses import Response

from elbowroom.conversations import holding, notes
from elbowroom.conversations.routes.bodies import Id, shown_message
from elbowroom.conversations.shapes import HeldList, Written
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer

router = APIRouter()


@router.get("/held", response_model=HeldList)
async def read_held(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"held": holding.of_person(read, viewer)})


@router.post("/held/{entry}/note", response_model=Written, status_code=201)
async def keep_held_as_note(caller: SignedIn, entry: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({"message": shown_message(tx, notes.keep_held(tx, viewer, entry))}, 201)

    return await caller.command(verb, "draft")


@router.delete("/held/{entry}")
async def discard_held(caller: SignedIn, entry: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        holding.settle(tx, viewer, entry, "discarded")
        return Answer({})

    return await caller.command(verb, "draft")
