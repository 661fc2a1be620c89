"""Notes: words between colleagues. They have numbers but hold up nobody, and never leave.

An edited note keeps its former texts; it names its colleagues by their ids, so that a changed name misleads nobody.
"""

from sqlalchemy import RowMapping, insert, select

from elbowroom.conversations import attachments, messages
from elbowroom.conversations.drafting import drafts
from elbowroom.conversations.held import holding
from elbowroom.conversations.messages import Words
from elbowroom.conversations.shapes import Former
from elbowroom.conversations.tables import messages as table
from elbowroom.conversations.tables import note_texts
from elbowroom.kit.clock import maybe_moment, moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.problems import Refused, bad_request, not_found
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.tickets.access import access_ticket

MENTIONS = 50


def write(
    tx: Tx, viewer: Viewer, ticket: int, body: str, files: list[int] | None = None, mentions: list[int] | None = None
) -> int:
    """Returns the message's id. Raises Refused: 404, 410, 422 also where it names one who may not see the ticket."""
    stored = access_ticket(tx, viewer, ticket)
    named = _named(tx, stored, body, mentions or [])
    number = messages.next_number(tx, ticket)
    words = Words("note", body, agent=viewer.id, extra={"mentions": named or None})
    fact = messages.add(tx, stored, stored["conversation"], words, viewer.by, number=number, heads=False)
    message: int = fact.data["message"]["id"]
    attachments.claim(tx, viewer, message, files or [])
    return message


def edit(tx: Tx, viewer: Viewer, ticket: int, number: int, body: str, edits: int, mentions: list[int]) -> int:
    """`edits`: how often it had been edited when she saw it. Only its author may. Returns the message's id.

    Raises Refused: 404, 410, 403, 422, 409 stale with the newer text.
    """
    stored = access_ticket(tx, viewer, ticket)
    row = tx.first(select(table).where(table.c.ticket == ticket, table.c.number == number, table.c.kind == "note"))
    if row is None or row["agent"] != viewer.id:
        raise not_found("note of yours")
    named = _named(tx, stored, body, mentions)
    if row["text"] == body and (row["mentions"] or []) == named:
        return int(row["id"])
    if row["edits"] != edits:
        newer = {"body": row["text"], "edits": row["edits"], "edited_at": maybe_moment(row["edited_at"])}
        detail = "Another tab of yours edited it. Look at its words now, then save yours again."
        raise Refused(409, "stale", "The note was edited meanwhile", detail, newer=newer)
    tx.run(insert(note_texts).values(message=row["id"], text=row["text"], at=row["edited_at"] or row["at"]))
    change = {"text": body, "edits": edits + 1, "edited_at": tx.now, "mentions": named or None}
    messages.say_state(tx, row, "note_edited", viewer.by, change)
    return int(row["id"])


def former(read: Read, message: int) -> list[Former]:
    """What it said before, the newest first."""
    found = read.rows(select(note_texts).where(note_texts.c.message == message).order_by(note_texts.c.id.desc()))
    return [{"text": row["text"], "at": moment(row["at"])} for row in found]


def keep_held(tx: Tx, viewer: Viewer, entry: int) -> int:
    """A held reply becomes a note on its ticket; returns the message's id."""
    row = holding.settle(tx, viewer, entry, "note")
    drafts.close_same(tx, viewer, row["ticket"], "reply", row["body"])
    return write(tx, viewer, row["ticket"], row["body"], row["files"])


def _named(read: Read, stored: RowMapping, body: str, mentions: list[int]) -> list[int]:
    """Whom it names, each once. One who may not see the ticket would be called to a closed door."""
    if not body.strip():
        raise bad_request("body", "Write something first.")
    named = sorted(set(mentions))
    if len(named) > MENTIONS:
        raise bad_request("mentions", f"A note names at most {MENTIONS} people.")
    for person in named:
        her = load_viewer(read, person)
        if her is None or not her.may_see(stored["department"]):
            raise bad_request("mentions", "Someone you mention may not see this ticket. Take the mention out.")
    return named
