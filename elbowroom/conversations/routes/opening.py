"""A ticket is opened by hand or by a program."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.conversations import opening
from elbowroom.conversations.opening import Kind, Opening
from elbowroom.conversations.routes.bodies import Addresses
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import rows
from elbowroom.tickets.routes.bodies import Body
from elbowroom.tickets.shapes import Ticket

router = APIRouter()
ADDRESS = r"^[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,253}$"


class Requester(Body):
    """`phone` is enough where `kind` is "phone"."""

    email: str = Field("", pattern=f"{ADDRESS}|^$", max_length=320)
    name: str = Field("", max_length=200)
    phone: str = Field("", max_length=60)


class TicketAsked(Body):
    """`kind`: "customer" and "phone": the body is what she said; "mail": it is written to her and leaves as a mail."""

    subject: str = Field(min_length=1, max_length=300)
    requester: Requester | Annotated[str, Field(pattern=ADDRESS, max_length=320)]
    body: str = Field(min_length=1, max_length=200_000)
    inbox: int | None = None
    kind: Kind = "customer"
    attachments: list[int] = Field([])
    cc: Addresses = Field([])
    bcc: Addresses = Field([])


@router.post("/tickets", response_model=Ticket, status_code=201)
async def open_ticket(caller: SignedIn, asked: TicketAsked) -> Response:
    given = asked.requester
    who = given if isinstance(given, Requester) else Requester(email=given, name="", phone="")
    wanted = Opening(
        asked.kind, asked.subject, asked.body, who.email, who.name, who.phone, asked.inbox, asked.attachments,
        asked.cc, asked.bcc,
    )  # fmt: skip

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**rows.whole(tx, opening.open_ticket(tx, viewer, wanted))}, 201)

    return await caller.command(verb)
