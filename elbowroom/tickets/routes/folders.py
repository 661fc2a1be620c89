"""Folders of an inbox; making and changing them is for the managers of its department."""

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets import folders
from elbowroom.tickets.routes.bodies import Body, Id, Version
from elbowroom.tickets.shapes import Folder

router = APIRouter()


class FolderAsked(Body):
    name: str = Field(max_length=200)


class FolderChange(FolderAsked):
    from_version: Version


@router.post("/inboxes/{inbox}/folders", response_model=Folder, status_code=201)
async def make_folder(caller: SignedIn, inbox: Id, asked: FolderAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**folders.make(tx, viewer, inbox, asked.name)}, 201)

    return await caller.command(verb, "admin")


@router.patch("/folders/{folder}", response_model=Folder)
async def rename_folder(caller: SignedIn, folder: Id, asked: FolderChange) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**folders.rename(tx, viewer, folder, asked.from_version, asked.name)})

    return await caller.command(verb, "admin")


@router.delete("/folders/{folder}")
async def remove_folder(caller: SignedIn, folder: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        folders.remove(tx, viewer, folder)
        return Answer({})

    return await caller.command(verb, "admin")
