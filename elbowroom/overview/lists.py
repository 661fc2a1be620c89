"""Lists of tickets, page by page, in an order that does not repeat or lose rows between pages."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, select, tuple_
from typing_extensions import TypedDict

from elbowroom.kit import cursors
from elbowroom.kit.db import Read
from elbowroom.kit.problems import bad_request
from elbowroom.people.rights import Viewer
from elbowroom.tickets import rows
from elbowroom.tickets.access import access_inbox, visible
from elbowroom.tickets.folders import access_folder
from elbowroom.tickets.labels import find
from elbowroom.tickets.shapes import Row
from elbowroom.tickets.tables import ticket_labels, tickets

LIMIT = 200
_rank = case({"urgent": 3, "high": 2, "normal": 1}, value=tickets.c.priority, else_=0)
SORTS: dict[str, ColumnElement[Any]] = {
    "last_message_at": tickets.c.last_message_at,
    "created_at": tickets.c.made_at,
    "changed_at": tickets.c.changed_at,
    "priority": _rank,
    "subject": tickets.c.subject,
    "status": tickets.c.status,
    "id": tickets.c.id,
}


class Listed(TypedDict):
    tickets: list[Row]
    next: str | None
    total: int


@dataclass(frozen=True)
class Asked:
    inbox: int | None = None
    queue: str | None = None  # one or several, with commas between; status and priority likewise
    owner: str | None = None  # me, none, or a person's number
    label: str | None = None
    status: str | None = None
    priority: str | None = None
    sort: str = "-last_message_at"
    after: str | None = None
    limit: int = 50
    bin: bool = False
    archive: bool = False
    folder: int | None = None


def listed(read: Read, viewer: Viewer, asked: Asked) -> Listed:
    """One page. Raises Refused: 404 for an inbox that is not hers, 422 for what can't be asked."""
    narrowed = _narrowed(read, viewer, asked)
    total = read.value(select(func.count()).select_from(narrowed.subquery())) or 0
    name = asked.sort.removeprefix("-")
    if name not in SORTS:
        raise bad_request("sort", f"Sort by one of {', '.join(SORTS)}, with a - before it for the other direction.")
    column, falling = SORTS[name], asked.sort.startswith("-")
    page = narrowed.add_columns(column.label("sorted_by"))
    if asked.after:
        beyond = tuple_(column, tickets.c.id)
        at = cursors.read(asked.after, str if column.type.python_type is str else float)
        page = page.where(beyond < tuple_(*at) if falling else beyond > tuple_(*at))
    order = (column.desc(), tickets.c.id.desc()) if falling else (column.asc(), tickets.c.id.asc())
    limit = min(max(asked.limit, 1), LIMIT)
    found = read.rows(page.order_by(*order).limit(limit + 1))
    shown = found[:limit]
    more = cursors.write(shown[-1]["sorted_by"], shown[-1]["id"]) if len(found) > limit else None
    return {"tickets": rows.shaped(read, shown), "next": more, "total": total}


def _narrowed(read: Read, viewer: Viewer, asked: Asked) -> Select[Any]:
    narrowed = visible(rows.selected, viewer.departments, deleted=asked.bin, archived=asked.archive)
    if asked.inbox is not None:
        access_inbox(read, viewer, asked.inbox)
        narrowed = narrowed.where(tickets.c.inbox == asked.inbox)
    if asked.folder is not None:
        narrowed = narrowed.where(tickets.c.folder == access_folder(read, viewer, asked.folder)["id"])
    for name in ("queue", "status", "priority"):
        if (wanted := getattr(asked, name)) is not None:
            narrowed = narrowed.where(tickets.c[name].in_(wanted.split(",")))
    if asked.owner is not None:
        narrowed = narrowed.where(_owned(viewer, asked.owner))
    if asked.label is not None:
        narrowed = narrowed.where(_labelled(read, viewer, asked.label))
    return narrowed


def _owned(viewer: Viewer, owner: str) -> ColumnElement[bool]:
    if owner == "none":
        return tickets.c.owner.is_(None)
    if owner == "me":
        return tickets.c.owner == viewer.id
    if not owner.isdecimal():
        raise bad_request("owner", "Give me, none, or a person's number.")
    return tickets.c.owner == int(owner)


def _labelled(read: Read, viewer: Viewer, name: str) -> ColumnElement[bool]:
    known = [label for one in viewer.departments if (label := find(read, one, name)) is not None]
    return exists().where(ticket_labels.c.ticket == tickets.c.id, ticket_labels.c.label.in_(known))
