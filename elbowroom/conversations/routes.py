"""The doors of what is said."""

import asyncio
import hashlib
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, UploadFile
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response

from elbowroom.conversations import (
    attachments,
    delivery,
    drafts,
    handing_over,
    holding,
    incoming,
    messages,
    notes,
    release,
    replies,
)
from elbowroom.conversations.attachments import File
from elbowroom.conversations.html import page_of
from elbowroom.conversations.sending import Sending
from elbowroom.conversations.shapes import (
    Attachment,
    DraftKind,
    Drafts,
    DraftSaved,
    Full,
    HeldList,
    Message,
    Messages,
    Submitted,
    Withdrawn,
    Written,
)
from elbowroom.conversations.tables import messages as table
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.images import NotAnImage, reencoded
from elbowroom.kit.problems import Refused, bad_request, not_found
from elbowroom.people.caller import SignedIn
from elbowroom.people.customers import find_or_make
from elbowroom.people.rights import Viewer
from elbowroom.tickets import opening, rows
from elbowroom.tickets.access import access_inbox, access_ticket
from elbowroom.tickets.shapes import Ticket

router = APIRouter(prefix="/api", tags=["conversations"])
Id = Annotated[int, Path(ge=1, le=2**53)]
ADDRESS = r"^[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,253}$"
QUIET_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
MAIL_POLICY = f"{QUIET_POLICY} allow-popups allow-popups-to-escape-sandbox"  # a link may be opened, by a click


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Requester(Body):
    email: str = Field(pattern=ADDRESS, max_length=320)
    name: str = Field("", max_length=200)


class HandoverAnswer(Body):
    """`note`: for the one who goes on; `draft`: what is written of the reply goes along."""

    answer: Literal["give", "refuse"]
    note: str = Field("", max_length=200_000)
    draft: bool = False


class TicketAsked(Body):
    subject: str = Field(min_length=1, max_length=300)
    requester: Requester | Annotated[str, Field(pattern=ADDRESS, max_length=320)]
    body: str = Field(min_length=1, max_length=200_000)
    inbox: int | None = None


class ReplyAsked(Body):
    body: str = Field(max_length=1_000_000)
    seen: int = Field(ge=0, le=2**53)
    conversation: int | None = None
    fence: int | None = None
    held: int | None = None
    attachments: list[int] = []


class NoteAsked(Body):
    body: str = Field(max_length=200_000)
    attachments: list[int] = []


class DraftAsked(Body):
    body: str = Field(max_length=200_000)
    continues: int = Field(alias="from", ge=0, le=2**53)
    device: str = Field(max_length=100)
    kind: DraftKind = "reply"


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


@router.get("/tickets/{ticket}/messages", response_model=Messages)
async def read_messages(caller: SignedIn, ticket: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> dict[str, Any]:
        stored = access_ticket(read, viewer, ticket, deleted=True)
        told = messages.of_ticket(read, ticket)
        return {"messages": told, "head": stored["head"], "last_number": stored["last_number"]}

    return await caller.answer(question)


@router.post("/tickets/{ticket}/replies", response_model=Submitted, status_code=201)
async def send_reply(caller: SignedIn, ticket: Id, asked: ReplyAsked) -> Response:
    sending = Sending(ticket, asked.body, asked.seen, asked.fence, asked.held, asked.attachments)
    return await caller.command(lambda tx, viewer: replies.reply(tx, viewer, sending))


@router.delete("/tickets/{ticket}/replies/{number}", response_model=Withdrawn)
async def withdraw_reply(caller: SignedIn, ticket: Id, number: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        row, files = release.withdraw(tx, viewer, ticket, number)
        return Answer({"message": _message(tx, row["id"]), "body": row["text"], "attachments": files})

    return await caller.command(verb)


@router.post("/tickets/{ticket}/replies/{number}/resend", response_model=Written)
async def resend_reply(caller: SignedIn, ticket: Id, number: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({"message": _message(tx, delivery.resend(tx, viewer, ticket, number))})

    return await caller.command(verb)


@router.post("/tickets/{ticket}/notes", response_model=Written, status_code=201)
async def write_note(caller: SignedIn, ticket: Id, asked: NoteAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({"message": _message(tx, notes.write(tx, viewer, ticket, asked.body, asked.attachments))}, 201)

    return await caller.command(verb, "draft")


@router.put("/tickets/{ticket}/draft", response_model=DraftSaved)
async def save_draft(caller: SignedIn, ticket: Id, asked: DraftAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return drafts.save(tx, viewer, ticket, asked.kind, asked.body, asked.continues, asked.device)

    return await caller.command(verb, "draft")


@router.get("/tickets/{ticket}/drafts", response_model=Drafts)
async def read_drafts(caller: SignedIn, ticket: Id) -> Response:
    """Her own."""

    def question(read: Read, viewer: Viewer) -> Drafts:
        access_ticket(read, viewer, ticket, deleted=True)
        return {"drafts": drafts.of_ticket(read, viewer, ticket)}

    return await caller.answer(question)


@router.put("/tickets/{ticket}/lock/request")
async def answer_request(caller: SignedIn, ticket: Id, asked: HandoverAnswer) -> Response:
    """The holder's answer to who asks for the ticket."""

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        if asked.answer == "give":
            handing_over.give(tx, viewer, ticket, note=asked.note, with_draft=asked.draft)
        else:
            handing_over.refuse(tx, viewer, ticket)
        return Answer({})

    return await caller.command(verb)


@router.delete("/tickets/{ticket}/draft")
async def drop_draft(caller: SignedIn, ticket: Id, kind: Annotated[DraftKind, Query()] = "reply") -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        access_ticket(tx, viewer, ticket, deleted=True)
        drafts.close(tx, viewer, ticket, kind)
        return Answer({})

    return await caller.command(verb, "draft")


@router.get("/held", response_model=HeldList)
async def read_held(caller: SignedIn) -> Response:
    return await caller.answer(lambda read, viewer: {"held": holding.of_person(read, viewer)})


@router.post("/held/{entry}/note", response_model=Written, status_code=201)
async def keep_held_as_note(caller: SignedIn, entry: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return Answer({"message": _message(tx, notes.keep_held(tx, viewer, entry))}, 201)

    return await caller.command(verb, "draft")


@router.delete("/held/{entry}")
async def discard_held(caller: SignedIn, entry: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        holding.settle(tx, viewer, entry, "discarded")
        return Answer({})

    return await caller.command(verb, "draft")


@router.get("/messages/{message}/full", response_model=Full)
async def read_full(caller: SignedIn, message: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> dict[str, str]:
        row = _access(read, viewer, message)
        return {"text": row["full_text"] or row["text"]}

    return await caller.answer(question)


@router.get("/messages/{message}/html")
async def read_html(caller: SignedIn, message: Id) -> Response:
    """For a sandboxed frame: no script, no request, whatever the mail holds."""

    def question(read: Read, viewer: Viewer) -> tuple[str, dict[str, str]]:
        row = _access(read, viewer, message)
        if row["html"] is None:
            raise not_found("formatted form of this message")
        inline = [one for one in attachments.of_message(read, message) if one["content_id"]]
        return row["html"], {one["content_id"]: one["blob"] for one in inline}

    html, images = await caller.ask(question)
    page = await asyncio.to_thread(page_of, html, images, caller.engines.files)
    return Response(page, media_type="text/html", headers={"content-security-policy": MAIL_POLICY})


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


def _access(read: Read, viewer: Viewer, message: int) -> Any:
    row = read.first(select(table).where(table.c.id == message))
    if row is None:
        raise not_found("message")
    access_ticket(read, viewer, row["ticket"], deleted=True)
    return row


def _message(read: Read, message: int) -> Message:
    return messages.shapes(read, select(table).where(table.c.id == message))[0]
