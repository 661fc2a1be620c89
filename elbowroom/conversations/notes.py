"""Notes: words between colleagues. They have numbers but hold up nobody, and never leave."""

from elbowroom.conversations import attachments, drafts, holding, messages
from elbowroom.conversations.messages import Words
from elbowroom.kit.db import Tx
from elbowroom.kit.problems import bad_request
from elbowroom.people.rights import Viewer
from elbowroom.tickets.access import access_ticket


def write(tx: Tx, viewer: Viewer, ticket: int, body: str, files: list[int] | None = None) -> int:
    """Returns the message's id."""
    if not body.strip():
        raise bad_request("body", "Write something first.")
    stored = access_ticket(tx, viewer, ticket)
    number = messages.next_number(tx, ticket)
    words = Words("note", body, agent=viewer.id)
    fact = messages.add(tx, stored, stored["conversation"], words, viewer.by, number=number, heads=False)
    message: int = fact.data["message"]["id"]
    attachments.claim(tx, viewer, message, files or [])
    drafts.close(tx, viewer, ticket, "note")
    return message


def keep_held(tx: Tx, viewer: Viewer, entry: int) -> int:
    """A held reply becomes a note on its ticket; returns the message's id."""
    row = holding.settle(tx, viewer, entry, "note")
    drafts.close(tx, viewer, row["ticket"], "reply")
    return write(tx, viewer, row["ticket"], row["body"], row["files"])
