"""What was said."""

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from elbowroom.conversations import attachments, messages
from elbowroom.conversations.html import page_of
from elbowroom.conversations.routes.bodies import access_message
from elbowroom.conversations.routes.files import QUIET_POLICY
from elbowroom.conversations.shapes import Full, Messages
from elbowroom.kit.db import Read
from elbowroom.kit.problems import not_found
from elbowroom.people.caller import SignedIn
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.routes.bodies import Id

router = APIRouter()
MAIL_POLICY = f"{QUIET_POLICY} allow-popups allow-popups-to-escape-sandbox"  # a link may be opened, by a click


@router.get("/tickets/{ticket}/messages", response_model=Messages)
async def read_messages(caller: SignedIn, ticket: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> dict[str, Any]:
        stored = access_ticket(read, viewer, ticket, deleted=True)
        told = messages.of_ticket(read, ticket)
        return {"messages": told, "head": stored["head"], "last_number": stored["last_number"]}

    return await caller.answer(question)


@router.get("/messages/{message}/full", response_model=Full)
async def read_full(caller: SignedIn, message: Id) -> Response:
    def question(read: Read, viewer: Viewer) -> dict[str, str]:
        row = access_message(read, viewer, message)
        return {"text": row["full_text"] or row["text"]}

    return await caller.answer(question)


@router.get("/messages/{message}/html")
async def read_html(caller: SignedIn, message: Id) -> Response:
    """For a sandboxed frame: no script, no request, whatever the mail holds."""

    def question(read: Read, viewer: Viewer) -> tuple[str, dict[str, str]]:
        row = access_message(read, viewer, message)
        if row["html"] is None:
            raise not_found("formatted form of this message")
        inline = [one for one in attachments.of_message(read, message) if one["content_id"]]
        return row["html"], {one["content_id"]: one["blob"] for one in inline}

    html, images = await caller.ask(question)
    page = await asyncio.to_thread(page_of, html, images, caller.engines.files)
    return Response(page, media_type="text/html", headers={"content-security-policy": MAIL_POLICY})
