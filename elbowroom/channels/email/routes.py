"""The doors of mailboxes, of what could not be read, and of the first hour. Administrators alone."""

import asyncio
import json
from typing import Annotated, Any

from fastapi import APIRouter, Path
from starlette.responses import Response

from elbowroom.channels.email import checklist, mailboxes, quarantine, trying
from elbowroom.channels.email.shapes import (
    Asked,
    Checklist,
    Mailbox,
    MailboxAsked,
    MailboxChanges,
    Mailboxes,
    Quarantined,
    Trial,
    TryAsked,
)
from elbowroom.channels.email.trying import Passwords
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Tx
from elbowroom.kit.web import encoded
from elbowroom.people.caller import Administrator, Caller
from elbowroom.people.passwords import stretched
from elbowroom.people.rights import Viewer

router = APIRouter(prefix="/api", tags=["mailboxes"])
Id = Annotated[int, Path(ge=1, le=2**53)]
QUIET_POLICY = "default-src 'none'; sandbox"


@router.get("/mailboxes", response_model=Mailboxes)
async def read_mailboxes(caller: Administrator) -> Response:
    config = caller.engines.config
    return await caller.answer(lambda read, _viewer: {"mailboxes": mailboxes.all_shapes(read, config)})


@router.post("/mailboxes", response_model=Mailbox, status_code=201)
async def make_mailbox(caller: Administrator, asked: MailboxAsked) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        return _shown(tx, caller, mailboxes.make(tx, viewer, caller.engines.vault, asked), 201)

    return await caller.command(verb, "admin", printed=await _print(caller, asked))


@router.post("/mailboxes/try", response_model=Trial)
async def try_mailbox(caller: Administrator, asked: TryAsked) -> Response:
    """Signs in and sends for real; what it was asked with is stored nowhere."""

    found: dict[str, str] = {}

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        found.update(_passwords(tx, caller, asked))
        return Answer({})

    await caller.command(verb, "admin", printed=await _print(caller, asked))
    vault = caller.engines.vault
    opened = {way: vault.unseal(sealed) for way, sealed in found.items()}
    passwords = Passwords(opened.get("in", asked.incoming.password), opened.get("out", asked.outgoing.password))
    return encoded(await trying.attempt(caller.engines, asked, passwords))


@router.patch("/mailboxes/{id}", response_model=Mailbox)
async def change_mailbox(caller: Administrator, id: Id, asked: MailboxChanges) -> Response:
    engines = caller.engines

    def verb(tx: Tx, viewer: Viewer) -> Answer:
        mailboxes.change(tx, viewer, engines.vault, engines.config, id, asked)
        return _shown(tx, caller, id)

    return await caller.command(verb, "admin", printed=await _print(caller, asked))


@router.delete("/mailboxes/{id}")
async def remove_mailbox(caller: Administrator, id: Id) -> Response:
    def verb(tx: Tx, viewer: Viewer) -> Answer:
        mailboxes.remove(tx, viewer, id)
        return Answer({})

    return await caller.command(verb, "admin")


@router.get("/quarantine", response_model=list[Quarantined])
async def read_quarantine(caller: Administrator) -> Response:
    return await caller.answer(lambda read, _viewer: quarantine.shapes(read))


@router.get("/quarantine/{id}/raw")
async def read_quarantined(caller: Administrator, id: Id) -> Response:
    """As it came, for download: nothing of it is ever shown."""
    row = await caller.ask(lambda read, _viewer: quarantine.row_of(read, id))
    content = await asyncio.to_thread(caller.engines.files.get, row["blob"])
    headers = {
        "content-disposition": f'attachment; filename="quarantine-{id}.eml"', "content-security-policy": QUIET_POLICY
    }  # fmt: skip
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.delete("/quarantine/{id}")
async def remove_quarantined(caller: Administrator, id: Id) -> Response:
    blobs: list[str] = []

    def verb(tx: Tx, _viewer: Viewer) -> Answer:
        blobs.append(quarantine.remove(tx, id))
        return Answer({})

    answer = await caller.command(verb, "admin")
    for blob in blobs:  # after the commit, or a failed one would have lost it
        await asyncio.to_thread(caller.engines.files.drop, blob)
    return answer


@router.get("/checklist", response_model=Checklist)
async def read_checklist(caller: Administrator) -> Response:
    return await caller.answer(lambda read, _viewer: checklist.shape(read))


@router.delete("/checklist")
async def dismiss_checklist(caller: Administrator) -> Response:
    def verb(tx: Tx, _viewer: Viewer) -> Answer:
        checklist.dismiss(tx)
        return Answer({})

    return await caller.command(verb, "admin")


def _passwords(tx: Tx, caller: Caller, asked: TryAsked) -> dict[str, str]:
    """Sealed stored passwords, where the trial is of a mailbox that has them and names the same servers."""
    if asked.id is None:
        return {}
    row = mailboxes.row_of(tx, asked.id)
    vault = caller.engines.vault
    return {
        "in": mailboxes.kept_password(vault, "in", asked.incoming, row),
        "out": mailboxes.kept_password(vault, "out", asked.outgoing, row),
    }


def _shown(tx: Tx, caller: Caller, mailbox: int, status: int = 200) -> Answer:
    return Answer({**mailboxes.shape(mailboxes.row_of(tx, mailbox), caller.engines.config)}, status)


async def _print(caller: Caller, asked: Asked) -> bytes:
    """Of a body with passwords no fast hash may be kept; without one the plain fingerprint does."""
    body: dict[str, Any] = asked.model_dump()
    given = [(body.get(way) or {}).get("password") for way in ("incoming", "outgoing")]
    whole = await caller.request.body()
    if not any(given):
        return whole
    return await stretched(json.dumps(body, sort_keys=True).encode(), caller.engines.vault.key("printed"))
