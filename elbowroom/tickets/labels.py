"""Labels are added and removed, never saved as a list, so that two people labelling at once both keep theirs.

Rows and tickets tell a label's id beside its name: whoever knows the department's labels knows what it is called now.
"""

from collections.abc import Iterable
from typing import Any

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
    put_on(tx, viewer, stored, find_or_make(tx, stored["department"], name))


def put_on(tx: Tx, viewer: Viewer, stored: RowMapping, label: int) -> bool:
    """False where the ticket wears it already."""
    added = tx.insert(ticket_labels).values(ticket=stored["id"], label=label).on_conflict_do_nothing()
    if tx.value(added.returning(ticket_labels.c.label)) is None:
        return False
    _say(tx, stored, "label_added", label, viewer)
    return True


def remove(tx: Tx, viewer: Viewer, ticket: int, name: str) -> None:
    """Removing what is not there changes nothing."""
    stored = access_ticket(tx, viewer, ticket)
    label = find(tx, stored["department"], name)
    if label is not None:
        take_off(tx, viewer, stored, label)


def take_off(tx: Tx, viewer: Viewer, stored: RowMapping, label: int) -> None:
    removed = delete(ticket_labels).where(ticket_labels.c.ticket == stored["id"], ticket_labels.c.label == label)
    if tx.run(removed).rowcount:
        _say(tx, stored, "label_removed", label, viewer)


def find(read: Read, department: int, name: str) -> int | None:
    """By any of its names: a merged label's old name leads to the new one."""
    asked = select(labels.c.id, labels.c.alias_of).where(labels.c.department == department)
    row = read.first(asked.where(labels.c.name_folded == folded(clean(name))))
    return None if row is None else row["alias_of"] or row["id"]


def find_or_make(tx: Tx, department: int, name: str) -> int:
    called = checked(name)
    if (known := find(tx, department, called)) is not None:
        return known
    label: int = tx.value(
        tx.insert(labels).values(department=department, name=called, name_folded=folded(called)).returning(labels.c.id)
    )
    append(
        tx, f"department/{department}", "label_made", audience=audience_of(department),
        data={"label": shape(stored_label(tx, label))},
    )  # fmt: skip
    return label


def clean(name: str) -> str:
    return " ".join(name.split())


def checked(name: str) -> str:
    """Raises Refused (422) for what can be no label's name."""
    called = clean(name)
    if not called or len(called) > LENGTH or not called.isprintable():
        raise bad_request("label", f"Write a label of 1 to {LENGTH} characters.")
    return called


def labels_in(read: Read, departments: Iterable[int]) -> list[Label]:
    """Former ones as well: what an older row says of them is understood by it."""
    found = read.rows(select(labels).where(labels.c.department.in_(list(departments))).order_by(labels.c.name_folded))
    return [shape(row) for row in found]


def stored_label(read: Read, label: int) -> RowMapping:
    row = read.first(select(labels).where(labels.c.id == label))
    assert row is not None
    return row


def shape(row: RowMapping) -> Label:
    return {
        "id": row["id"], "name": row["name"], "colour": row["id"] % 12, "department": row["department"],
        "version": row["version"], "into": row["alias_of"], "removed": row["removed_at"] is not None,
    }  # fmt: skip


def _say(tx: Tx, stored: RowMapping, kind: str, label: int, viewer: Viewer) -> None:
    data: dict[str, Any] = {"label": {"id": label, "name": stored_label(tx, label)["name"]}}
    if kind == "label_removed":  # whoever knows the ticket by a merged label's id takes that off as well
        former = tx.run(select(labels.c.id).where(labels.c.alias_of == label)).scalars()  # also those without a name
        data["ids"] = [label, *former]
    say(tx, stored["id"], stored["department"], kind, viewer.by, data=data)
