"""A message goes on to somebody outside."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import messages
from elbowroom.conversations.replying import forwarding
from elbowroom.conversations.replying.forwarding import Forward
from elbowroom.conversations.routes.bodies import RecipientsAsked
from elbowroom.conversations.shapes import Written
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Body, Id

router = APIRouter()


class ForwardAsked(Body):
    """`number`: the message; `keeps`: its files that go along; `attachments`: uploads."""

    number: int = Field(ge=1, le=2**53)
    recipients: RecipientsAsked
    body: str = Field("", max_length=1_000_000)
    keeps: list[int] = Field([], max_length=100)
    attachments: list[int] = Field([])


@router.post("/tickets/{ticket}/forwards", response_model=Written, status_code=201)
async def forward_message(caller: SignedIn, ticket: Id, asked: ForwardAsked) -> Response:
    to = asked.recipients
    wanted = Forward(
        ticket, asked.number, asked.body, {"to": to.to, "cc": to.cc, "bcc": to.bcc}, asked.keeps, asked.attachments
    )

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({"message": messages.shown(tx, forwarding.forward(tx, viewer, wanted))}, 201)

    return await caller.command(verb)
