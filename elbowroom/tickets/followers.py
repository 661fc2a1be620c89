"""Who else gets the answers. Whom nobody accepted yet is noted, and gets and sees nothing."""

from sqlalchemy import RowMapping, insert, select

from elbowroom.kit.db import Read, Tx
from elbowroom.people.tables import customers
from elbowroom.tickets.facts import say
from elbowroom.tickets.tables import followers


def is_participant(read: Read, stored: RowMapping, customer: int | None) -> bool:
    """The requester, or a follower whom an agent accepted."""
    return customer is not None and (customer == stored["requester"] or customer in _accepted(read, stored["id"]))


def addresses(read: Read, ticket: int) -> list[RowMapping]:
    """Names and addresses of the accepted ones."""
    asked = select(customers.c.name, customers.c.email).join_from(followers, customers)
    return list(read.rows(asked.where(followers.c.ticket == ticket, followers.c.accepted).order_by(customers.c.id)))


def propose(tx: Tx, stored: RowMapping, customer: int) -> None:
    """Someone spoke up who is not known on the ticket. A second time changes nothing."""
    mine = (followers.c.ticket == stored["id"]) & (followers.c.customer == customer)
    if tx.first(select(followers.c.customer).where(mine)) is None:
        tx.run(insert(followers).values(ticket=stored["id"], customer=customer, accepted=False))
        data = {"customer": customer, "accepted": False}
        say(tx, stored["id"], stored["department"], "follower_added", None, data=data)


def _accepted(read: Read, ticket: int) -> set[int]:
    asked = select(followers.c.customer).where(followers.c.ticket == ticket, followers.c.accepted)
    return set(read.run(asked).scalars())
