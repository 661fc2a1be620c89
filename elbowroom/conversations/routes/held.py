"""Texts that wait for their author."""

from fastapi import APIRouter
from starlette.responses import Response

from elbowroom.conversations import messages, notes
from elbowroom.conversations.held import awaiting, holding
from elbowroom.conversations.shapes import AwaitingList, HeldList, HeldOne, Written
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Id

router = APIRouter()


@router.get("/held", response_model=HeldList)
async def read_held(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"held": holding.of_person(read, viewer)})


@router.get("/held/waiting", response_model=AwaitingList)
async def read_waiting(caller: SignedIn) -> Response:
    """Colleagues' held texts, in the departments that the caller manages."""
    return await caller.answer(lambda read, viewer: {"waiting": awaiting.seen_by(read, viewer)})


@router.get("/held/{entry}", response_model=HeldOne)
async def read_one_held(caller: SignedIn, entry: Id) -> Response:
    return await caller.answer(lambda read, viewer: {"held": holding.of_id(read, viewer, entry)})


@router.post("/held/{entry}/note", response_model=Written, status_code=201)
async def keep_held_as_note(caller: SignedIn, entry: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({"message": messages.shown(tx, notes.keep_held(tx, viewer, entry))}, 201)

    return await caller.command(verb, "draft")


@router.delete("/held/{entry}")
async def discard_held(caller: SignedIn, entry: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        holding.settle(tx, viewer, entry, "discarded")
        return Answer({})

    return await caller.command(verb, "draft")
