"""Texts of hers on tickets where nothing can be written any more: moved out of her sight, or in the bin."""

from sqlalchemy import RowMapping, select

from elbowroom.conversations.shapes import Stray
from elbowroom.conversations.tables import drafts, drafts_aside
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import not_found
from elbowroom.people.rights import Viewer
from elbowroom.tickets.tables import tickets


def of_person(read: Read, viewer: Viewer) -> list[Stray]:
    """The newest first. Of a ticket that is not hers to see, its number alone."""
    out = tickets.c.department.not_in(viewer.departments) | tickets.c.deleted_at.is_not(None)
    found: list[Stray] = []
    for table in (drafts, drafts_aside):
        asked = select(table, tickets.c.subject, tickets.c.department).join_from(
            table, tickets, table.c.ticket == tickets.c.id
        )
        mine = asked.where(table.c.person == viewer.id, table.c.body.is_not(None), table.c.body != "", out)
        found += [_shape(viewer, row) for row in read.rows(mine.order_by(table.c.at.desc()).limit(200))]
    return sorted(found, key=lambda one: one["at"], reverse=True)


def discard(tx: Tx, viewer: Viewer, ticket: int, kind: str) -> None:
    """Only where it is a stray: what stands in a box is let go there. Raises Refused (404)."""
    if not any(one["ticket"] == ticket and one["kind"] == kind for one in of_person(tx, viewer)):
        raise not_found("text of yours")
    mine = {"person": viewer.id, "ticket": ticket, "kind": kind}
    tx.run(drafts.update().where(*(drafts.c[name] == value for name, value in mine.items())).values(
        number=drafts.c.number + 1, body=None, sibling=None, at=tx.now
    ))  # fmt: skip
    tx.run(drafts_aside.delete().where(*(drafts_aside.c[name] == value for name, value in mine.items())))


def _shape(viewer: Viewer, row: RowMapping) -> Stray:
    hers = viewer.may_see(row["department"])
    return {
        "ticket": row["ticket"],
        "subject": row["subject"] if hers else "",
        "kind": row["kind"],
        "body": row["body"],
        "at": moment(row["at"]),
        "why": "deleted" if hers else "moved",
    }
