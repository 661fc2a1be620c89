"""Who holds a ticket right now."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import holding
from elbowroom.tickets.routes.bodies import Id
from elbowroom.together.shapes import Lock

router = APIRouter()


@router.post("/tickets/{ticket}/lock", response_model=Lock)
async def take_lock(caller: SignedIn, ticket: Id) -> Response:
    """A browser's lock lives as long as its tab is on the ticket; a program's is a lease of 60 s, renewed by POST."""
    is_program = caller.shown is not None and not caller.shown.is_cookie

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**holding.take(tx, viewer, ticket, leased=is_program)})

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/lock")
async def free_lock(caller: SignedIn, ticket: Id, force: Annotated[bool, Query()] = False) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        holding.force(tx, viewer, ticket) if force else holding.free(tx, viewer, ticket)
        return Answer({})

    return await caller.command(verb)


@router.post("/tickets/{ticket}/lock/request", response_model=Lock, status_code=201)
async def ask_for_lock(caller: SignedIn, ticket: Id) -> Response:
    """Asks the holder to hand over; it is the asker's when she lets the time run out."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**holding.ask(tx, viewer, ticket)}, 201)

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/lock/request")
async def ask_no_more(caller: SignedIn, ticket: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        holding.ask_no_more(tx, viewer, ticket)
        return Answer({})

    return await caller.command(verb)
