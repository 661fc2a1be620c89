"""Sending, taking back, sending again."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import messages
from elbowroom.conversations.replying import delivery, release, replies
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.routes.bodies import RecipientsAsked, kept
from elbowroom.conversations.shapes import Submitted, Withdrawn, Written
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Body, Id

router = APIRouter()


class ReplyAsked(Body):
    body: str = Field(max_length=1_000_000)
    seen: int = Field(ge=0, le=2**53)
    conversation: int | None = None
    fence: int | None = None
    held: int | None = None
    attachments: list[int] = Field([])
    recipients: RecipientsAsked | None = None

    def sending(self, ticket: int) -> Sending:
        to = kept(self.recipients)
        return Sending(ticket, self.body, self.seen, self.fence, self.held, self.attachments, recipients=to)


class ResendAsked(Body):
    """Nothing: to the same as before."""

    recipients: RecipientsAsked | None = None


@router.post("/tickets/{ticket}/replies", response_model=Submitted, status_code=201)
async def send_reply(caller: SignedIn, ticket: Id, asked: ReplyAsked) -> Response:
    return await caller.command(lambda tx, viewer: replies.reply(tx, viewer, asked.sending(ticket)))


@router.delete("/tickets/{ticket}/replies/{number}", response_model=Withdrawn)
async def withdraw_reply(caller: SignedIn, ticket: Id, number: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        row, files = release.withdraw(tx, viewer, ticket, number)
        return Answer({"message": messages.shown(tx, row["id"]), "body": row["text"], "attachments": files,
                       "recipients": row["recipients"]})  # fmt: skip

    return await caller.command(verb)


@router.post("/tickets/{ticket}/replies/{number}/resend", response_model=Written)
async def resend_reply(caller: SignedIn, ticket: Id, number: Id, asked: ResendAsked | None = None) -> Response:
    wanted = kept(asked.recipients) if asked else None

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({"message": messages.shown(tx, delivery.resend(tx, viewer, ticket, number, wanted))})

    return await caller.command(verb)
