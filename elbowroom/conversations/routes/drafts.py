"""What is not sent yet, and who gets it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations.drafting import asides, drafts, handing_over, preparing
from elbowroom.conversations.shapes import DraftKind, Drafts, DraftSaved, DraftText
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.routes.bodies import Body, Id

router = APIRouter()


class DraftAsked(Body):
    body: str = Field(max_length=200_000)
    continues: int = Field(alias="from", ge=0, le=2**53)
    device: str = Field(max_length=100)
    kind: DraftKind = "reply"
    aside: list[Annotated[str, Field(max_length=200_000)]] = Field(default_factory=list, max_length=20)


@router.put("/tickets/{ticket}/draft", response_model=DraftSaved)
async def save_draft(caller: SignedIn, ticket: Id, asked: DraftAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return drafts.save(tx, viewer, ticket, asked.kind, asked.body, asked.continues, asked.device, asked.aside)

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


@router.delete("/tickets/{ticket}/draft/aside/{aside}")
async def drop_aside(caller: SignedIn, ticket: Id, aside: Id) -> Response:
    """One of her texts put aside; the draft and the others stay."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        access_ticket(tx, viewer, ticket, deleted=True)
        asides.drop(tx, viewer, ticket, aside)
        return Answer({})

    return await caller.command(verb, "draft")


@router.get("/tickets/{ticket}/drafts/{person}", response_model=DraftText)
async def read_draft_of(caller: SignedIn, ticket: Id, person: Id) -> Response:
    """The reply that a colleague has begun."""

    def question(read: Read, viewer: Viewer) -> DraftText:
        return preparing.text_of(read, viewer, ticket, person)

    return await caller.answer(question)


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
