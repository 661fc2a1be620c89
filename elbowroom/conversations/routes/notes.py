"""What stays among colleagues."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import notes
from elbowroom.conversations.routes.bodies import Body, Id, shown_message
from elbowroom.conversations.shapes import Written
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer

router = APIRouter()


class NoteAsked(Body):
    body: str = Field(max_length=200_000)
    attachments: list[int] = Field([])


@router.post("/tickets/{ticket}/notes", response_model=Written, status_code=201)
async def write_note(caller: SignedIn, ticket: Id, asked: NoteAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer(
            {"message": shown_message(tx, notes.write(tx, viewer, ticket, asked.body, asked.attachments))}, 201
        )

    return await caller.command(verb, "draft")
