"""Those who write to the desk."""

import re

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.problems import not_found
from elbowroom.people.shapes import Customer
from elbowroom.people.tables import customers

DIGITS = 3  # of the shortest number
BETWEEN = " ()./-"  # may stand between them


def shape(row: RowMapping) -> Customer:
    return {"id": row["id"], "name": row["name"], "email": row["email"], "phone": row["phone"]}


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


def find_or_make_by_phone(tx: Tx, phone: str, name: str = "") -> int:
    """One customer a number, however it is written. Raises ValueError for what holds no number.

    She has no address: a name no mail can have stands where addresses are told apart.
    """
    folded_phone = f"tel:{dialled(phone)}"
    known: int | None = tx.value(select(customers.c.id).where(customers.c.email_folded == folded_phone))
    if known is not None:
        return known
    shown = " ".join(phone.split())
    row = {"name": " ".join(name.split()) or shown, "email": "", "email_folded": folded_phone, "phone": shown}
    made: int = tx.value(insert(customers).values(made_at=tx.now, **row).returning(customers.c.id))
    return made


def note_phone(tx: Tx, customer: int, phone: str) -> None:
    """The first number that she is known by stays."""
    unknown = (customers.c.id == customer) & customers.c.phone.is_(None)
    tx.run(update(customers).where(unknown).values(phone=" ".join(phone.split())))


def dialled(phone: str) -> str:
    """What one dials: digits, and a leading plus for abroad. Raises ValueError."""
    signs = re.sub(rf"[\s{re.escape(BETWEEN)}]", "", phone)
    if signs.startswith("00"):
        signs = f"+{signs[2:]}"
    if not re.fullmatch(rf"\+?[0-9]{{{DIGITS},20}}", signs):
        raise ValueError("Write the number with digits, like +49 30 1234567.")
    return signs


def digits(phone: str) -> str:
    """Those by which a number is looked for, without what stands for abroad."""
    return "".join(sign for sign in phone if sign.isdecimal()).removeprefix("00")
