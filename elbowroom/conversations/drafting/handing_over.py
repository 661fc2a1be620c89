"""Handing a ticket over: the lock, and with it what its holder had written and wants the next one to know."""

from elbowroom.conversations import notes
from elbowroom.conversations.drafting import drafts
from elbowroom.kit.db import Tx
from elbowroom.kit.problems import Refused
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.tickets.access import access_ticket, place_of
from elbowroom.together import handovers


def give(tx: Tx, viewer: Viewer, ticket: int, *, note: str = "", with_draft: bool = False) -> None:
    """`note` becomes a note on the ticket. Raises Refused: 404, 410, 409 not-asked, asker-gone."""
    stored = access_ticket(tx, viewer, ticket)
    asker = load_viewer(tx, handovers.asker(tx, viewer, place_of(ticket)).id)
    if asker is None or not asker.may_see(stored["department"]):  # her text would go where nobody can read it
        detail = "She may not see this ticket any more. Keep it; your text stays yours."
        raise Refused(409, "asker-gone", "Nobody is there to take it", detail)
    has_draft = with_draft and drafts.is_begun(tx, viewer.id, ticket)
    fact = handovers.give(tx, viewer, place_of(ticket), draft=has_draft)
    if has_draft:
        drafts.hand(tx, viewer, fact.data["to"]["id"], ticket)
    if note.strip():
        notes.write(tx, viewer, ticket, note)


def refuse(tx: Tx, viewer: Viewer, ticket: int) -> None:
    """Raises Refused: 404, 410, 409 not-asked."""
    access_ticket(tx, viewer, ticket)
    handovers.refuse(tx, viewer, place_of(ticket))
