"""Send later: what waits on a ticket for its hour."""

from fastapi import APIRouter
from pydantic import AwareDatetime
from starlette.responses import Response

from elbowroom.conversations import attachments
from elbowroom.conversations.replying import scheduling
from elbowroom.conversations.routes.replies import ReplyAsked
from elbowroom.conversations.shapes import ScheduledList, ScheduledOne, Unscheduled
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.routes.bodies import Id

router = APIRouter()


class ScheduleAsked(ReplyAsked):
    """`at`: with its offset from UTC, like 2026-11-23T09:00:00+01:00."""

    at: AwareDatetime


@router.post("/tickets/{ticket}/scheduled", response_model=ScheduledOne, status_code=201)
async def schedule_reply(caller: SignedIn, ticket: Id, asked: ScheduleAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return scheduling.schedule(tx, viewer, asked.sending(ticket), asked.at.timestamp())

    return await caller.command(verb)


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
