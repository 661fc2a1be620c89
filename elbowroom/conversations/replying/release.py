"""Between sending and leaving: the undo time, and what is looked at once more when it ends.

Nothing leaves early, not after a crash either: the job's due time is in the store.
"""

from typing import Any

from sqlalchemy import RowMapping, select, update

from elbowroom.conversations import attachments, messages
from elbowroom.conversations.drafting import drafts
from elbowroom.conversations.held import holding
from elbowroom.conversations.tables import messages as table
from elbowroom.kit import jobs
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused, not_found
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.fields import set_field
from elbowroom.tickets.tables import channels, tickets

TRIED_FOR = 48 * 3600.0


def submitted(tx: Tx, message: int, effects: dict[str, Any], undo_for: int) -> None:
    """An admitted reply: to the outbox at once, or when its undo time ends."""
    tx.run(update(table).where(table.c.id == message).values(effects=effects or None))
    if undo_for:
        jobs.enqueue(tx, "release", {"message": message}, due_at=tx.now + undo_for)
    else:
        leave(tx, stored_message(tx, message))


def leave(tx: Tx, message: RowMapping) -> None:
    """To the outbox; where the ticket has no channel that carries it out, it has left with being stored."""
    channel = tx.value(select(tickets.c.channel).where(tickets.c.id == message["ticket"]))
    if channel is None:
        messages.say_state(tx, message, "reply_left", None, {"state": "left", "leaves_at": None})
        return
    tx.run(update(table).where(table.c.id == message["id"]).values(leaves_at=None))
    jobs.enqueue(tx, "deliver", {"message": message["id"]}, give_up_for=TRIED_FOR)


def release(tx: Tx, message: int) -> None:
    """The undo time has ended: it leaves where it still may, else it is held. A second call does nothing."""
    row = stored_message(tx, message)
    if row["state"] != "waiting" or row["leaves_at"] is None:
        return
    if row["leaves_at"] > tx.now:
        raise jobs.Again(row["leaves_at"] - tx.now)
    if _may_leave(tx, row):
        leave(tx, row)
    else:
        pause(tx, row)


def landed(tx: Tx, stored: RowMapping, number: int, agent: int | None = None) -> None:
    """A customer's message or, with `agent`, a sender's reply came under this number.

    What waits below it stops at once, so that its author is asked while she still thinks of it. Her own further reply
    stops none of hers: she wrote it knowing of them.
    """
    if agent is None and _is_chat(tx, stored):
        return
    waits = select(table).where(
        table.c.conversation == stored["conversation"], table.c.number < number, table.c.kind == "reply",
        table.c.state == "waiting", table.c.leaves_at.is_not(None),
    )  # fmt: skip
    for row in tx.rows(waits.order_by(table.c.number)):
        if row["agent"] != agent:
            pause(tx, row)


def pause(tx: Tx, row: RowMapping) -> None:
    """A waiting reply does not leave: its text is held for its author."""
    holding.pause(tx, row)
    _take_back(tx, row)
    messages.say_state(tx, row, "reply_paused", None, {"state": "paused", "leaves_at": None})


def withdraw(tx: Tx, viewer: Viewer, ticket: int, number: int) -> tuple[RowMapping, list[int]]:
    """The author takes a waiting reply back; its text is her draft again, its files her uploads.

    Returns the message as it was and the files' ids. Raises Refused: 404, 409 where it left.
    """
    access_ticket(tx, viewer, ticket)
    row = tx.first(select(table).where(table.c.ticket == ticket, table.c.number == number, table.c.kind == "reply"))
    if row is None or row["agent"] != viewer.id:
        raise not_found("reply of yours")
    if row["state"] != "waiting" or row["leaves_at"] is None or row["leaves_at"] <= tx.now:
        raise Refused(409, "has-left", "The reply has left already", "It can't be taken back. Write another one.")
    drafts.give_back(tx, viewer, ticket, row["text"])
    _take_back(tx, row)
    messages.say_state(tx, row, "reply_withdrawn", viewer.by, {"state": "withdrawn", "leaves_at": None})
    return row, attachments.hand_back(tx, row["id"], viewer.id)


def stored_message(read: Read, message: int) -> RowMapping:
    row = read.first(select(table).where(table.c.id == message))
    if row is None:
        raise not_found("message")
    return row


def _may_leave(tx: Tx, row: RowMapping) -> bool:
    stored = tx.first(select(tickets).where(tickets.c.id == row["ticket"]))
    author = load_viewer(tx, row["agent"])
    if stored is None or stored["deleted_at"] is not None or author is None or not author.may_see(stored["department"]):
        return False
    return not _is_overtaken(tx, stored, row)


def _is_overtaken(read: Read, stored: RowMapping, row: RowMapping) -> bool:
    """Something stands after it that its author had not seen when she wrote it."""
    theirs = (table.c.kind == "reply") & (table.c.agent.is_(None) | (table.c.agent != row["agent"]))
    holds = theirs if _is_chat(read, stored) else theirs | (table.c.kind == "customer")
    stands = table.c.state.is_(None) | table.c.state.not_in(messages.UNSENT)
    later = select(table.c.id).where(table.c.conversation == row["conversation"], table.c.number > row["number"])
    return read.first(later.where(holds, stands).limit(1)) is not None


def _is_chat(read: Read, stored: RowMapping) -> bool:
    """In a chat a customer writes on while she is answered; there only another sender's reply stops one."""
    kind = read.value(select(channels.c.kind).where(channels.c.id == stored["channel"]))
    return bool(kind == "chat")


def _take_back(tx: Tx, row: RowMapping) -> None:
    """What submitting it changed goes back only where nobody changed it since, and no later reply rests on it."""
    status = (row["effects"] or {}).get("status")
    stored = tx.first(select(tickets).where(tickets.c.id == row["ticket"]))
    if not status or stored is None or stored["status_version"] != status["version"]:
        return
    if not _is_answered(tx, row):
        set_field(tx, stored, "status", status["was"], None)


def _is_answered(read: Read, row: RowMapping) -> bool:
    """Another reply of the conversation stands after this one: the ticket has its answer without it."""
    later = select(table.c.id).where(
        table.c.conversation == row["conversation"],
        table.c.number > row["number"],
        table.c.kind == "reply",
        table.c.state.not_in(messages.UNSENT),
    )
    return read.first(later) is not None
