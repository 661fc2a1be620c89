"""The archive: out of queues and counts, found by search. Whoever says something to the customer brings it back."""

from sqlalchemy import RowMapping

from elbowroom.kit.clock import moment
from elbowroom.kit.db import Tx
from elbowroom.kit.journal import By
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.facts import say


def archive(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """A second time changes nothing. Raises Refused: 404, 410 where it lies in the bin."""
    stored = access_ticket(tx, viewer, ticket)
    if stored["archived_at"] is None:
        say(
            tx, ticket, stored["department"], "ticket_archived", viewer.by,
            data={"set": {"archived": True, "archived_by": viewer.id, "archived_at": moment(tx.now)}},
            change={"archived_at": tx.now, "archived_by": viewer.id},
        )  # fmt: skip


def unarchive(tx: Tx, viewer: Viewer, ticket: int) -> None:
    bring_back(tx, access_ticket(tx, viewer, ticket), viewer.by)


def bring_back(tx: Tx, stored: RowMapping, by: By | None) -> None:
    """Among the others again; the right to it is the caller's to ask."""
    if stored["archived_at"] is not None:
        say(
            tx, stored["id"], stored["department"], "ticket_unarchived", by,
            data={"set": {"archived": False, "archived_by": None, "archived_at": None}},
            change={"archived_at": None, "archived_by": None},
        )  # fmt: skip
