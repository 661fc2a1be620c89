"""What the doors share: how a body is read, and the one door to a message."""

from typing import Annotated, Any

from pydantic import Field
from sqlalchemy import select

from elbowroom.conversations.shapes import Recipients
from elbowroom.conversations.tables import messages as table
from elbowroom.kit.db import Read
from elbowroom.kit.problems import not_found
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.routes.bodies import Body

Addresses = Annotated[list[Annotated[str, Field(max_length=320)]], Field(max_length=100)]


class RecipientsAsked(Body):
    """Where it goes to others than the ticket's own."""

    to: Addresses = Field([])
    cc: Addresses = Field([])
    bcc: Addresses = Field([])


def kept(one: RecipientsAsked | None) -> Recipients | None:
    return None if one is None else {"to": one.to, "cc": one.cc, "bcc": one.bcc}


def access_message(read: Read, viewer: Viewer, message: int) -> Any:
    row = read.first(select(table).where(table.c.id == message))
    if row is None:
        raise not_found("message")
    access_ticket(read, viewer, row["ticket"], deleted=True)
    return row
