"""What is not sent yet, and who gets it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import drafts, handing_over
from elbowroom.conversations.routes.bodies import Body, Id
from elbowroom.conversations.shapes import DraftKind, Drafts, DraftSaved
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket

router = APIRouter()


class DraftAsked(Body):
    body: str = Field(max_length=200_000)
    continues: int = Field(alias="from", ge=0, le=2**53)
    device: str = Field(max_length=100)
    kind: DraftKind = "reply"


@router.put("/tickets/{ticket}/draft", response_model=DraftSaved)
async def save_draft(caller: SignedIn, ticket: Id, asked: DraftAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return drafts.save(tx, viewer, ticket, asked.kind, asked.body, asked.continues, asked.device)

    return await caller.command(verb, "draft")


@router.get("/tickets/{ticket}/drafts", response_model=Drafts)
async def read_drafts(caller: SignedIn, ticket: Id) -> Response:
    """Her own."""

    def question(read: Read, viewer: Viewer) -> Drafts:
        access_ticket(read, viewer, ticket, deleted=True)
        return {"drafts": drafts.of_ticket(read, viewer, ticket)}

    return await caller.answer(question)


@router.delete("/tickets/{ticket}/draft")
async def drop_draft(caller: SignedIn, ticket: Id, kind: Annotated[DraftKind, Query()] = "reply") -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        access_ticket(tx, viewer, ticket, deleted=True)
        drafts.close(tx, viewer, ticket, kind)
        return Answer({})

    return await caller.command(verb, "draft")


class HandoverAnswer(Body):
    """`note`: for the one who goes on; `draft`: what is written of the reply goes along."""

    answer: Literal["give", "refuse"]
    note: str = Field("", max_length=200_000)
    draft: bool = False


@router.put("/tickets/{ticket}/lock/request")
async def answer_request(caller: SignedIn, ticket: Id, asked: HandoverAnswer) -> Response:
    """The holder's answer to who asks for the ticket."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        if asked.answer == "give":
            handing_over.give(tx, viewer, ticket, note=asked.note, with_draft=asked.draft)
        else:
            handing_over.refuse(tx, viewer, ticket)
        return Answer({})

    return await caller.command(verb)
