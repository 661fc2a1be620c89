"""Tickets: read, changed, owned, thrown away."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from elbowroom.kit import journal
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import bad_request
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.tickets import fields, moving, ownership, rows, statuses
from elbowroom.tickets.access import access_ticket, place_of
from elbowroom.tickets.fields import Change
from elbowroom.tickets.routes.bodies import Body, Id, Version, shown
from elbowroom.tickets.shapes import Owned, Status, Ticket

router = APIRouter()


class ChangeAsked(Body):
    to: str | int | None
    from_version: Version


class OwnerAsked(Body):
    agent: int
    instead_of: int | None


@router.get("/tickets/{ticket}", response_model=Ticket)
async def read_ticket(caller: SignedIn, ticket: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> Ticket:
        access_ticket(read, viewer, ticket, deleted=True)
        return rows.whole(read, ticket)

    return await caller.answer(question)


@router.patch("/tickets/{ticket}", response_model=Ticket)
async def patch_ticket(caller: SignedIn, ticket: Id, changes: dict[str, ChangeAsked]) -> Response:
    wanted = {name: Change(change.to, change.from_version) for name, change in changes.items()}

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        if not wanted:
            raise bad_request("body", 'Name at least one field, like {"subject": {"to": "…", "from_version": 7}}.')
        fields.patch(tx, viewer, ticket, wanted)
        return _shown(tx, viewer, ticket)

    return await caller.command(verb)


@router.delete("/tickets/{ticket}", response_model=Ticket)
async def delete_ticket(caller: SignedIn, ticket: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        moving.delete(tx, viewer, ticket)
        return shown(tx, ticket)

    return await caller.command(verb)


@router.post("/tickets/{ticket}/restore", response_model=Ticket)
async def restore_ticket(caller: SignedIn, ticket: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        moving.restore(tx, viewer, ticket)
        return shown(tx, ticket)

    return await caller.command(verb)


@router.put("/tickets/{ticket}/owner", response_model=Owned)
async def give_ticket(caller: SignedIn, ticket: Id, asked: OwnerAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        ownership.give(tx, viewer, ticket, asked.agent, asked.instead_of)
        return Answer({"ticket": rows.whole(tx, ticket)})

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/owner", response_model=Owned)
async def let_ticket_go(caller: SignedIn, ticket: Id, instead_of: Annotated[int | None, Query()] = None) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        ownership.give(tx, viewer, ticket, None, instead_of)
        return Answer({"ticket": rows.whole(tx, ticket)})

    return await caller.command(verb)


@router.get("/tickets/{ticket}/facts")
async def read_facts(caller: SignedIn, ticket: Id, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    def question(read: Read, viewer: Viewer) -> dict[str, Any]:
        access_ticket(read, viewer, ticket, deleted=True)
        hers = {audience_of(department) for department in viewer.departments}
        found = journal.of_place(read, place_of(ticket), after)
        return {"facts": [journal.expanded(read, fact) for fact in found if fact.audience in hers]}

    return await caller.answer(question)


@router.get("/statuses", response_model=list[Status])
async def read_statuses(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, _viewer: statuses.all_statuses(read))


def _shown(read: Read, viewer: Viewer, ticket: int) -> Answer:
    """The ticket as its changer may still see it; after a move out of her departments only that it left."""
    shown = rows.whole(read, ticket)
    return Answer({**shown} if viewer.may_see(shown["department"]) else {"id": ticket, "left": True})
