"""Texts of hers on tickets where nothing can be written any more: moved out of her sight, or in the bin."""

from collections.abc import Iterator

from sqlalchemy import RowMapping, Select, Table, select

from elbowroom.conversations.drafting import asides
from elbowroom.conversations.drafting import drafts as standing
from elbowroom.conversations.drafting.preparing import has_text
from elbowroom.conversations.shapes import DraftKind, Stray
from elbowroom.conversations.tables import drafts, drafts_aside
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import not_found
from elbowroom.people.rights import Viewer
from elbowroom.tickets.tables import tickets


def of_person(read: Read, viewer: Viewer) -> list[Stray]:
    """The newest first. Of a ticket that is not hers to see, its number alone."""
    found = [
        _shape(viewer, row)
        for table in (drafts, drafts_aside)
        for row in _texts(read, _of(viewer, table).order_by(table.c.at.desc()).limit(200))
    ]
    return sorted(found, key=lambda one: one["at"], reverse=True)


def discard(tx: Tx, viewer: Viewer, ticket: int, kind: DraftKind, aside: int | None = None) -> None:
    """The draft, or `aside` of the texts beside it. Only a stray: what stands in a box is let go there.

    Raises Refused (404).
    """
    table = drafts if aside is None else drafts_aside
    asked = _of(viewer, table).where(table.c.ticket == ticket, table.c.kind == kind)
    if aside is not None:
        asked = asked.where(drafts_aside.c.id == aside)
    if next(_texts(tx, asked), None) is None:
        raise not_found("text of yours")
    if aside is None:
        standing.close(tx, viewer, ticket, kind)
    else:
        asides.drop(tx, viewer, ticket, aside)


def _of(viewer: Viewer, table: Table) -> Select[tuple[object, ...]]:
    out = tickets.c.department.not_in(viewer.departments) | tickets.c.deleted_at.is_not(None)
    asked = select(table, tickets.c.subject, tickets.c.department)
    return asked.join_from(table, tickets, table.c.ticket == tickets.c.id).where(
        table.c.person == viewer.id, table.c.body.is_not(None), out
    )  # fmt: skip


def _texts(read: Read, asked: Select[tuple[object, ...]]) -> Iterator[RowMapping]:
    return (row for row in read.rows(asked) if has_text(row))


def _shape(viewer: Viewer, row: RowMapping) -> Stray:
    hers = viewer.may_see(row["department"])
    return {
        "ticket": row["ticket"],
        "subject": row["subject"] if hers else "",
        "kind": row["kind"],
        "aside": row.get("id"),
        "body": row["body"],
        "at": moment(row["at"]),
        "why": "deleted" if hers else "moved",
    }
