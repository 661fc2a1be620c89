"""Invitations: a link that makes one account, once, within a day."""

from collections.abc import Collection
from typing import cast

from sqlalchemy import RowMapping, delete, insert, select, update

from elbowroom.kit.clock import moment, token
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.problems import Refused, bad_request, not_found
from elbowroom.kit.vault import hashed
from elbowroom.people import agents, departments
from elbowroom.people.colleagues import found_by_address
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.shapes import Invitation, Invited, Role
from elbowroom.people.tables import invitations

LASTS_FOR = 86_400.0


def shape(row: RowMapping) -> Invitation:
    return {
        "id": row["id"],
        "email": row["email"],
        "name": row["name"],
        "role": row["role"],
        "departments": row["departments"],
        "until": moment(row["expires_at"]),
    }


def open_ones(read: Read) -> list[Invitation]:
    asked = select(invitations).where(invitations.c.used_at.is_(None), invitations.c.expires_at > read.now)
    return [shape(row) for row in read.rows(asked.order_by(invitations.c.id.desc()))]


def make(tx: Tx, by: Viewer, email: str, name: str, role: Role, within: Collection[int]) -> tuple[Invitation, str]:
    """The invitation and its secret. An older one to the same address is void from now on."""
    if found_by_address(tx, email) is not None:
        raise bad_request("email", "Someone signs in with this address already.")
    known = sorted(departments.require_existing(tx, within))
    if role != "administrator" and not known:
        raise bad_request("departments", "Choose at least one department.")
    _forget(tx, email)
    secret = token()
    row = {"token": hashed(secret), "email": email, "name": name, "role": role, "departments": known}
    when = {"made_by": by.id, "made_at": tx.now, "expires_at": tx.now + LASTS_FOR}
    made = tx.first(insert(invitations).values(**row, **when).returning(invitations))
    assert made is not None
    return shape(made), secret


def end(tx: Tx, invitation: int) -> None:
    """Raises Refused (404)."""
    gone = delete(invitations).where(invitations.c.id == invitation, invitations.c.used_at.is_(None))
    if not tx.run(gone).rowcount:
        raise not_found("invitation")


def invited(read: Read, secret: str) -> Invited:
    """Raises Refused: 404 for a link nobody made, 410 for one used, too old, or of someone who lost the right."""
    row = _open_row(read, secret)
    return {"email": row["email"], "name": row["name"]}


def accept(tx: Tx, secret: str, name: str, password_hash: str, language: str | None) -> int:
    """Makes the account with the role and departments of the invitation; returns the person."""
    row = _open_row(tx, secret)
    inviter = load_viewer(tx, row["made_by"])
    assert inviter is not None
    within = departments.existing(tx, row["departments"])
    tx.run(update(invitations).where(invitations.c.id == row["id"]).values(used_at=tx.now))
    return agents.make(
        tx,
        row["email"],
        name,
        cast(Role, row["role"]),
        within=within,
        password_hash=password_hash,
        language=language,
        by=inviter.by,
    )


def _open_row(read: Read, secret: str) -> RowMapping:
    row = read.first(select(invitations).where(invitations.c.token == hashed(secret))) if secret else None
    if row is None:
        raise not_found("invitation")
    inviter = load_viewer(read, row["made_by"])
    is_backed = inviter is not None and inviter.is_administrator
    if row["used_at"] is not None or row["expires_at"] <= read.now or not is_backed:
        detail = "It was used, or is older than a day. Ask for a new one, or sign in."
        raise Refused(410, "gone", "That invitation is over", detail)
    return row


def _forget(tx: Tx, email: str) -> None:
    for row in tx.rows(select(invitations.c.id, invitations.c.email).where(invitations.c.used_at.is_(None))):
        if folded(row["email"]) == folded(email):
            tx.run(delete(invitations).where(invitations.c.id == row["id"]))
