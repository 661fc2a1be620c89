"""Files of messages."""

import asyncio
import hashlib

from fastapi import APIRouter, UploadFile
from starlette.responses import Response

from elbowroom.conversations import attachments
from elbowroom.conversations.attachments import File
from elbowroom.conversations.shapes import Attachment
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.kit.images import NotAnImage, reencoded
from elbowroom.kit.problems import Refused
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.routes.bodies import Id

router = APIRouter()
QUIET_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@router.post("/uploads", response_model=Attachment, status_code=201)
async def upload(caller: SignedIn, file: UploadFile) -> Response:
    content = await file.read(attachments.SIZE + 1)
    if len(content) > attachments.SIZE:
        raise Refused(413, "too-large", "The file is too large", "A file has at most 25 MiB.")
    await caller.ask(lambda _read, _viewer: None)  # nothing is stored for strangers
    blob = await asyncio.to_thread(caller.engines.files.put, content)
    stored = File(blob, attachments.clean_name(file.filename or ""), file.content_type or "", len(content))
    printed = f"{stored.name} {hashlib.sha256(content).hexdigest()}".encode()

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({**attachments.upload(tx, viewer, stored)}, 201)

    return await caller.command(verb, "draft", printed=printed)


@router.get("/attachments/{attachment}")
async def download(caller: SignedIn, attachment: Id) -> Response:
    row = await caller.ask(lambda read, viewer: attachments.access_attachment(read, viewer, attachment))
    content = await asyncio.to_thread(caller.engines.files.get, row["blob"])
    headers = {"content-disposition": attachments.disposition(row["name"]), "content-security-policy": QUIET_POLICY}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.get("/attachments/{attachment}/image")
async def show_image(caller: SignedIn, attachment: Id) -> Response:
    row = await caller.ask(lambda read, viewer: attachments.access_attachment(read, viewer, attachment))
    content = await asyncio.to_thread(caller.engines.files.get, row["blob"])
    try:
        shown = await asyncio.to_thread(reencoded, content)
    except NotAnImage as wrong:
        raise Refused(415, "not-an-image", "That file can't be shown as an image", "Download it instead.") from wrong
    headers = {"content-security-policy": QUIET_POLICY, "cache-control": "private, max-age=86400"}
    return Response(shown, media_type="image/png", headers=headers)
