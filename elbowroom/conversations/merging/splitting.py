"""Messages that are about something else go to a ticket of their own."""

from typing import Any

from sqlalchemy import RowMapping

from elbowroom.conversations import messages, notes
from elbowroom.conversations.merging import renumbering
from elbowroom.kit.db import Tx
from elbowroom.kit.problems import Refused, bad_request
from elbowroom.people.colleagues import language_of
from elbowroom.people.rights import Viewer
from elbowroom.tickets import opening
from elbowroom.tickets.access import access_ticket, stored_ticket
from elbowroom.tickets.facts import say
from elbowroom.tickets.holding import let_in

SAID = {  # by language: on the ticket that they left, and on the one that they came to
    "en": ("Split off into #{ticket}.", "Split off from #{ticket}."),
    "de": ("Abgetrennt in #{ticket}.", "Abgetrennt von #{ticket}."),
    "ru": ("Выделено в #{ticket}.", "Выделено из #{ticket}."),
    "zh": ("已拆分到 #{ticket}。", "拆分自 #{ticket}。"),
}


def split(tx: Tx, viewer: Viewer, ticket: int, numbers: list[int], subject: str = "") -> int:
    """Returns the new ticket; its requester is who wrote the first of them. Raises Refused: 404, 410, 422, 423, 409
    waiting where a reply among them is about to leave."""
    stored = access_ticket(tx, viewer, ticket)
    let_in(tx, viewer, stored)
    every = renumbering.messages_of(tx, ticket)
    going = _chosen(stored, every, numbers)
    made = opening.create(
        tx, stored["inbox"], opening.clean_subject(subject) or stored["subject"], _author(going, stored),
        channel=stored["channel"], by=viewer.by,
    )  # fmt: skip
    messages.open_conversation(tx, made)
    renumbering.append(tx, going, stored, stored_ticket(tx, made))
    taken = {"into": made, "taken": [row["number"] for row in going]}
    _say(tx, viewer, ticket, {**taken, "set": renumbering.settle(tx, ticket)})
    came = {"source": ticket, "arrived": [row["id"] for row in going]}
    conversation = {"conversation": stored_ticket(tx, made)["conversation"]}
    _say(tx, viewer, made, {**came, "set": {**renumbering.settle(tx, made), **conversation}})
    there, here = SAID[language_of(tx, viewer.id)]
    notes.write(tx, viewer, ticket, there.format(ticket=made))
    notes.write(tx, viewer, made, here.format(ticket=ticket))
    return made


def _chosen(stored: RowMapping, every: Any, numbers: list[int]) -> list[RowMapping]:
    wanted = set(numbers)
    going = [row for row in every if row["number"] in wanted and row["conversation"] == stored["conversation"]]
    if not going or len(going) < len(wanted):
        raise bad_request("numbers", "Choose messages of this ticket.")
    if len(going) == len(every):
        raise bad_request("numbers", "Leave at least one message where it is.")
    if any(row["state"] == "waiting" for row in going):
        detail = "Wait until it has left, or take it back. Then split the ticket."
        raise Refused(409, "waiting", "A reply among them is about to leave", detail)
    return going


def _author(going: list[RowMapping], stored: RowMapping) -> int:
    wrote = (row["customer"] for row in going if row["customer"] is not None)
    return next(wrote, None) or int(stored["requester"])


def _say(tx: Tx, viewer: Viewer, ticket: int, data: dict[str, Any]) -> None:
    stored = stored_ticket(tx, ticket)
    say(tx, ticket, stored["department"], "ticket_split", viewer.by, data=data)
