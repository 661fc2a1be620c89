"""What a ticket is marked with."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import labels, relabelling, rows
from elbowroom.tickets.routes.bodies import Body, Id, Version
from elbowroom.tickets.shapes import CountedLabel, Label, Labelled

router = APIRouter()


@router.put("/tickets/{ticket}/labels/{name:path}", response_model=Labelled)
async def add_label(caller: SignedIn, ticket: Id, name: str) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        labels.add(tx, viewer, ticket, name)
        return _worn(tx, ticket)

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/labels/{name:path}", response_model=Labelled)
async def remove_label(caller: SignedIn, ticket: Id, name: str) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        labels.remove(tx, viewer, ticket, name)
        return _worn(tx, ticket)

    return await caller.command(verb)


class LabelChange(Body):
    name: str
    from_version: Version


class LabelMerge(Body):
    """`into`: another label of the department."""

    into: int
    from_version: Version


@router.get("/departments/{department}/labels", response_model=list[CountedLabel])
async def read_labels(caller: SignedIn, department: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> list[CountedLabel]:
        return relabelling.counted(read, viewer, department)

    return await caller.answer(question)


@router.patch("/labels/{label}", response_model=Label)
async def rename_label(caller: SignedIn, label: Id, asked: LabelChange) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**relabelling.rename(tx, viewer, label, asked.name, asked.from_version)})

    return await caller.command(verb, "admin")


@router.post("/labels/{label}/merge", response_model=Label)
async def merge_label(caller: SignedIn, label: Id, asked: LabelMerge) -> Response:
    """Answers with the label that stays."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**relabelling.merge(tx, viewer, label, asked.into, asked.from_version)})

    return await caller.command(verb, "admin")


@router.delete("/labels/{label}")
async def delete_label(caller: SignedIn, label: Id, from_version: Annotated[int, Query(ge=1, le=2**53)]) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        relabelling.remove(tx, viewer, label, from_version)
        return Answer({})

    return await caller.command(verb, "admin")


def _worn(read: Read, ticket: int) -> Answer:
    return Answer({"labels": list(rows.worn_by(read, [ticket])[ticket].values())})
