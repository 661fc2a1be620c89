"""A label is renamed, merged into another or deleted, on all its tickets at once.

However many wear it, that is one fact, of their department: no ticket's version changes.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, delete, func, select, update

from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.journal import append
from elbowroom.kit.problems import Refused, bad_request, forbidden, not_found
from elbowroom.people.rights import Viewer, access_department, audience_of
from elbowroom.tickets.labels import checked, shape, stored_label
from elbowroom.tickets.shapes import CountedLabel, Label
from elbowroom.tickets.tables import labels, ticket_labels


def counted(read: Read, viewer: Viewer, department: int) -> list[CountedLabel]:
    """The department's labels and on how many tickets each stands, those in the bin included. Raises Refused (404)."""
    access_department(viewer, department)
    worn = select(ticket_labels.c.label, func.count().label("n")).group_by(ticket_labels.c.label).subquery()
    asked = select(labels, func.coalesce(worn.c.n, 0).label("n")).join(
        worn, worn.c.label == labels.c.id, isouter=True
    )  # fmt: skip
    standing = labels.c.alias_of.is_(None) & labels.c.removed_at.is_(None)
    found = read.rows(asked.where(labels.c.department == department, standing).order_by(labels.c.name_folded))
    return [{**shape(row), "tickets": row["n"]} for row in found]


def rename(tx: Tx, viewer: Viewer, label: int, name: str, from_version: int) -> Label:
    """The old name leads to it as well. Raises Refused: 409 stale, 409 name-taken with the label that has it, 422."""
    stored = _managed(tx, viewer, label, from_version)
    called = checked(name)
    if called == stored["name"]:
        return shape(stored)
    others = _free(tx, stored, called)
    _change(tx, stored, name=called, name_folded=folded(called))
    if folded(called) != stored["name_folded"]:
        others.append(_alias(tx, stored))
    _say(tx, viewer, stored, "label_renamed", others, was=stored["name"])
    return shape(stored_label(tx, label))


def merge(tx: Tx, viewer: Viewer, label: int, into: int, from_version: int) -> Label:
    """Whoever wore it wears the other; its name leads there from now on. Returns the other one."""
    stored = _managed(tx, viewer, label, from_version)
    target = _standing(tx, viewer, into)
    if target["id"] == label or target["department"] != stored["department"]:
        raise bad_request("into", "Choose another label of the same department.")
    both = select(ticket_labels.c.ticket).where(ticket_labels.c.label == into)
    tx.run(delete(ticket_labels).where(_worn(label), ticket_labels.c.ticket.in_(both)))
    tx.run(update(ticket_labels).where(_worn(label)).values(label=into))
    others = tx.rows(select(labels).where(labels.c.alias_of == label))  # also those whose name is another's by now
    for alias in others:
        _change(tx, alias, alias_of=into)
    _change(tx, stored, alias_of=into)
    _say(tx, viewer, stored, "label_merged", [alias["id"] for alias in others])
    return shape(target)


def remove(tx: Tx, viewer: Viewer, label: int, from_version: int) -> None:
    """From all tickets that wear it; its names are free again. Raises Refused: 409 stale, 404, 403."""
    stored = _managed(tx, viewer, label, from_version)
    tx.run(delete(ticket_labels).where(_worn(label)))
    others = _aliases(tx, label)
    for one in (*others, stored):
        _forget(tx, one)
    _say(tx, viewer, stored, "label_deleted", [alias["id"] for alias in others])


def _managed(tx: Tx, viewer: Viewer, label: int, from_version: int) -> RowMapping:
    stored = _standing(tx, viewer, label)
    if viewer.is_bot or not viewer.manages(stored["department"]):
        raise forbidden("Only a manager of the department changes its labels. Ask one of yours.")
    if stored["version"] != from_version:
        detail = f"It is called {stored['name']} now. Look, then change it again."
        raise Refused(409, "stale", "The label was changed meanwhile", detail, label=shape(stored))
    return stored


def _standing(read: Read, viewer: Viewer, label: int) -> RowMapping:
    row = read.first(select(labels).where(labels.c.id == label))
    there = row is not None and row["alias_of"] is None and row["removed_at"] is None
    if row is None or not there or not viewer.may_see(row["department"]):
        raise not_found("label")
    return row


def _free(tx: Tx, stored: RowMapping, called: str) -> list[int]:
    """A former name goes to whoever is called so now. Returns the label that lost it."""
    named = labels.c.name_folded == folded(called)
    other = tx.first(select(labels).where(labels.c.department == stored["department"], named))
    if other is None or other["id"] == stored["id"]:
        return []
    if other["alias_of"] is None:
        detail = f"There is a label {other['name']} already. Merge the two, or choose another name."
        raise Refused(409, "name-taken", "Another label is called that", detail, label=shape(other))
    _forget(tx, other)
    return [other["id"]]


def _aliases(read: Read, label: int) -> Sequence[RowMapping]:
    return read.rows(select(labels).where(labels.c.alias_of == label, labels.c.removed_at.is_(None)))


def _forget(tx: Tx, row: RowMapping) -> None:
    """The row stays, for pages that know it yet; no name of one line can be in its way."""
    _change(tx, row, removed_at=tx.now, name_folded=f"{row['name_folded']}\n{row['id']}")


def _alias(tx: Tx, stored: RowMapping) -> int:
    """The name that it had, so that an add of that which is under way finds it."""
    row = {name: stored[name] for name in ("department", "name", "name_folded")}
    made = tx.insert(labels).values(**row, alias_of=stored["id"]).returning(labels.c.id)
    return int(tx.value(made))


def _change(tx: Tx, row: RowMapping, **values: Any) -> None:
    tx.run(update(labels).where(labels.c.id == row["id"]).values(version=row["version"] + 1, **values))


def _worn(label: int) -> ColumnElement[bool]:
    return ticket_labels.c.label == label


def _say(tx: Tx, viewer: Viewer, stored: RowMapping, kind: str, others: list[int], **more: Any) -> None:
    """`others`: former labels that lead elsewhere now, or nowhere."""
    department = stored["department"]
    label, *rest = (shape(stored_label(tx, one)) for one in (stored["id"], *others))
    data = {"label": label, "labels": rest, **more}
    append(tx, f"department/{department}", kind, audience=audience_of(department), by=viewer.by, data=data)
