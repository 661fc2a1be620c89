"""Where tickets lie."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import bad_request
from elbowroom.people.caller import Administrator, SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import inboxes
from elbowroom.tickets.routes.bodies import Body, Id, Version
from elbowroom.tickets.shapes import Inbox, LockMode, MayForce

router = APIRouter()
HandoverFor = Annotated[int, Field(ge=5, le=600)]  # seconds


class InboxAsked(Body):
    department: int
    name: str = Field(max_length=80)
    lock_mode: LockMode = "write"
    may_force: MayForce = "anyone"
    handover_for: HandoverFor = 30


class InboxChange(Body):
    from_version: Version
    name: str | None = Field(None, max_length=80)
    lock_mode: LockMode | None = None
    may_force: MayForce | None = None
    handover_for: HandoverFor | None = None


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
