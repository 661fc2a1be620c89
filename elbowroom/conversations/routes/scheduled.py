"""Send later: what waits on a ticket for its hour."""

from fastapi import APIRouter
from pydantic import AwareDatetime, Field
from starlette.responses import Response

from elbowroom.conversations import attachments
from elbowroom.conversations.replying import scheduling
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.routes.bodies import Body, Id, RecipientsAsked, kept
from elbowroom.conversations.shapes import ScheduledList, ScheduledOne, Unscheduled
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket

router = APIRouter()


class ScheduleAsked(Body):
    """`at`: with its offset from UTC, like 2026-11-23T09:00:00+01:00."""

    body: str = Field(max_length=1_000_000)
    seen: int = Field(ge=0, le=2**53)
    at: AwareDatetime
    conversation: int | None = None
    fence: int | None = None
    held: int | None = None
    attachments: list[int] = Field([])
    recipients: RecipientsAsked | None = None


@router.post("/tickets/{ticket}/scheduled", response_model=ScheduledOne, status_code=201)
async def schedule_reply(caller: SignedIn, ticket: Id, asked: ScheduleAsked) -> Response:
    sending = Sending(
        ticket, asked.body, asked.seen, asked.fence, asked.held, asked.attachments, recipients=kept(asked.recipients)
    )
    return await caller.command(lambda tx, viewer: scheduling.schedule(tx, viewer, sending, asked.at.timestamp()))


@router.get("/tickets/{ticket}/scheduled", response_model=ScheduledList)
async def read_scheduled(caller: SignedIn, ticket: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> ScheduledList:
        access_ticket(read, viewer, ticket, deleted=True)
        return {"scheduled": scheduling.of_ticket(read, ticket)}

    return await caller.answer(question)


@router.delete("/tickets/{ticket}/scheduled/{entry}", response_model=Unscheduled)
async def take_scheduled_back(caller: SignedIn, ticket: Id, entry: Id, edit: bool = False) -> Response:
    """`edit`: the text is a draft of hers again."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        row = scheduling.take_back(tx, viewer, ticket, entry, into_box=edit)
        files = attachments.named(tx, row["files"])
        return Answer({"body": row["body"], "attachments": files, "recipients": row["recipients"]})

    return await caller.command(verb)
