"""A ticket is opened by hand or by a program."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import incoming
from elbowroom.conversations.routes.bodies import Body
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.kit.problems import bad_request
from elbowroom.people.caller import SignedIn
from elbowroom.people.customers import find_or_make
from elbowroom.people.rights import Viewer
from elbowroom.tickets import opening, rows
from elbowroom.tickets.access import access_inbox
from elbowroom.tickets.shapes import Ticket

router = APIRouter()
ADDRESS = r"^[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,253}$"


class Requester(Body):
    email: str = Field(pattern=ADDRESS, max_length=320)
    name: str = Field("", max_length=200)


class TicketAsked(Body):
    subject: str = Field(min_length=1, max_length=300)
    requester: Requester | Annotated[str, Field(pattern=ADDRESS, max_length=320)]
    body: str = Field(min_length=1, max_length=200_000)
    inbox: int | None = None


@router.post("/tickets", response_model=Ticket, status_code=201)
async def open_ticket(caller: SignedIn, asked: TicketAsked) -> Response:
    requester = asked.requester if isinstance(asked.requester, Requester) else Requester(email=asked.requester, name="")

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        inbox = opening.first_inbox(tx, viewer) if asked.inbox is None else asked.inbox
        access_inbox(tx, viewer, inbox)
        if not opening.clean_subject(asked.subject) or not asked.body.strip():
            raise bad_request("subject", "Write a subject and what it is about.")
        customer = find_or_make(tx, requester.email, requester.name)
        ticket = incoming.open_ticket(
            tx, inbox, asked.subject, customer, asked.body, channel=opening.channel_of(tx, inbox), by=viewer.by
        )
        return Answer({**rows.whole(tx, ticket)}, 201)

    return await caller.command(verb)
