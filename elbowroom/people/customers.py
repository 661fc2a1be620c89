"""Those who write to the desk."""

from sqlalchemy import RowMapping, insert, select

from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.problems import not_found
from elbowroom.people.shapes import Customer
from elbowroom.people.tables import customers


def shape(row: RowMapping) -> Customer:
    return {"id": row["id"], "name": row["name"], "email": row["email"]}


def customer(read: Read, id: int) -> Customer:
    """Raises Refused (404). Asks for no right: a customer is seen with her ticket."""
    row = read.first(select(customers).where(customers.c.id == id))
    if row is None:
        raise not_found("customer")
    return shape(row)


def find(read: Read, email: str) -> Customer | None:
    row = read.first(select(customers).where(customers.c.email_folded == folded(email)))
    return None if row is None else shape(row)


def find_or_make(tx: Tx, email: str, name: str = "") -> int:
    """One customer an address, whatever its case. She keeps the name under which she came first."""
    known = find(tx, email)
    if known is not None:
        return known["id"]
    called = " ".join(name.split()) or email.partition("@")[0]
    row = {"name": called, "email": email, "email_folded": folded(email), "made_at": tx.now}
    made: int = tx.value(insert(customers).values(**row).returning(customers.c.id))
    return made
