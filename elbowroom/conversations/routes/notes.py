"""What stays among colleagues."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import messages, notes
from elbowroom.conversations.drafting import drafts
from elbowroom.conversations.routes.bodies import access_message
from elbowroom.conversations.shapes import Formers, Written
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Body, Id

router = APIRouter()


class NoteAsked(Body):
    body: str = Field(max_length=200_000)
    attachments: list[int] = Field([])
    mentions: list[int] = Field([])


class EditAsked(Body):
    """`edits`: how often the note had been edited when she saw it."""

    body: str = Field(max_length=200_000)
    edits: int = Field(ge=0, le=2**53)
    mentions: list[int] = Field([])


@router.post("/tickets/{ticket}/notes", response_model=Written, status_code=201)
async def write_note(caller: SignedIn, ticket: Id, asked: NoteAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        message = notes.write(tx, viewer, ticket, asked.body, asked.attachments, asked.mentions)
        drafts.close(tx, viewer, ticket, "note", sent=asked.body)  # here alone it is the text of her box
        return Answer({"message": messages.shown(tx, message)}, 201)

    return await caller.command(verb, "draft")


@router.put("/tickets/{ticket}/notes/{number}", response_model=Written)
async def edit_note(caller: SignedIn, ticket: Id, number: Id, asked: EditAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        message = notes.edit(tx, viewer, ticket, number, asked.body, asked.edits, asked.mentions)
        return Answer({"message": messages.shown(tx, message)})

    return await caller.command(verb, "draft")


@router.get("/messages/{message}/former", response_model=Formers)
async def read_former(caller: SignedIn, message: Id) -> Response:
    """What an edited note said before."""

    def question(read: Read, viewer: Viewer) -> Formers:
        access_message(read, viewer, message)
        return {"former": notes.former(read, message)}

    return await caller.answer(question)
