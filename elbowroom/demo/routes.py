"""The demo's own doors: who is there, entering as any of them, customers' mail, the scripted colleague.

An ordinary desk does not have them.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from starlette.responses import Response

from elbowroom.demo.company import Company
from elbowroom.demo.post import Post
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.mail import parsed
from elbowroom.kit.problems import Refused, forbidden, not_found
from elbowroom.kit.web import encoded, from_elsewhere
from elbowroom.people import bodies, colleagues
from elbowroom.people.caller import Anyone, Caller, SignedIn
from elbowroom.people.customers import find
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.routes.entrance import enter_as, with_session
from elbowroom.people.shapes import Me, Person, Who
from elbowroom.people.tables import customers
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.tables import channels

Id = Annotated[int, Field(ge=1, le=2**53)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Address(BaseModel):
    address: str
    name: str


class Demo(BaseModel):
    """`addresses` are the customers' to play, `inboxes` the desk's to write to."""

    people: list[Person]
    addresses: list[Address]
    inboxes: list[Address]
    mail: bool


class Entering(Body):
    person: Id


class Mail(BaseModel):
    id: int
    from_: str = Field(alias="from")
    to: str
    subject: str
    text: str
    at: str
    message_id: str
    in_reply_to: str | None


class Mails(BaseModel):
    mails: list[Mail]


class MailAsked(Body):
    from_: bodies.Address = Field(alias="from")
    to: bodies.Address
    subject: str = Field("", max_length=300)
    body: str = Field(min_length=1, max_length=100_000)
    in_reply_to: Id | None = None


class Invited(Body):
    ticket: Id | None = None


@dataclass
class Doors:
    post: Post
    company: Company

    def router(self) -> APIRouter:
        router = APIRouter(prefix="/api/demo", tags=["demo"])
        add = router.add_api_route
        add("", self.read_demo, response_model=Demo)
        add("/session", self.enter, methods=["POST"], response_model=dict[str, Me])
        add("/mail", self.read_mail, response_model=Mails)
        add("/mail", self.write_mail, methods=["POST"], response_model=dict[str, Mail], status_code=201)
        add("/colleague", self.read_colleague, response_model=dict[str, bool])
        add("/colleague", self.invite, methods=["POST"], response_model=dict[str, Who], status_code=201)
        add("/colleague", self.thank, methods=["DELETE"])
        return router

    async def read_demo(self, engines: Anyone) -> Response:
        return encoded(await engines.db.read(_cast))

    async def enter(self, engines: Anyone, request: Request, body: Entering) -> Response:
        def verb(tx: Tx) -> tuple[Me, str]:
            if load_viewer(tx, body.person) is None:
                raise not_found("person")
            return enter_as(tx, engines, request, body.person)

        return with_session(engines, *await engines.db.write(verb))

    async def read_mail(self, _engines: Anyone, address: Annotated[str, Query(max_length=320)]) -> Response:
        return encoded({"mails": [one.body() for one in self.post.letters.of(address)]})

    async def write_mail(self, engines: Anyone, body: MailAsked) -> Response:
        answers = self.post.letters.one(body.in_reply_to) if body.in_reply_to is not None else None
        if body.in_reply_to is not None and answers is None:
            raise not_found("mail")
        known = await engines.db.read(lambda read: find(read, body.from_))
        sender = parsed.Address(known["name"] if known else "", body.from_)
        letter = await self.post.send(sender, body.to, " ".join(body.subject.split()), body.body, answers)
        return encoded({"mail": letter.body()}, 201)

    async def read_colleague(self, caller: SignedIn) -> Response:
        you = await caller.ask(lambda _read, viewer: viewer.id)
        return encoded({"here": self.company.is_with(you)})

    async def invite(self, caller: SignedIn, request: Request, body: Invited) -> Response:
        """Someone of the caller's department comes to work beside her, on the named ticket or where she is."""
        _from_here(caller)
        you, her = await caller.ask(lambda read, viewer: (viewer.id, self._who_comes(read, viewer, body.ticket)))
        live = request.app.state.live

        def is_there() -> bool:
            return any(one.viewer is not None and one.viewer.id == you for one in live.connections.values())

        await self.company.come(her["id"], you, body.ticket, is_there)
        return encoded({"person": {"id": her["id"], "name": her["name"]}}, 201)

    async def thank(self, caller: SignedIn) -> Response:
        _from_here(caller)
        await self.company.leave(await caller.ask(lambda _read, viewer: viewer.id))
        return encoded({})

    def _who_comes(self, read: Read, viewer: Viewer, ticket: int | None) -> Person:
        """Hanna, or where the caller is Hanna or elsewhere, an agent beside her."""
        if ticket is not None:
            access_ticket(read, viewer, ticket)
        beside = [
            one
            for one in colleagues.colleagues(read, viewer)
            if one["role"] == "agent" and not one["disabled"] and one["id"] != viewer.id and one["departments"]
        ]
        beside.sort(key=lambda one: not one["email"].startswith(f"{self.company.words.person}@"))
        if not beside:
            raise Refused(409, "nobody-there", "Nobody works beside you", "Log in as an agent of a department.")
        return beside[0]


def _from_here(caller: Caller) -> None:
    if from_elsewhere(caller.request, caller.engines.config):
        raise forbidden("The request came from a page of another site.")


def _cast(read: Read) -> dict[str, Any]:
    outside = read.rows(
        select(customers.c.email.label("address"), customers.c.name)
        .where(customers.c.email != "")
        .order_by(customers.c.id)
    )
    mailboxes = select(channels.c.address, channels.c.name).where(channels.c.removed_at.is_(None))
    inside = read.rows(mailboxes.order_by(channels.c.id))
    return {
        "people": [one for one in colleagues.everyone(read) if not one["disabled"]],
        "addresses": [dict(one) for one in outside],
        "inboxes": [dict(one) for one in inside],
        "mail": bool(inside),
    }
