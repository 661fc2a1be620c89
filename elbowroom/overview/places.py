"""Inboxes, departments and persons as whole places, and how facts about tickets look from a list."""

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, bindparam, select

from elbowroom.conversations import saving
from elbowroom.conversations.held.holding import of_person
from elbowroom.conversations.replying import undelivered
from elbowroom.kit import journal
from elbowroom.kit.db import Read
from elbowroom.kit.journal import Fact
from elbowroom.kit.places import Shadow, Standing, facts_missed
from elbowroom.overview.alike import Alike
from elbowroom.overview.counts import counts
from elbowroom.people import places as people
from elbowroom.people.rights import Viewer, audience_of
from elbowroom.people.shapes import Who
from elbowroom.tickets import folders, inboxes, rows
from elbowroom.tickets.labels import labels_in
from elbowroom.tickets.shapes import Row
from elbowroom.tickets.statuses import all_statuses
from elbowroom.tickets.tables import inboxes as table

MISSED = 500
WHY = {"ticket_left": "moved", "ticket_moved": "moved", "ticket_deleted": "deleted", "ticket_archived": "archived"}
_department = select(table.c.department).where(table.c.id == bindparam("inbox"))


class InboxPlace:
    def __init__(self) -> None:
        self._alike = Alike()

    def authorize(self, read: Read, viewer: Viewer, id: int) -> Standing | None:
        department = _department_of(read, id)
        return Standing(audience_of(department)) if department is not None and viewer.may_see(department) else None

    def snapshot(self, read: Read, viewer: Viewer, id: int) -> dict[str, Any]:
        return self._alike.answer(read, id, lambda: self._snapshot(read, id))

    def missed(self, read: Read, viewer: Viewer, id: int, position: int) -> dict[str, Any] | None:
        return self._alike.answer(read, (id, position), lambda: self._missed(read, id, position))

    def _snapshot(self, read: Read, id: int) -> dict[str, Any]:
        stored = read.first(select(table).where(table.c.id == id))
        assert stored is not None
        return {"inbox": inboxes.shape(read, stored), "counts": counts(read, [id])[0]}

    def _missed(self, read: Read, id: int, position: int) -> dict[str, Any] | None:
        department = _department_of(read, id)
        assert department is not None
        facts = journal.after(read, position, audiences=[audience_of(department)], limit=MISSED)
        if len(facts) == MISSED:
            return None
        shown = {row["id"]: row for row in rows.rows(read, {_ticket(one) for one in facts if _is_ticket(one)})}
        shadow = _shadow(id, audience_of(department), facts, shown)
        return {
            "facts": [],
            "rows": _written(list(shadow.rows.values())),
            "gone": _written(list(shadow.gone.values())),
            "counts": counts(read, [id])[0],
        }


def _written(body: Any) -> msgspec.Raw:
    """As JSON: what is told alike to thousands is encoded once."""
    return msgspec.Raw(msgspec.json.encode(body))


def _department_of(read: Read, inbox: int) -> int | None:
    return next((row["department"] for row in read.same(_department, {"inbox": inbox})), None)


def shadows(read: Read, facts: list[Fact]) -> list[Shadow]:
    """For the live feed: the rows and counts that these facts changed, per inbox and audience."""
    said = [fact for fact in facts if fact.place.startswith("ticket/")]
    shown = {row["id"]: row for row in rows.rows(read, {_ticket(fact) for fact in said})}
    touched = sorted({(inbox, fact.audience) for fact in said for inbox in _inboxes(read, fact, shown)})
    fresh = {one["inbox"]: one for one in counts(read, sorted({inbox for inbox, _ in touched}))}
    cast = []
    for inbox, audience in touched:
        shadow = _shadow(inbox, audience, said, shown)
        cast.append(Shadow(shadow.place, audience, shadow.rows, shadow.gone, {**fresh[inbox]}))
    return cast


def _inboxes(read: Read, fact: Fact, shown: dict[int, Row]) -> set[int]:
    """Where the fact shows: the inbox in which the ticket lies, and the one that it left."""
    if fact.kind == "ticket_left":
        return set(read.run(select(table.c.id).where(_of_audience(fact.audience))).scalars())
    row = shown.get(_ticket(fact))
    now = {row["inbox"]} if row else set()
    if fact.kind == "ticket_moved" and "was" in fact.data:
        now.add(fact.data["was"]["inbox"])
    return now


def _of_audience(audience: str) -> ColumnElement[bool]:
    return table.c.department == int(audience.partition(":")[2])


def _shadow(inbox: int, audience: str, facts: list[Fact], shown: dict[int, Row]) -> Shadow:
    """Rows of this inbox among the tickets of these facts; those that went are gone from it."""
    mine = [fact for fact in facts if fact.audience == audience and fact.place.startswith("ticket/")]
    shadow = Shadow(f"inbox/{inbox}", audience)
    for ticket in {_ticket(fact) for fact in mine}:
        row = shown.get(ticket)
        here = row is not None and row["inbox"] == inbox and audience_of(row["department"]) == audience
        if row is not None and here and not (row["deleted"] or row["archived"] or row["merged_into"]):
            shadow.rows[ticket] = {**row, "changed_by": _by([one for one in mine if _ticket(one) == ticket][-1])}
        elif here or any(_ticket(one) == ticket and one.kind in WHY for one in mine):
            shadow.gone[ticket] = _gone(mine, ticket, row if here else None)
    return shadow


def _gone(mine: list[Fact], ticket: int, here: Row | None) -> dict[str, Any]:
    """`here`: it lies in this inbox still, so it was deleted, archived or merged, whatever was said of it since."""
    said = [one for one in mine if _ticket(one) == ticket]
    if here is None:
        went = next((one for one in reversed(said) if one.kind in WHY), said[-1])
        why = WHY.get(went.kind, "moved")
    else:
        why = "deleted" if here["deleted"] else "merged" if here["merged_into"] else "archived"
        went = next((one for one in reversed(said) if one.kind == f"ticket_{why}"), said[-1])
    return {"id": ticket, "version": said[-1].version, "by": _by(went), "why": why}


def _by(fact: Fact) -> Who | None:
    return None if fact.by is None else {"id": fact.by.id, "name": fact.by.name}


def _is_ticket(fact: Fact) -> bool:
    return fact.place.startswith("ticket/")


def _ticket(fact: Fact) -> int:
    return int(fact.place.partition("/")[2])


class DepartmentPlace(people.DepartmentPlace):
    """With what lies in the department: its inboxes, labels and saved replies."""

    def snapshot(self, read: Read, viewer: Viewer, id: int) -> dict[str, Any]:
        lies = {"inboxes": inboxes.inboxes_in(read, [id]), "labels": labels_in(read, [id])}
        lies |= {"folders": folders.folders_in(read, [id]), "saved": saving.of_department(read, id)}
        return {**super().snapshot(read, viewer, id), **lies, "statuses": all_statuses(read)}

    def missed(self, read: Read, viewer: Viewer, id: int, position: int) -> dict[str, Any] | None:
        return facts_missed(read, f"department/{id}", position, audience_of(id))


class PersonPlace(people.PersonPlace):
    """With what waits for her decision, and `more` of other districts by their names in the state."""

    def __init__(self, more: dict[str, Callable[[Read, Viewer], Any]]) -> None:
        self._more: dict[str, Callable[[Read, Viewer], Any]] = {
            "held": of_person, "undelivered": undelivered.of_person, "saved": saving.own, **more,
        }  # fmt: skip

    def snapshot(self, read: Read, viewer: Viewer, id: int) -> dict[str, Any]:
        waits = {name: told(read, viewer) for name, told in self._more.items()}
        return {**super().snapshot(read, viewer, id), **waits}

    def missed(self, read: Read, viewer: Viewer, id: int, position: int) -> dict[str, Any] | None:
        return None  # small, and what she decided elsewhere must go from her list
