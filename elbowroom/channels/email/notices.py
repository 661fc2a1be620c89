"""Who is told by mail: of what a customer writes, and of her own reply by mail that was held.

A row says what stood in the mail, so that an answer to it is judged by what its author had before her eyes. It commits
with what it tells of, and so does the job that sends it.
"""

from collections.abc import Iterator

from sqlalchemy import RowMapping, insert, select

from elbowroom.channels.email import ours
from elbowroom.channels.email.letters import NoWay, mailbox_of
from elbowroom.channels.email.tables import mail_notices, received
from elbowroom.conversations.replying.release import TRIED_FOR
from elbowroom.conversations.tables import held
from elbowroom.conversations.tables import messages as table
from elbowroom.kit import jobs
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import Fact
from elbowroom.people.rights import load_viewer
from elbowroom.people.tables import customers, people
from elbowroom.tickets.access import stored_ticket
from elbowroom.tickets.tables import tickets

JOB = "mail_notice"


def listen(tx: Tx, fact: Fact) -> None:
    """Within the transaction of each fact."""
    if fact.kind == "message_added":
        _told(tx, fact)
    elif fact.kind == "reply_paused":
        _paused(tx, fact)


def told_held(tx: Tx, entry: int, mailbox: int) -> None:
    """Her reply by mail was held: what came, and her text, go back to her."""
    row = tx.first(select(held).where(held.c.id == entry))
    assert row is not None
    stored = tx.first(select(tickets).where(tickets.c.id == row["ticket"]))
    if stored is None:
        return  # erased: the text waits for her on the desk
    _put(tx, row["person"], stored["id"], mailbox, stored["last_number"], entry)  # whatever of it has words is shown


def _told(tx: Tx, fact: Fact) -> None:
    message = tx.first(select(table).where(table.c.id == fact.data["message"]["id"]))
    if message is None or message["at"] != tx.now:  # of an import: it was written long ago
        return
    persons = list(tx.rows(select(people).where(people.c.mails != "none", people.c.disabled_at.is_(None))))
    if not persons:
        return
    stored = stored_ticket(tx, message["ticket"])
    try:
        mailbox = mailbox_of(tx, stored)
    except NoWay:
        return  # a ticket of an inbox without a mailbox
    writer = fact.by.id if fact.by is not None else None
    for person in _hearers(tx, persons, stored, message):
        if person != writer:
            _put(tx, person, stored["id"], mailbox["id"], message["number"])


def _hearers(read: Read, persons: list[RowMapping], stored: RowMapping, message: RowMapping) -> Iterator[int]:
    """Who chose it and may see it, but whoever wrote it, and no address at which the desk would write to itself."""
    wrote = read.value(select(customers.c.email_folded).where(customers.c.id == message["customer"]))
    silent = {wrote, *ours.addresses(read)}
    for person in persons:
        if person["email_folded"] in silent or (person["mails"] == "mine" and stored["owner"] != person["id"]):
            continue
        viewer = load_viewer(read, person["id"])
        if viewer is not None and viewer.may_see(stored["department"]):
            yield viewer.id


def _paused(tx: Tx, fact: Fact) -> None:
    """A reply that came by mail did not leave when its undo time ended, and its author may be far from the desk."""
    message: int = fact.data["message"]["id"]
    came = tx.first(select(received).where(received.c.message == message, received.c.became == "reply"))
    row = tx.first(select(table).where(table.c.id == message))
    if came is None or row is None:
        return
    hers = (held.c.person == row["agent"]) & (held.c.ticket == row["ticket"]) & (held.c.seen == row["number"])
    entry = tx.value(select(held.c.id).where(hers, held.c.reason == "paused").order_by(held.c.id.desc()).limit(1))
    if entry is not None:
        told_held(tx, entry, came["mailbox"])


def _put(tx: Tx, person: int, ticket: int, mailbox: int, number: int, entry: int | None = None) -> None:
    values = {"person": person, "ticket": ticket, "mailbox": mailbox, "number": number, "held": entry, "at": tx.now}
    notice: int = tx.value(insert(mail_notices).values(**values).returning(mail_notices.c.id))
    jobs.enqueue(tx, JOB, {"notice": notice}, give_up_for=TRIED_FOR)
