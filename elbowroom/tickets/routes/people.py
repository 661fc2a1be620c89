"""For whom a ticket is, and who follows it."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import followers, requesters
from elbowroom.tickets.routes.bodies import Body, Id, shown
from elbowroom.tickets.shapes import Found, Ticket

router = APIRouter()


class Someone(Body):
    email: str = Field(min_length=3, max_length=320)
    name: str = Field("", max_length=200)


@router.get("/customers", response_model=Found)
async def find_customers(caller: SignedIn, q: Annotated[str, Query(max_length=200)]) -> Response:
    """Known customers of her departments, for completing an address."""
    return await caller.answer(lambda read, viewer: {"customers": requesters.found(read, viewer, q)})


@router.put("/tickets/{ticket}/followers", response_model=Ticket)
async def add_follower(caller: SignedIn, ticket: Id, asked: Someone) -> Response:
    """Adds someone, or accepts who spoke up: she gets every answer from now on."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        followers.add(tx, viewer, ticket, asked.email.strip(), asked.name)
        return shown(tx, ticket)

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/followers/{customer}", response_model=Ticket)
async def remove_follower(caller: SignedIn, ticket: Id, customer: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        followers.remove(tx, viewer, ticket, customer)
        return shown(tx, ticket)

    return await caller.command(verb)


@router.put("/tickets/{ticket}/requester", response_model=Ticket)
async def give_address(caller: SignedIn, ticket: Id, asked: Someone) -> Response:
    """An address for a requester who had none."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        requesters.give_address(tx, viewer, ticket, asked.email.strip())
        return shown(tx, ticket)

    return await caller.command(verb)
