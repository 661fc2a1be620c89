"""The doors of tickets."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from elbowroom.kit import journal
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import bad_request
from elbowroom.people.caller import Administrator, SignedIn
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.tickets import fields, holding, inboxes, labels, moving, ownership, rows, statuses
from elbowroom.tickets.access import access_ticket, place_of
from elbowroom.tickets.fields import Change
from elbowroom.tickets.shapes import Inbox, Labelled, LockMode, MayForce, Owned, Status, Ticket
from elbowroom.together.shapes import Lock

router = APIRouter(prefix="/api", tags=["tickets"])
Id = Annotated[int, Path(ge=1, le=2**53)]
Version = Annotated[int, Field(ge=0, le=2**53)]
HandoverFor = Annotated[int, Field(ge=5, le=600)]  # seconds


class ChangeAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    to: str | int
    from_version: Version


class OwnerAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    agent: int
    instead_of: int | None


class InboxAsked(BaseModel):
    model_config = ConfigDict(extra="forbid")
    department: int
    name: str = Field(max_length=80)
    lock_mode: LockMode = "write"
    may_force: MayForce = "anyone"
    handover_for: HandoverFor = 30


class InboxChange(BaseModel):
    model_config = ConfigDict(extra="forbid")
    from_version: Version
    name: str | None = Field(None, max_length=80)
    lock_mode: LockMode | None = None
    may_force: MayForce | None = None
    handover_for: HandoverFor | None = None


@router.get("/tickets/{ticket}", response_model=Ticket)
async def read_ticket(caller: SignedIn, ticket: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> Ticket:
        access_ticket(read, viewer, ticket, deleted=True)
        return rows.whole(read, ticket)

    return await caller.answer(question)


@router.patch("/tickets/{ticket}", response_model=Ticket)
async def patch_ticket(caller: SignedIn, ticket: Id, changes: Annotated[dict[str, ChangeAsked], Body()]) -> Response:
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
        return Answer({**rows.whole(tx, ticket)})

    return await caller.command(verb)


@router.post("/tickets/{ticket}/restore", response_model=Ticket)
async def restore_ticket(caller: SignedIn, ticket: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        moving.restore(tx, viewer, ticket)
        return Answer({**rows.whole(tx, ticket)})

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


@router.put("/tickets/{ticket}/labels/{name:path}", response_model=Labelled)
async def add_label(caller: SignedIn, ticket: Id, name: str) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        labels.add(tx, viewer, ticket, name)
        return Answer({"labels": rows.labels_of(tx, [ticket])[ticket]})

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/labels/{name:path}", response_model=Labelled)
async def remove_label(caller: SignedIn, ticket: Id, name: str) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        labels.remove(tx, viewer, ticket, name)
        return Answer({"labels": rows.labels_of(tx, [ticket])[ticket]})

    return await caller.command(verb)


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


@router.get("/inboxes", response_model=list[Inbox])
async def read_inboxes(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: inboxes.inboxes_in(read, list(viewer.departments)))


@router.post("/inboxes", response_model=Inbox, status_code=201)
async def make_inbox(caller: Administrator, asked: InboxAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        if not viewer.may_see(asked.department):
            raise bad_request("department", "There is no such department. Choose one of the list.")
        made = inboxes.make(
            tx, asked.department, asked.name, lock_mode=asked.lock_mode, may_force=asked.may_force,
            handover_for=asked.handover_for, by=viewer,
        )  # fmt: skip
        return Answer(_inbox(tx, viewer, made), 201)

    return await caller.command(verb, "admin")


@router.patch("/inboxes/{inbox}", response_model=Inbox)
async def change_inbox(caller: Administrator, inbox: Id, asked: InboxChange) -> Response:
    values = asked.model_dump(exclude_none=True, exclude={"from_version"})

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        inboxes.change(tx, viewer, inbox, asked.from_version, values)
        return Answer(_inbox(tx, viewer, inbox))

    return await caller.command(verb, "admin")


def _inbox(read: Read, viewer: Viewer, inbox: int) -> dict[str, Any]:
    every = inboxes.inboxes_in(read, list(viewer.departments))
    return next({**one} for one in every if one["id"] == inbox)


def _shown(read: Read, viewer: Viewer, ticket: int) -> Answer:
    """The ticket as its changer may still see it; after a move out of her departments only that it left."""
    shown = rows.whole(read, ticket)
    return Answer({**shown} if viewer.may_see(shown["department"]) else {"id": ticket, "left": True})
