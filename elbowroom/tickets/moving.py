"""A ticket goes to another inbox, perhaps of another department; and to the bin and back."""

from sqlalchemy import RowMapping, select, update

from elbowroom.kit.clock import moment
from elbowroom.kit.db import Tx
from elbowroom.kit.journal import By
from elbowroom.kit.problems import Refused
from elbowroom.people.rights import Viewer
from elbowroom.tickets import bin, rows
from elbowroom.tickets.access import access_inbox, access_ticket, place_of
from elbowroom.tickets.facts import say
from elbowroom.tickets.labels import find_or_make
from elbowroom.tickets.tables import labels, ticket_labels, tickets
from elbowroom.together import locks


def move(tx: Tx, viewer: Viewer, stored: RowMapping, inbox: int) -> None:
    """To an inbox that the viewer may see. Raises Refused (404) else."""
    target = access_inbox(tx, viewer, inbox)
    ticket, left = stored["id"], stored["department"]
    change = {"inbox": inbox, "department": target["department"]}
    if stored["folder"] is not None:
        change["folder"] = None  # it was one of the inbox that the ticket leaves
    shown = change
    was = {"was": {"inbox": stored["inbox"]}}
    if target["department"] != left:
        say(tx, ticket, left, "ticket_left", viewer.by)
        change, was = {**change, "owner": None}, {}  # those who get it need not know whence
        locks.free_whoever(tx, place_of(ticket))
        _carry_labels(tx, ticket, target["department"])
        worn = rows.worn_by(tx, [ticket])[ticket]
        shown = {**change, "labels": list(worn.values()), "label_ids": list(worn)}
    moved = say(
        tx, ticket, target["department"], "ticket_moved", viewer.by,
        data={"set": shown, **was}, change=change,
    )  # fmt: skip
    versions = {f"{name}_version": moved.version for name in ("inbox", "owner", "folder") if name in change}
    tx.run(update(tickets).where(tickets.c.id == ticket).values(**versions))


def delete(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """To the bin, from which it comes back by `restore`. A second time changes nothing."""
    stored = access_ticket(tx, viewer, ticket, deleted=True)
    if viewer.is_bot:
        raise Refused(403, "forbidden", "A program may not delete", "Ask a person to do it.")
    if stored["deleted_at"] is None:
        say(
            tx, ticket, stored["department"], "ticket_deleted", viewer.by,
            data={"set": {"deleted": True, "deleted_by": viewer.id, "deleted_at": moment(tx.now)}},
            change={"deleted_at": tx.now, "deleted_by": viewer.id},
        )  # fmt: skip
        bin.lies(tx, ticket)


def restore(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """Raises Refused: 404, also where its time in the bin is over."""
    bring_back(tx, access_ticket(tx, viewer, ticket, deleted=True), viewer.by)


def bring_back(tx: Tx, stored: RowMapping, by: By | None) -> None:
    """Out of the bin; the right to it is the caller's to ask."""
    if stored["deleted_at"] is not None:
        say(
            tx, stored["id"], stored["department"], "ticket_restored", by,
            data={"set": {"deleted": False, "deleted_by": None, "deleted_at": None}},
            change={"deleted_at": None, "deleted_by": None},
        )  # fmt: skip


def _carry_labels(tx: Tx, ticket: int, department: int) -> None:
    """Labels belong to a department: those of the same name are kept, the others come along as new ones."""
    worn = tx.rows(
        select(labels.c.id, labels.c.name).join_from(ticket_labels, labels).where(ticket_labels.c.ticket == ticket)
    )
    tx.run(ticket_labels.delete().where(ticket_labels.c.ticket == ticket))
    for row in worn:  # two of them may be one there
        label = find_or_make(tx, department, row["name"])
        tx.run(tx.insert(ticket_labels).values(ticket=ticket, label=label).on_conflict_do_nothing())
