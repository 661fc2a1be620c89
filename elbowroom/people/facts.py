"""What people announce, and who may hear it.

A department's own people hear who is in it and never where else they are; what a person may do is told to herself.
"""

from typing import Any

from elbowroom.kit.db import Tx
from elbowroom.kit.journal import By, Fact, append
from elbowroom.people.rights import audience_of


def department_made(tx: Tx, department: int, name: str, by: By | None, *, inbox: bool) -> Fact:
    """`inbox` asks the floor above for a first inbox of the same name, in this transaction."""
    return _in_department(tx, department, "department_made", by, {"set": {"name": name}, "with_inbox": inbox})


def department_changed(tx: Tx, department: int, name: str, by: By | None) -> Fact:
    return _in_department(tx, department, "department_changed", by, {"set": {"name": name}})


def person_joined(tx: Tx, department: int, person: int, by: By | None) -> Fact:
    """Carries `person`, as the department knows her."""
    return _in_department(tx, department, "person_joined", by, {"id": person})


def person_changed(tx: Tx, department: int, person: int, by: By | None) -> Fact:
    """Carries `person`, as the department knows her."""
    return _in_department(tx, department, "person_changed", by, {"id": person})


def person_left(tx: Tx, department: int, person: int, by: By | None) -> Fact:
    return _in_department(tx, department, "person_left", by, {"id": person})


def account_made(tx: Tx, person: int, by: By | None, rights: dict[str, Any]) -> Fact:
    return _to_her(tx, person, "account_made", by, {"set": rights})


def account_changed(tx: Tx, person: int, by: By | None, values: dict[str, Any]) -> Fact:
    """Name, role, departments, disabled: what administrators set. Raises the version of the account."""
    return _to_her(tx, person, "account_changed", by, {"set": values})


def settings_changed(tx: Tx, person: int, by: By, values: dict[str, Any]) -> Fact:
    """Language, theme, alerts, mails and whether she is seen: her own affair."""
    return _to_her(tx, person, "settings_changed", by, {"set": values})


def password_changed(tx: Tx, person: int, by: By | None) -> Fact:
    return _to_her(tx, person, "password_changed", by, {})


def token_made(tx: Tx, person: int, by: By, token: int, scopes: list[str]) -> Fact:
    return _to_her(tx, person, "token_made", by, {"id": token, "scopes": scopes})


def token_ended(tx: Tx, person: int, by: By, token: int) -> Fact:
    return _to_her(tx, person, "token_ended", by, {"id": token})


def _in_department(tx: Tx, id: int, kind: str, by: By | None, data: dict[str, Any]) -> Fact:
    return append(tx, f"department/{id}", kind, audience=audience_of(id), by=by, data=data)


def _to_her(tx: Tx, id: int, kind: str, by: By | None, data: dict[str, Any]) -> Fact:
    """Her name stands apart from the rest, where erasing her can blank it."""
    values = dict(data.get("set", {}))
    personal = {"set": {"name": values.pop("name")}} if "name" in values else None
    kept = {**data, "set": values} if "set" in data else data
    return append(tx, f"person/{id}", kind, audience=f"person:{id}", by=by, data=kept, personal=personal)
