"""The one function that admits replies; every way of sending comes through it.

A reply states the newest message that its author had seen. Where something newer could hold it, nothing is sent,
the text is kept for its author, and she is shown what came.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import RowMapping, select

from elbowroom.conversations import attachments, messages
from elbowroom.conversations.drafting import drafts
from elbowroom.conversations.held import holding
from elbowroom.conversations.messages import Words
from elbowroom.conversations.replying import recipients, release
from elbowroom.conversations.replying.sending import Sending
from elbowroom.conversations.shapes import Reason
from elbowroom.kit.commands import Answer
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused, bad_request, not_found, problem
from elbowroom.people.rights import Viewer
from elbowroom.tickets import archiving, merges, rows
from elbowroom.tickets.access import access_ticket, place_of, stored_ticket
from elbowroom.tickets.fields import set_field
from elbowroom.tickets.statuses import ANSWERED
from elbowroom.tickets.tables import channels, inboxes, tickets
from elbowroom.together import locks

LENGTH = 200_000
KEPT: dict[int, Reason] = {403: "no-access", 404: "no-access", 410: "gone"}


def reply(tx: Tx, viewer: Viewer, sending: Sending) -> Answer:
    """201 with the message, or a refusal that keeps the text: 409 reply-held, 409 resync, 423, 403, 404, 410.

    The command id was looked up before (kit.commands.once), else an author's own reply would hold her retry.
    """
    sending = checked(tx, sending)
    judged = judge(tx, viewer, sending)
    return judged if isinstance(judged, Answer) else _admit(tx, viewer, judged, sending)


def checked(read: Read, sending: Sending) -> Sending:
    """With its recipients as they are kept. Raises Refused (422) for what can't be sent at all."""
    if not sending.body.strip():
        raise bad_request("body", "Write something before you send.")
    if len(sending.body) > LENGTH:
        raise bad_request("body", f"A reply has at most {LENGTH:,} characters; attach the rest as a file.")
    return replace(sending, recipients=recipients.chosen(read, sending.recipients))


def judge(tx: Tx, viewer: Viewer, sending: Sending) -> RowMapping | Answer:
    """The ticket where the reply may go on to be admitted, else the refusal, for which its text is kept."""
    try:
        stored = access_ticket(tx, viewer, sending.ticket)
    except Refused as refused:
        if refused.name == "merged":
            return _merged(tx, viewer, sending)
        return _kept(tx, viewer, sending, KEPT[refused.status], refused)
    recipients.require_someone(tx, stored, sending.recipients)
    if sending.seen > stored["last_number"]:
        detail = "The page is of another history; it catches up first. Your text is kept."
        return _kept(tx, viewer, sending, "resync", Refused(409, "resync", "The page is ahead of the desk", detail))
    if sending.held is not None and not holding.is_open(tx, viewer, sending.held):  # settled in another tab of hers
        if holding.was_used(tx, viewer, sending.held, sending.body):
            raise Refused(
                409,
                "already-sent",
                "You have sent this text already",
                "Another tab of yours sent it, scheduled it or kept it as a note.",
            )
        return _kept(tx, viewer, sending, "settled", not_found("held reply"))
    return _guard(tx, viewer, stored, sending) or stored


def held_as_unseen(tx: Tx, viewer: Viewer, stored: RowMapping, sending: Sending) -> Answer:
    return _held(tx, viewer, stored, sending, "unseen")


def _admit(tx: Tx, viewer: Viewer, stored: RowMapping, sending: Sending) -> Answer:
    number = stored["last_number"] + 1
    if not messages.raise_head(tx, stored["conversation"], number, sending.seen):
        return held_as_unseen(tx, viewer, stored, sending)
    assert messages.next_number(tx, stored["id"]) == number
    undo_for = 0 if sending.was_scheduled else _undo_for(tx, stored)
    extra: dict[str, Any] = {
        "seen": sending.seen, "state": "waiting", "leaves_at": tx.now + undo_for if undo_for else None,
        "recipients": sending.recipients,
    }  # fmt: skip
    words = Words("reply", sending.body, agent=viewer.id, extra=extra)
    fact = messages.add(tx, stored, stored["conversation"], words, viewer.by, number=number, heads=True)
    release.landed(tx, stored, number, viewer.id)
    message: int = fact.data["message"]["id"]
    attachments.claim(tx, viewer, message, sending.files)
    archiving.bring_back(tx, stored, viewer.by)
    release.submitted(tx, message, _answered(tx, viewer, stored), undo_for)
    if not sending.was_scheduled:
        leave_box(tx, viewer, stored, sending, "sent")
    return Answer({"message": messages.shown(tx, message), "ticket": rows.whole(tx, stored["id"])}, 201)


def leave_box(tx: Tx, viewer: Viewer, stored: RowMapping, sending: Sending, settled_as: str) -> None:
    """The text is out of her hands: nothing of it stays in her box, and the ticket is free for the next."""
    if not sending.is_mail:  # what she has begun on the desk is another text
        drafts.close(tx, viewer, stored["id"], "reply", sent=sending.body)
    if sending.held is not None:
        holding.settle(tx, viewer, sending.held, settled_as)
    if _mode(tx, stored) == "write":
        locks.free(tx, place_of(stored["id"]), viewer.id)


def _merged(tx: Tx, viewer: Viewer, sending: Sending) -> Answer:
    """What she had seen were numbers of another ticket: she is shown this one's messages before she goes on in it."""
    meant = replace(sending, ticket=merges.standing(tx, sending.ticket), seen=0, fence=None)
    try:
        stored = access_ticket(tx, viewer, meant.ticket)
    except Refused as refused:
        return _kept(tx, viewer, sending, KEPT[refused.status], refused)
    return _held(tx, viewer, stored, meant, "merged")


def _answered(tx: Tx, viewer: Viewer, stored: RowMapping) -> dict[str, Any]:
    """Status by the default rule; what changed is noted, so that taking the reply back takes it back too."""
    if stored["queue"] != "new":
        return {}
    fact = set_field(tx, stored_ticket(tx, stored["id"]), "status", ANSWERED, viewer.by)
    return {"status": {"was": stored["status"], "version": fact.version}}


def _guard(tx: Tx, viewer: Viewer, stored: RowMapping, sending: Sending) -> Answer | None:
    """Exclusive: only the holder sends, and a scheduled reply where nobody else holds the ticket when it leaves.

    Elsewhere a stated fence that has passed holds the reply.
    """
    place = place_of(stored["id"])
    mode = _mode(tx, stored)
    now_held = locks.holder(tx, place)
    mine = now_held is not None and now_held.person == viewer.id and now_held.fence == sending.fence
    if mode == "exclusive" and not mine:
        if now_held is not None and now_held.person != viewer.id:
            return _kept(tx, viewer, sending, "locked", locks.locked(423, now_held))
        if sending.was_scheduled:
            return None
        detail = "Take the ticket, then send. Your text is kept."
        return _kept(tx, viewer, sending, "locked", Refused(423, "locked", "You do not hold this ticket", detail))
    if sending.fence is not None and sending.fence < locks.fence_of(tx, place):
        taker = now_held.name if now_held is not None and now_held.person != viewer.id else ""
        return _held(tx, viewer, stored, sending, "took-over", by=taker)
    return None


def _held(
    tx: Tx, viewer: Viewer, stored: RowMapping, sending: Sending, reason: Reason, by: str | None = None
) -> Answer:
    came = messages.unseen(tx, stored["conversation"], sending.seen)
    entry = holding.hold(tx, viewer, stored["conversation"], sending, reason)
    if by is not None:
        title = f"{by} took over" if by else "Your hold on the ticket has ended"
        detail = "Nothing was sent and your text is kept. Look, then decide."
    elif reason == "merged":
        title, detail = (
            f"It goes on in #{stored['id']}",
            "The ticket was merged. Nothing was sent and your text is kept.",
        )
    else:
        names = ", ".join(dict.fromkeys(one["author"]["name"] for one in came)) or "Someone"
        title, detail = (
            f"{names} wrote before you sent",
            "Read it, then edit, send all the same, keep as note, or discard.",
        )
    body = problem(
        409,
        "reply-held",
        title,
        detail,
        held=entry,
        reason=reason,
        unseen=came,
        head=_head(tx, stored),
        into=stored["id"] if reason == "merged" else None,
    )
    return Answer(body, 409)


def _kept(tx: Tx, viewer: Viewer, sending: Sending, reason: Reason, refused: Refused) -> Answer:
    """Refused for another cause than an unseen message: the text is the author's own held text all the same."""
    entry = holding.hold(tx, viewer, None, sending, reason)
    return Answer({**refused.body(), "held": entry, "reason": reason}, refused.status)


def _undo_for(read: Read, stored: RowMapping) -> int:
    if stored["channel"] is None:
        return 0
    return read.value(select(channels.c.undo_for).where(channels.c.id == stored["channel"])) or 0


def _mode(read: Read, stored: RowMapping) -> str:
    mode: str = read.value(select(inboxes.c.lock_mode).where(inboxes.c.id == stored["inbox"]))
    return mode


def _head(read: Read, stored: RowMapping) -> int:
    head: int = read.value(select(tickets.c.head).where(tickets.c.id == stored["id"]))
    return head
