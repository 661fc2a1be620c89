"""A ticket as a place: who may be there, and what she finds."""

from typing import Any

from sqlalchemy import select

from elbowroom.conversations import messages
from elbowroom.conversations.drafting import drafts, preparing
from elbowroom.conversations.held import awaiting, holding
from elbowroom.conversations.replying import scheduling
from elbowroom.kit.db import Read
from elbowroom.kit.places import Standing, facts_missed
from elbowroom.people.rights import Viewer, audience_of, managers_of
from elbowroom.tickets import rows
from elbowroom.tickets.access import place_of
from elbowroom.tickets.tables import tickets


class TicketPlace:
    def authorize(self, read: Read, viewer: Viewer, id: int) -> Standing | None:
        row = read.first(select(tickets).where(tickets.c.id == id))
        if row is None or row["erased_at"] is not None or not viewer.may_see(row["department"]):
            return None
        return Standing(audience_of(row["department"]), f"inbox/{row['inbox']}")

    def snapshot(self, read: Read, viewer: Viewer, id: int) -> dict[str, Any]:
        return {
            "ticket": rows.whole(read, id),
            "messages": messages.of_ticket(read, id),
            "drafts": drafts.of_ticket(read, viewer, id),
            "colleagues": preparing.of_ticket(read, id),
            "held": holding.of_person(read, viewer, id),
            "scheduled": scheduling.of_ticket(read, id),
        }

    def missed(self, read: Read, viewer: Viewer, id: int, position: int) -> dict[str, Any] | None:
        department = read.value(select(tickets.c.department).where(tickets.c.id == id))
        missed = facts_missed(read, place_of(id), position, audience_of(department))
        return missed and {**missed, "colleagues": preparing.of_ticket(read, id)}


class ManagersPlace:
    """What the managers of a department look after."""

    def authorize(self, _read: Read, viewer: Viewer, id: int) -> Standing | None:
        return Standing(managers_of(id)) if viewer.manages(id) else None

    def snapshot(self, read: Read, viewer: Viewer, id: int) -> dict[str, Any]:
        return {"waiting": awaiting.of_departments(read, [id])}

    def missed(self, read: Read, viewer: Viewer, id: int, position: int) -> dict[str, Any] | None:
        return None  # small, and whoever came or went is in it
