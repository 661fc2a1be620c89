"""A notice as a mail to an agent, and the job that sends it: at least once, every copy under one Message-ID."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import RowMapping, select

from elbowroom.channels.email import hosts, ours
from elbowroom.channels.email.letters import one_line
from elbowroom.channels.email.mailboxes import live
from elbowroom.channels.email.notice_words import WORDS, Word
from elbowroom.channels.email.tables import mail_notices, mailboxes
from elbowroom.conversations import messages
from elbowroom.conversations.held import holding
from elbowroom.conversations.shapes import Message
from elbowroom.conversations.tables import held as held_table
from elbowroom.conversations.tables import messages as table
from elbowroom.kit.db import Read
from elbowroom.kit.jobs import Again, Job, backoff
from elbowroom.kit.mail import errors, ids, smtp
from elbowroom.kit.mail.build import Outgoing, build
from elbowroom.kit.mail.parsed import Address
from elbowroom.kit.web import Engines
from elbowroom.people.links import desk_address
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import customers, people
from elbowroom.tickets.access import place_of
from elbowroom.tickets.tables import tickets

log = structlog.get_logger("mail")
PAUSED_FOR = 30.0
SHOWN = 10  # messages before the new one
LooksAt = Callable[[int, str], bool]  # whether a person has a place before her eyes


@dataclass(frozen=True)
class Notice:
    """All that is asked of the store for it."""

    row: RowMapping
    person: RowMapping
    viewer: Viewer
    ticket: RowMapping
    customer: str
    mailbox: RowMapping
    address: str  # of the desk, for links

    @property
    def words(self) -> dict[Word, str]:
        return WORDS.get(self.person["language"] or "en", WORDS["en"])

    def says(self, word: Word, **more: str) -> str:
        return self.words[word].format(customer=self.customer, **more)


async def send(own: Engines, looks_at: LooksAt, job: Job) -> None:
    """The job {notice}. Whoever has the ticket before her eyes needs no mail of it; what was held goes in any case."""
    found = await own.db.read(lambda read: _written(read, own, job.data["notice"]))
    if found is None:
        return
    notice, mail = found
    if notice.row["held"] is None and looks_at(notice.person["id"], place_of(notice.ticket["id"])):
        return
    try:
        raw = build(mail)
        server = await asyncio.to_thread(hosts.stored, own.config, own.vault, notice.mailbox, "out")
        await smtp.send(server, notice.mailbox["address"], mail.recipients, raw)
    except errors.MailError as error:
        if isinstance(error, errors.Refused) and error.permanent:
            log.warning("a notice was refused", job=job.id, words=error.words)
            return
        raise Again(backoff(job.tries), error.words) from error
    except ValueError as wrong:
        log.warning("a notice can't be written", job=job.id, words=str(wrong))


def _written(read: Read, own: Engines, notice: int) -> tuple[Notice, Outgoing] | None:
    """None where she need not or may not hear of it any more. Raises Again."""
    found = _found(read, own, notice)
    if found is None:
        return None
    if found.mailbox["paused_at"] is not None:
        raise Again(PAUSED_FOR, "the mailbox is paused")
    may_answer = bool(own.config.vouching_server(found.mailbox["address"]))
    if found.row["held"] is not None:
        lines = _of_held(read, found, may_answer)
    elif said := _conversation(read, found):
        lines = _of_message(found, said, may_answer)
    else:
        return None  # taken to another ticket meanwhile
    return found, _mail(read, own, found, "\n".join(lines), may_answer)


def _found(read: Read, own: Engines, notice: int) -> Notice | None:
    row = read.first(select(mail_notices).where(mail_notices.c.id == notice))
    if row is None:
        return None  # erased with its ticket
    viewer = load_viewer(read, row["person"])
    person = read.first(select(people).where(people.c.id == row["person"]))
    ticket = read.first(select(tickets).where(tickets.c.id == row["ticket"]))
    mailbox = read.first(live.where(mailboxes.c.id == row["mailbox"]))
    if viewer is None or person is None or mailbox is None or ticket is None or ticket["erased_at"] is not None:
        return None
    if not viewer.may_see(ticket["department"]):
        return None
    if row["held"] is None and (ticket["deleted_at"] is not None or person["mails"] == "none"):
        return None
    if row["held"] is not None and not holding.is_open(read, viewer, row["held"]):
        return None  # she has decided on the desk
    customer = read.value(select(customers.c.name).where(customers.c.id == ticket["requester"])) or ""
    return Notice(row, person, viewer, ticket, one_line(customer), mailbox, desk_address(read, own.config))


def _mail(read: Read, own: Engines, notice: Notice, text: str, may_answer: bool) -> Outgoing:
    """Under one subject and in one thread a ticket, so that her mail program keeps them together."""
    box, name = notice.mailbox["address"], one_line(notice.mailbox["name"])
    sender = Address(f"{notice.customer} ({name})" if name else notice.customer, box)
    subject = one_line(notice.ticket["subject"])
    if notice.row["held"] is not None:
        subject = notice.says("held_subject", subject=subject)
    thread = [ours.mail_id(own.vault, ours.row_of_notice(one), box) for one in _former(read, notice.row)]
    return Outgoing(
        sender, [Address(one_line(notice.person["name"]), notice.person["email"])], subject, text,
        ours.mail_id(own.vault, ours.row_of_notice(notice.row), box), notice.row["at"],
        reply_to=_reply_to(own, notice) if may_answer else [],
        in_reply_to=thread[-1] if thread else None, references=thread, auto=True,
    )  # fmt: skip


def _reply_to(own: Engines, notice: Notice) -> list[Address]:
    try:
        row = ours.row_of_notice(notice.row)
        return [Address("", ids.plus_address(ours.secret(own.vault), row, notice.mailbox["address"]))]
    except ValueError:
        return []  # no room in the address: the Message-ID says it as well


def _former(read: Read, row: RowMapping) -> Sequence[RowMapping]:
    hers = (mail_notices.c.person == row["person"]) & (mail_notices.c.ticket == row["ticket"])
    earlier = select(mail_notices).where(hers, mail_notices.c.id < row["id"])
    return list(reversed(list(read.rows(earlier.order_by(mail_notices.c.id.desc()).limit(SHOWN)))))


def _of_message(notice: Notice, said: list[Message], may_answer: bool) -> Iterator[str]:
    *before, newest = said
    if may_answer:
        yield from (notice.says("line"), "")
    yield from _said(notice, newest)
    if before:
        yield from ("", notice.says("before"))
        for one in reversed(before[-SHOWN:]):
            yield from ("", *_said(notice, one))
        if len(before) > SHOWN:
            yield from ("", notice.says("more"))
    yield from ("", notice.says("answer" if may_answer else "no_answer"))
    yield _link(notice, "ticket", f"ticket/{notice.ticket['id']}")


def _conversation(read: Read, notice: Notice) -> list[Message]:
    """What was said last to and by the customer, up to the notice's number: one more than is shown, and no note."""
    asked = select(table).where(
        table.c.ticket == notice.ticket["id"],
        table.c.number <= notice.row["number"],
        table.c.kind.in_(("customer", "reply")),
        table.c.state.is_(None) | table.c.state.not_in(messages.UNSENT),
    )
    return messages.shapes(read, asked.order_by(table.c.number.desc()).limit(SHOWN + 2))[::-1]


def _of_held(read: Read, notice: Notice, may_answer: bool) -> Iterator[str]:
    entry = read.first(select(held_table).where(held_table.c.id == notice.row["held"]))
    assert entry is not None
    reasons: dict[str, Word] = {"unseen": "held_unseen", "paused": "held_unseen", "locked": "held_locked"}
    if may_answer:
        yield from (notice.says("line"), "")
    gone = notice.ticket["deleted_at"] is not None
    yield notice.says("held_gone" if gone else reasons.get(entry["reason"], "held_other"))
    came = messages.unseen(read, notice.ticket["conversation"], entry["seen"])
    if shown := [one for one in came if one["number"] <= notice.row["number"]]:
        yield from ("", notice.says("came"))
        for one in shown:
            yield from ("", *_said(notice, one))
    yield from ("", notice.says("yours"), "", entry["body"], "")
    yield _link(notice, "decide", f"held/{entry['id']}")
    yield _link(notice, "ticket", f"ticket/{notice.ticket['id']}")
    if may_answer:
        yield from ("", notice.says("confirm"))


def _said(notice: Notice, message: Message) -> Iterator[str]:
    yield notice.words["wrote"].format(customer=one_line(message["author"]["name"]))
    yield message["text"]
    if message["attachments"]:
        yield notice.words["files"].format(files=", ".join(one["name"] for one in message["attachments"]))


def _link(notice: Notice, word: Word, path: str) -> str:
    return notice.says(word, link=f"{notice.address}/{path}")
