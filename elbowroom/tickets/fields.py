"""Single-value fields: each change states the version at which its author saw the field.

Accepted where field.version <= from_version <= ticket.version; all of a change or nothing of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select, update

from elbowroom.kit import journal
from elbowroom.kit.clock import moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By, Fact
from elbowroom.kit.problems import Refused, bad_request
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket, place_of
from elbowroom.tickets.facts import say
from elbowroom.tickets.folders import access_folder
from elbowroom.tickets.moving import move
from elbowroom.tickets.opening import clean_subject
from elbowroom.tickets.tables import statuses, tickets

PRIORITIES = ("low", "normal", "high", "urgent")
CHANGED_BY = frozenset({"field_changed", "owner_changed", "ticket_moved", "ticket_opened"})


@dataclass(frozen=True)
class Change:
    """`to` is the wanted value, `from_version` any version of the ticket at which the author saw the field so."""

    to: Any
    from_version: int


def patch(tx: Tx, viewer: Viewer, ticket: int, changes: dict[str, Change]) -> None:
    """Changes what was touched. Raises Refused: 409 stale with each newer value and its author, 422, 404, 410."""
    stored = access_ticket(tx, viewer, ticket)
    wanted = {name: (change, _checked(tx, name, change.to)) for name, change in changes.items()}
    if ahead := [name for name, (change, _) in wanted.items() if change.from_version > stored["version"]]:
        detail = f"{ahead[0]} names a version that the ticket has not reached. Load it again."
        raise Refused(409, "resync", "The page is of another history", detail)
    stale = [name for name, (change, to) in wanted.items() if _is_stale(stored, name, change, to)]
    if stale:
        fields = {name: newest(tx, stored, name) for name in stale}
        detail = "; ".join(f"{name} is {field['value']!r} now" for name, field in fields.items())
        raise Refused(409, "stale", "It was changed meanwhile", f"{detail}. Look, then change it again.", fields=fields)
    lies: dict[str, Any] = {}
    for name, (_, to) in wanted.items():
        if stored[name] == to:
            continue
        if name in ("inbox", "folder"):
            lies[name] = to
        else:
            set_field(tx, stored, name, to, viewer.by)
    if lies:
        _place(tx, viewer, ticket, lies)


def _place(tx: Tx, viewer: Viewer, ticket: int, lies: dict[str, Any]) -> None:
    """Another inbox, another folder, or both: a folder is one of the inbox in which the ticket then lies."""
    if "inbox" in lies:
        move(tx, viewer, access_ticket(tx, viewer, ticket), lies["inbox"])
    stored = tx.first(select(tickets).where(tickets.c.id == ticket))
    assert stored is not None
    folder = lies.get("folder")
    if folder is not None and access_folder(tx, viewer, folder)["inbox"] != stored["inbox"]:
        raise bad_request("folder", "That folder is of another inbox.")
    if "folder" in lies and stored["folder"] != folder:
        set_field(tx, stored, "folder", folder, viewer.by)


def set_field(tx: Tx, stored: RowMapping, name: str, to: Any, by: By | None) -> Fact:
    """Writes one field and its fact; the check is the caller's. Raises nothing of its own."""
    shown: dict[str, Any] = {name: to}
    if name == "status":
        shown["queue"] = queue_of(tx, to)
    kept = {"field": name, "was": stored[name]}
    if name == "subject":  # the customer's own words may stand in it
        fact = say(tx, stored["id"], stored["department"], "field_changed", by,
                   data={"field": name}, personal={"set": shown, "was": stored[name]}, change=shown)  # fmt: skip
    else:
        fact = say(
            tx, stored["id"], stored["department"], "field_changed", by, data={**kept, "set": shown}, change=shown
        )
    version = {f"{name}_version": fact.version}
    tx.run(update(tickets).where(tickets.c.id == stored["id"]).values(**version))
    return fact


def queue_of(read: Read, status: str) -> str:
    queue: str = read.value(select(statuses.c.queue).where(statuses.c.key == status))
    return queue


def newest(read: Read, stored: RowMapping, name: str) -> dict[str, Any]:
    """The field's value, who set it and when, for whom its change was refused."""
    return newest_of(read, [(stored, name)])[0]


def newest_of(read: Read, asked: Sequence[tuple[RowMapping, str]]) -> list[dict[str, Any]]:
    """The same of several fields of several tickets, in one question."""
    places = [(place_of(stored["id"]), stored[f"{name}_version"]) for stored, name in asked]
    facts = journal.at(read, dict.fromkeys(places))
    return [_newest(stored, name, facts.get(place)) for (stored, name), place in zip(asked, places, strict=True)]


def _newest(stored: RowMapping, name: str, fact: Fact | None) -> dict[str, Any]:
    by = fact.by if fact is not None and fact.kind in CHANGED_BY else None
    who = None if by is None else {"id": by.id, "name": by.name}
    at = fact.at if fact is not None else stored["changed_at"]
    return {"value": stored[name], "version": stored[f"{name}_version"], "by": who, "at": moment(at)}


def _is_stale(stored: RowMapping, name: str, change: Change, to: Any) -> bool:
    return bool(stored[f"{name}_version"] > change.from_version and stored[name] != to)


def _checked(read: Read, name: str, to: Any) -> Any:
    match name:
        case "subject":
            if not isinstance(to, str) or not (subject := clean_subject(to)):
                raise bad_request("subject", "Write a subject of 1 to 300 characters.")
            return subject
        case "status":
            keys = read.run(select(statuses.c.key).order_by(statuses.c.rank)).scalars().all()
            if to not in keys:
                raise bad_request("status", f"There is no such status; choose of {', '.join(keys)}.")
        case "priority":
            if to not in PRIORITIES:
                raise bad_request("priority", f"Choose of {', '.join(PRIORITIES)}.")
        case "inbox":
            if not isinstance(to, int) or isinstance(to, bool):
                raise bad_request("inbox", "Give the number of an inbox.")
        case "folder":
            if to is not None and (not isinstance(to, int) or isinstance(to, bool)):
                raise bad_request("folder", "Give the number of a folder, or null.")
        case _:
            raise bad_request(name, "There is no such field; choose of subject, status, priority, inbox, folder.")
    return to
