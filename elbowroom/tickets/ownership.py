"""Whose ticket it is: compare-and-set on the owner, so that a taking never overrides an unseen one."""

from sqlalchemy import RowMapping, select, update

from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By
from elbowroom.kit.problems import Refused, bad_request
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.facts import say
from elbowroom.tickets.fields import newest
from elbowroom.tickets.tables import tickets


def give(tx: Tx, viewer: Viewer, ticket: int, agent: int | None, instead_of: int | None) -> None:
    """Sets the owner where it still is `instead_of`. Raises Refused (409 owner-taken) naming who has it."""
    stored = access_ticket(tx, viewer, ticket)
    if stored["owner"] == agent:
        return
    if stored["owner"] != instead_of:
        raise taken(tx, stored)
    if agent is not None:
        _must_belong(tx, agent, stored["department"])
    set_owner(tx, stored, agent, viewer.by)


def set_owner(tx: Tx, stored: RowMapping, agent: int | None, by: By | None) -> int:
    """Writes the owner and its fact; returns the version. The comparing is the caller's."""
    fact = say(
        tx, stored["id"], stored["department"], "owner_changed", by,
        data={"set": {"owner": agent}, "was": stored["owner"]}, change={"owner": agent},
    )  # fmt: skip
    tx.run(update(tickets).where(tickets.c.id == stored["id"]).values(owner_version=fact.version))
    return fact.version


def taken(read: Read, stored: RowMapping) -> Refused:
    """The refusal that says who has it now, by whom and since when."""
    newer = newest(read, stored, "owner")
    owner = None
    if stored["owner"] is not None:
        name = read.value(select(people.c.name).where(people.c.id == stored["owner"]))
        owner = {"id": stored["owner"], "name": name}
    title = f"{owner['name']} has it" if owner else "Nobody has it any more"
    by = newer["by"]
    detail = f"Changed by {by['name'] if by else 'the desk'} at {newer['at'][11:16]} UTC. Look, then decide again."
    return Refused(409, "owner-taken", title, detail, owner=owner, by=by, at=newer["at"], version=newer["version"])


def _must_belong(read: Read, agent: int, department: int) -> None:
    her = load_viewer(read, agent)
    if her is None or not her.may_see(department):
        raise bad_request("agent", "This person may not see the ticket. Choose one of its department.")
