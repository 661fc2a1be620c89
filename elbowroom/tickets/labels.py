"""Labels are added and removed, never saved as a list, so that two people labelling at once both keep theirs."""

from sqlalchemy import RowMapping, delete, select

from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.journal import append
from elbowroom.kit.problems import bad_request
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.facts import say
from elbowroom.tickets.shapes import Label
from elbowroom.tickets.tables import labels, ticket_labels

LENGTH = 50


def add(tx: Tx, viewer: Viewer, ticket: int, name: str) -> None:
    """Makes the label where it is new. Adding what is there changes nothing."""
    stored = access_ticket(tx, viewer, ticket)
    label = find_or_make(tx, stored["department"], name)
    added = tx.insert(ticket_labels).values(ticket=ticket, label=label).on_conflict_do_nothing()
    if tx.value(added.returning(ticket_labels.c.label)) is not None:
        _say(tx, stored, "label_added", label, viewer)


def remove(tx: Tx, viewer: Viewer, ticket: int, name: str) -> None:
    """Removing what is not there changes nothing."""
    stored = access_ticket(tx, viewer, ticket)
    label = find(tx, stored["department"], name)
    removed = delete(ticket_labels).where(ticket_labels.c.ticket == ticket, ticket_labels.c.label == label)
    if label is not None and tx.run(removed).rowcount:
        _say(tx, stored, "label_removed", label, viewer)


def find(read: Read, department: int, name: str) -> int | None:
    """By any of its names: a merged label's old name leads to the new one."""
    asked = select(labels.c.id, labels.c.alias_of)
    row = read.first(asked.where(labels.c.department == department, labels.c.name_folded == folded(name)))
    return None if row is None else row["alias_of"] or row["id"]


def find_or_make(tx: Tx, department: int, name: str) -> int:
    clean = " ".join(name.split())
    if not clean or len(clean) > LENGTH or not clean.isprintable():
        raise bad_request("label", f"Write a label of 1 to {LENGTH} characters.")
    if (known := find(tx, department, clean)) is not None:
        return known
    made = tx.insert(labels).values(department=department, name=clean, name_folded=folded(clean)).returning(labels.c.id)
    label: int = tx.value(made)
    body = _shape(label, clean, department)
    append(tx, f"department/{department}", "label_made", audience=audience_of(department), data={"label": body})
    return label


def labels_in(read: Read, departments: list[int]) -> list[Label]:
    asked = select(labels).where(labels.c.department.in_(departments), labels.c.alias_of.is_(None))
    found = read.rows(asked.order_by(labels.c.name_folded))
    return [_shape(row["id"], row["name"], row["department"]) for row in found]


def _shape(label: int, name: str, department: int) -> Label:
    return {"id": label, "name": name, "colour": label % 12, "department": department}


def _say(tx: Tx, stored: RowMapping, kind: str, label: int, viewer: Viewer) -> None:
    name = tx.value(select(labels.c.name).where(labels.c.id == label))
    say(tx, stored["id"], stored["department"], kind, viewer.by, data={"label": {"id": label, "name": name}})
