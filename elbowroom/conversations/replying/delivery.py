"""What became of a reply on its way: the floor that carries it out says so here."""

from sqlalchemy import select

from elbowroom.conversations import messages
from elbowroom.conversations.replying import forwarding, recipients, undelivered
from elbowroom.conversations.replying.release import TRIED_FOR, stored_message
from elbowroom.conversations.shapes import Recipients
from elbowroom.conversations.tables import messages as table
from elbowroom.kit import jobs
from elbowroom.kit.db import Tx
from elbowroom.kit.problems import Refused, not_found
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket

WORDS_LENGTH = 1000
SENT = ("reply", "forward")


def left(tx: Tx, message: int, mail_id: str | None = None) -> None:
    """A mail server took it. A second time changes nothing."""
    row = stored_message(tx, message)
    if row["state"] != "left":
        change = {"state": "left", "words": None, **({"mail_id": mail_id} if mail_id else {})}
        messages.say_state(tx, row, "reply_left", None, change)


def refused(tx: Tx, message: int, words: str) -> None:
    """A mail server refused it for good; its words are shown as they are."""
    row = stored_message(tx, message)
    if row["state"] == "waiting":
        messages.say_state(tx, row, "reply_refused", None, _failed("refused", words))
        undelivered.say(tx, "delivery_failed", row)


def bounced(tx: Tx, message: int, words: str) -> None:
    """It came back after it had left."""
    row = stored_message(tx, message)
    if row["state"] != "bounced":
        messages.say_state(tx, row, "reply_bounced", None, _failed("bounced", words))
        undelivered.say(tx, "delivery_failed", row)


def resend(tx: Tx, viewer: Viewer, ticket: int, number: int, to: Recipients | None = None) -> int:
    """Tries a refused or bounced one anew, under the same Message-ID; `to`: whom now, None for the same as before.

    Raises Refused (404, 409, 422).
    """
    stored = access_ticket(tx, viewer, ticket)
    row = tx.first(select(table).where(table.c.ticket == ticket, table.c.number == number, table.c.kind.in_(SENT)))
    if row is None:
        raise not_found("reply")
    if row["state"] not in ("refused", "bounced"):
        raise Refused(
            409, "has-left", "It is not waiting for another try", "Only a refused or bounced reply is resent."
        )
    goes_to = recipients.chosen(tx, to) or row["recipients"]
    if row["kind"] == "forward":  # somebody outside may have become one who gets the answers
        forwarding.require_outside(tx, stored, goes_to)
    anew = {"state": "waiting", "words": None, "let_go_at": None, "recipients": goes_to}
    messages.say_state(tx, row, "reply_resent", viewer.by, anew)
    undelivered.say(tx, "delivery_settled", row)
    jobs.enqueue(tx, "deliver", {"message": row["id"]}, give_up_for=TRIED_FOR)
    message: int = row["id"]
    return message


def _failed(state: str, words: str) -> dict[str, object]:
    return {"state": state, "words": words[:WORDS_LENGTH], "let_go_at": None}
