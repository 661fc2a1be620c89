"""Tickets as they are shown: rows of a list, two queries however many, and the whole ticket, four."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import RowMapping, select

from elbowroom.kit.clock import maybe_moment, moment
from elbowroom.kit.db import Read
from elbowroom.kit.problems import not_found
from elbowroom.people.tables import customers
from elbowroom.tickets import followers
from elbowroom.tickets.access import place_of
from elbowroom.tickets.shapes import Channel, Row, Ticket
from elbowroom.tickets.tables import channels, labels, ticket_labels, tickets

FIELDS = ("subject", "status", "priority", "inbox", "folder", "owner")
selected = select(
    tickets,
    customers.c.name.label("requester_name"),
    customers.c.email.label("requester_email"),
    customers.c.phone.label("requester_phone"),
).join_from(tickets, customers, tickets.c.requester == customers.c.id)


def rows(read: Read, ids: Iterable[int]) -> list[Row]:
    """The rows of these tickets, in no promised order."""
    found = read.rows(selected.where(tickets.c.id.in_(list(ids))))
    return shaped(read, found)


def shaped(read: Read, found: Sequence[RowMapping]) -> list[Row]:
    """Rows of stored tickets selected with `selected`, in their order."""
    worn = worn_by(read, [row["id"] for row in found])
    return [_row(row, worn[row["id"]]) for row in found]


def whole(read: Read, ticket: int) -> Ticket:
    """Everything the ticket itself says. Ask the door before. Raises Refused (404)."""
    stored = read.first(selected.where(tickets.c.id == ticket))
    if stored is None:
        raise not_found("ticket")
    row = _row(stored, worn_by(read, [ticket])[ticket])
    follow, spoke_up = followers.shapes(read, ticket)
    return cast(
        Ticket,
        {
            **row,
            "place": place_of(ticket),
            "followers": follow,
            "unverified": spoke_up,
            "conversation": stored["conversation"],
            "channel": _channel(read, stored["channel"]),
            "versions": {field: stored[f"{field}_version"] for field in FIELDS},
            "last_number": stored["last_number"],
            "archived_by": stored["archived_by"],
            "archived_at": maybe_moment(stored["archived_at"]),
            "deleted_by": stored["deleted_by"],
            "deleted_at": maybe_moment(stored["deleted_at"]),
        },
    )


def worn_by(read: Read, ids: Sequence[int]) -> dict[int, dict[int, str]]:
    """Ticket → the labels' ids and names, in the order of the names."""
    worn: dict[int, dict[int, str]] = defaultdict(dict)
    asked = select(ticket_labels.c.ticket, labels.c.id, labels.c.name).join_from(ticket_labels, labels)
    for row in read.rows(asked.where(ticket_labels.c.ticket.in_(ids)).order_by(labels.c.name_folded)):
        worn[row["ticket"]][row["id"]] = row["name"]
    return worn


def _channel(read: Read, channel: int | None) -> Channel | None:
    row = read.first(select(channels).where(channels.c.id == channel)) if channel else None
    if row is None:
        return None
    return cast(Channel, {name: row[name] for name in ("id", "kind", "address", "undo_for", "signature")})


def _row(row: Any, worn: dict[int, str]) -> Row:
    return {
        "id": row["id"],
        "version": row["version"],
        "inbox": row["inbox"],
        "department": row["department"],
        "subject": row["subject"],
        "status": row["status"],
        "queue": row["queue"],
        "priority": row["priority"],
        "owner": row["owner"],
        "labels": list(worn.values()),
        "label_ids": list(worn),
        "requester": {
            "id": row["requester"],
            "name": row["requester_name"],
            "email": row["requester_email"],
            "phone": row["requester_phone"],
        },
        "preview": row["preview"],
        "preview_by": row["preview_by"],
        "messages": row["messages"],
        "head": row["head"],
        "created_at": moment(row["made_at"]),
        "changed_at": moment(row["changed_at"]),
        "last_message_at": moment(row["last_message_at"]),
        "folder": row["folder"],
        "archived": row["archived_at"] is not None,
        "deleted": row["deleted_at"] is not None,
        "merged_into": row["merged_into"],
    }
