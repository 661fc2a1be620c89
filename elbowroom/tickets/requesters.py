"""For whom a ticket is: whom its agents may know of, and an address for someone who called by telephone."""

from sqlalchemy import ColumnElement, func, or_, select

from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.problems import Refused
from elbowroom.people import customers as known
from elbowroom.people.rights import Viewer
from elbowroom.people.shapes import Customer
from elbowroom.people.tables import customers
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.addresses import require_usable
from elbowroom.tickets.facts import say
from elbowroom.tickets.followers import remove as unfollow
from elbowroom.tickets.tables import followers, tickets

FOUND = 8


def found(read: Read, viewer: Viewer, words: str) -> list[Customer]:
    """Customers of her departments' tickets whose name, address or number holds the words, at most eight."""
    if not words.strip():
        return []
    hers = select(tickets.c.id, tickets.c.requester).where(tickets.c.department.in_(list(viewer.departments)))
    mine = hers.subquery()
    follow = select(followers.c.customer).where(followers.c.ticket.in_(select(mine.c.id)), followers.c.accepted)
    asked = select(customers).where(or_(customers.c.id.in_(select(mine.c.requester)), customers.c.id.in_(follow)))
    told = read.rows(asked.where(_holds(words.strip())).order_by(customers.c.id.desc()).limit(FOUND))
    return [known.shape(row) for row in told]


def give_address(tx: Tx, viewer: Viewer, ticket: int, email: str) -> None:
    """The ticket's requester had a telephone alone; from now on she can be written to. Raises Refused: 404, 409, 422.

    Where the address is a customer's already, the ticket is hers: it is the same person. She follows it no more.
    """
    stored = access_ticket(tx, viewer, ticket)
    require_usable(tx, email, "email")
    now = known.customer(tx, stored["requester"])
    if folded(now["email"]) == folded(email):
        return
    if now["email"]:
        raise Refused(409, "has-address", "The customer has an address already", "Add another one as a follower.")
    customer = known.find_or_make(tx, email, now["name"])
    if now["phone"]:
        known.note_phone(tx, customer, now["phone"])
    unfollow(tx, viewer, ticket, customer)
    personal = {"set": {"requester": {**known.customer(tx, customer)}}}
    change = {"requester": customer}
    say(tx, ticket, stored["department"], "requester_changed", viewer.by, personal=personal, change=change)


def _holds(words: str) -> ColumnElement[bool]:
    """SQLite knows small letters of ASCII alone, so a name is also looked for as it was typed and with a capital."""
    like = "".join(f"\\{sign}" if sign in "%_\\" else sign for sign in words)
    shapes = {like, like.lower(), like.capitalize(), like.title()}
    named = [customers.c.name.like(f"%{one}%", escape="\\") for one in sorted(shapes)]
    number = known.digits(words)
    dialled = [_stripped(customers.c.phone).like(f"%{number}%")] if len(number) >= known.DIGITS else []
    return or_(
        func.lower(customers.c.name).like(f"%{like.lower()}%", escape="\\"),
        (customers.c.email != "") & customers.c.email_folded.like(f"%{folded(like)}%", escape="\\"),
        *named, *dialled,
    )  # fmt: skip


def _stripped(phone: ColumnElement[str]) -> ColumnElement[str]:
    for sign in known.BETWEEN:
        phone = func.replace(phone, sign, "")
    return phone
