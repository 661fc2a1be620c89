"""Send later: a reply whose author chose its hour. It is judged when it is scheduled, and once more when it leaves.

At its hour it goes through the one function that admits replies, with what its author had seen when she scheduled it.
What may not leave then is held for her, like any other.
"""

from typing import Any

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.conversations import attachments
from elbowroom.conversations.drafting import drafts
from elbowroom.conversations.held import holding
from elbowroom.conversations.replying import replies
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.shapes import Scheduled
from elbowroom.conversations.tables import conversations, scheduled
from elbowroom.kit import jobs
from elbowroom.kit.clock import moment
from elbowroom.kit.commands import Answer, fingerprint, once
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By, Fact
from elbowroom.kit.problems import Refused, bad_request, not_found
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets.access import access_ticket
from elbowroom.tickets.facts import say
from elbowroom.tickets.tables import tickets

JOB = "scheduled"
AHEAD = 366 * 86_400.0


def schedule(tx: Tx, viewer: Viewer, sending: Sending, leaves_at: float) -> Answer:
    """201 with what is scheduled for `leaves_at` (seconds of the clock), or the refusals of a reply, text kept."""
    if not tx.now < leaves_at <= tx.now + AHEAD:
        raise bad_request("at", "Choose a moment in the coming year.")
    sending = replies.checked(tx, sending)
    judged = replies.judge(tx, viewer, sending)
    if isinstance(judged, Answer):
        return judged
    if tx.value(select(conversations.c.head).where(conversations.c.id == judged["conversation"])) > sending.seen:
        return replies.held_as_unseen(tx, viewer, judged, sending)
    attachments.require_unused(tx, viewer, sending.files)
    values = {
        "person": viewer.id, "ticket": sending.ticket, "body": sending.body, "files": sending.files,
        "recipients": sending.recipients, "seen": sending.seen, "at": tx.now, "leaves_at": leaves_at,
    }  # fmt: skip
    entry: int = tx.value(insert(scheduled).values(**values).returning(scheduled.c.id))
    jobs.enqueue(tx, JOB, {"entry": entry}, due_at=leaves_at)
    replies.leave_box(tx, viewer, judged, sending, "scheduled")
    say(tx, judged["id"], judged["department"], "reply_scheduled", viewer.by, data={"scheduled": entry})
    return Answer({"scheduled": of_ticket(tx, sending.ticket, entry)[0]}, 201)


def take_back(tx: Tx, viewer: Viewer, ticket: int, entry: int, *, into_box: bool) -> RowMapping:
    """Its author thinks better of it. `into_box`: the text is her draft again. Raises Refused: 404, 409 has-left."""
    stored = access_ticket(tx, viewer, ticket, deleted=True)
    row = tx.first(select(scheduled).where(scheduled.c.id == entry, scheduled.c.ticket == ticket))
    if row is None or row["person"] != viewer.id:
        raise not_found("scheduled reply of yours")
    if not _settle(tx, entry, "withdrawn"):
        raise Refused(409, "has-left", "Its hour has come already", "It can't be taken back. Look at the ticket.")
    if into_box:
        drafts.give_back(tx, viewer, ticket, row["body"])
    _say_gone(tx, stored, entry, viewer.by)
    return row


def leave(tx: Tx, entry: int) -> None:
    """Its hour has come: it is sent like any reply, or held. A second call does nothing."""
    row = _due(tx, entry)
    if row is None:
        return
    viewer = load_viewer(tx, row["person"])
    if viewer is None:
        _hold(tx, row)
        return
    sending = _sending(row)
    _settle(tx, entry, "sent")
    stored = _ticket(tx, row["ticket"])
    if stored is not None:
        _say_gone(tx, stored, entry, None)
    sent = once(tx, viewer.id, f"scheduled/{entry}", fingerprint(JOB, str(entry)),
                lambda tx: replies.reply(tx, viewer, sending))  # fmt: skip
    if sent.status != 201:
        tx.run(update(scheduled).where(scheduled.c.id == entry).values(settled_as="held"))


def bring_over(tx: Tx, source: RowMapping, target: RowMapping) -> None:
    """What waits on the one ticket waits on the other, of which its authors have seen nothing: it will be held."""
    mine = update(scheduled).where(scheduled.c.ticket == source["id"], scheduled.c.settled_at.is_(None))
    moved = tx.run(mine.values(ticket=target["id"], seen=0).returning(scheduled.c.id)).scalars().all()
    for entry in moved:
        _say_gone(tx, source, entry, None)
        say(tx, target["id"], target["department"], "reply_scheduled", None, data={"scheduled": entry})


def hold(tx: Tx, entry: int) -> None:
    """It was refused for a cause that keeps no text (a file that is gone): nobody may lose it for that."""
    row = _due(tx, entry)
    if row is not None:
        _hold(tx, row)


def of_ticket(read: Read, ticket: int, entry: int | None = None) -> list[Scheduled]:
    """What waits for its hour, the soonest first."""
    asked = select(scheduled, people.c.name).join(people, people.c.id == scheduled.c.person)
    asked = asked.where(scheduled.c.ticket == ticket, scheduled.c.settled_at.is_(None))
    if entry is not None:
        asked = asked.where(scheduled.c.id == entry)
    return [_shape(read, row) for row in read.rows(asked.order_by(scheduled.c.leaves_at, scheduled.c.id))]


def carried(read: Read, fact: Fact) -> dict[str, Any]:
    """The fact takes along what is scheduled, as far as it is still."""
    waits = of_ticket(read, int(fact.place.partition("/")[2]), fact.data["scheduled"])
    return {"waits": waits[0] if waits else None}


def _due(tx: Tx, entry: int) -> RowMapping | None:
    row = tx.first(select(scheduled).where(scheduled.c.id == entry, scheduled.c.settled_at.is_(None)))
    if row is not None and row["leaves_at"] > tx.now:
        raise jobs.Again(row["leaves_at"] - tx.now)
    return row


def _hold(tx: Tx, row: RowMapping) -> None:
    stored = _ticket(tx, row["ticket"])
    _settle(tx, row["id"], "held")
    if stored is not None:
        _say_gone(tx, stored, row["id"], None)
    holding.keep(tx, row["person"], _sending(row), "no-access")


def _sending(row: RowMapping) -> Sending:
    return Sending(
        row["ticket"], row["body"], row["seen"], files=row["files"], recipients=row["recipients"], was_scheduled=True
    )


def _settle(tx: Tx, entry: int, settled_as: str) -> bool:
    """False where it was settled already."""
    waits = (scheduled.c.id == entry) & scheduled.c.settled_at.is_(None)
    return bool(tx.run(update(scheduled).where(waits).values(settled_at=tx.now, settled_as=settled_as)).rowcount)


def _say_gone(tx: Tx, stored: RowMapping, entry: int, by: By | None) -> None:
    say(tx, stored["id"], stored["department"], "reply_unscheduled", by, data={"scheduled": entry})


def _ticket(read: Read, ticket: int) -> RowMapping | None:
    return read.first(select(tickets).where(tickets.c.id == ticket))


def _shape(read: Read, row: RowMapping) -> Scheduled:
    return {
        "id": row["id"],
        "ticket": row["ticket"],
        "author": {"id": row["person"], "name": row["name"]},
        "body": row["body"],
        "attachments": attachments.named(read, row["files"]),
        "recipients": row["recipients"],
        "seen": row["seen"],
        "at": moment(row["at"]),
        "leaves_at": moment(row["leaves_at"]),
    }
