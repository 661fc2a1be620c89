"""The demo's own doors: who is there, and entering as any of them. An ordinary desk does not have them."""

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import not_found
from elbowroom.kit.web import encoded
from elbowroom.people import colleagues
from elbowroom.people.caller import Anyone
from elbowroom.people.rights import load_viewer
from elbowroom.people.routes.entrance import enter_as, with_session
from elbowroom.people.shapes import Me, Person
from elbowroom.people.tables import customers
from elbowroom.tickets.tables import channels

router = APIRouter(prefix="/api/demo", tags=["demo"])


class Address(BaseModel):
    address: str
    name: str


class Demo(BaseModel):
    people: list[Person]
    addresses: list[Address]
    inboxes: list[Address]
    mail: bool


class Entering(BaseModel):
    model_config = ConfigDict(extra="forbid")
    person: Annotated[int, Field(ge=1, le=2**53)]


@router.get("", response_model=Demo)
async def read_demo(engines: Anyone) -> Response:
    return encoded(await engines.db.read(_cast))


@router.post("/session", response_model=dict[str, Me])
async def enter(engines: Anyone, request: Request, body: Entering) -> Response:
    def verb(tx: Tx) -> tuple[Me, str]:
        if load_viewer(tx, body.person) is None:
            raise not_found("person")
        return enter_as(tx, engines, request, body.person)

    return with_session(engines, *await engines.db.write(verb))


def _cast(read: Read) -> dict[str, object]:
    outside = read.rows(select(customers.c.email.label("address"), customers.c.name).order_by(customers.c.id))
    mailboxes = select(channels.c.address, channels.c.name).where(channels.c.removed_at.is_(None))
    inside = read.rows(mailboxes.order_by(channels.c.id))
    return {
        "people": [one for one in colleagues.everyone(read) if not one["disabled"]],
        "addresses": [dict(one) for one in outside],
        "inboxes": [dict(one) for one in inside],
        "mail": bool(inside),
    }
