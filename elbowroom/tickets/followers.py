"""Who else gets the answers. Whom nobody accepted yet is noted, and gets and sees nothing."""

from sqlalchemy import RowMapping, delete, insert, select

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By
from elbowroom.kit.problems import bad_request
from elbowroom.people import customers as known
from elbowroom.people.rights import Viewer
from elbowroom.people.shapes import Customer
from elbowroom.people.tables import customers
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.addresses import own, require_usable
from elbowroom.tickets.facts import say
from elbowroom.tickets.tables import followers

MOST = 50


def is_participant(read: Read, stored: RowMapping, customer: int | None) -> bool:
    """The requester, or a follower whom an agent accepted."""
    return customer is not None and (customer == stored["requester"] or customer in _accepted(read, stored["id"]))


def addresses(read: Read, ticket: int) -> list[RowMapping]:
    """Names and addresses of the accepted ones to whom mail can be sent, so of none that is the desk's own."""
    asked = select(customers.c.name, customers.c.email, customers.c.email_folded).join_from(followers, customers)
    mine = asked.where(followers.c.ticket == ticket, followers.c.accepted, customers.c.email != "")
    desk = own(read)
    return [row for row in read.rows(mine.order_by(customers.c.id)) if row["email_folded"] not in desk]


def shapes(read: Read, ticket: int) -> tuple[list[Customer], list[Customer]]:
    """Those who follow, and those whom nobody accepted yet."""
    asked = select(customers, followers.c.accepted).join_from(followers, customers)
    noted = read.rows(asked.where(followers.c.ticket == ticket).order_by(customers.c.id))
    follow, spoke_up = ([known.shape(row) for row in noted if row["accepted"] == one] for one in (True, False))
    return follow, spoke_up


def add(tx: Tx, viewer: Viewer, ticket: int, email: str, name: str = "") -> None:
    """Also accepts whoever spoke up. A second time changes nothing. Raises Refused: 404, 410, 422."""
    stored = access_ticket(tx, viewer, ticket)
    require_usable(tx, email, "email")
    customer = known.find_or_make(tx, email, name)
    if customer == stored["requester"]:
        raise bad_request("email", "That is the requester, who gets every answer.")
    row = _row(tx, ticket, customer)
    if row is not None and row["accepted"]:
        return
    if len(_accepted(tx, ticket)) >= MOST:
        raise bad_request("email", f"At most {MOST} people follow one ticket.")
    noted = tx.insert(followers).values(ticket=ticket, customer=customer, accepted=True)
    tx.run(noted.on_conflict_do_update(index_elements=["ticket", "customer"], set_={"accepted": True}))
    _say_added(tx, stored, customer, viewer.by, accepted=True)


def remove(tx: Tx, viewer: Viewer, ticket: int, customer: int) -> None:
    """From those who follow or who spoke up. Removing who is not there changes nothing."""
    stored = access_ticket(tx, viewer, ticket)
    mine = (followers.c.ticket == ticket) & (followers.c.customer == customer)
    if tx.run(delete(followers).where(mine)).rowcount:
        say(tx, ticket, stored["department"], "follower_removed", viewer.by, data={"follower": customer})


def propose(tx: Tx, stored: RowMapping, customer: int) -> None:
    """Someone spoke up who is not known on the ticket. A second time changes nothing."""
    if _row(tx, stored["id"], customer) is None:
        tx.run(insert(followers).values(ticket=stored["id"], customer=customer, accepted=False))
        _say_added(tx, stored, customer, None, accepted=False)


def _say_added(tx: Tx, stored: RowMapping, customer: int, by: By | None, *, accepted: bool) -> None:
    data, personal = {"accepted": accepted}, {"customer": {**known.customer(tx, customer)}}
    say(tx, stored["id"], stored["department"], "follower_added", by, data=data, personal=personal)


def _row(read: Read, ticket: int, customer: int) -> RowMapping | None:
    return read.first(select(followers).where(followers.c.ticket == ticket, followers.c.customer == customer))


def _accepted(read: Read, ticket: int) -> set[int]:
    asked = select(followers.c.customer).where(followers.c.ticket == ticket, followers.c.accepted)
    return set(read.run(asked).scalars())
