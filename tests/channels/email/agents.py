"""Agents who are told by mail, and what they answer."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import select, update

from elbowroom.channels.email.tables import mail_notices
from elbowroom.kit.jobs import jobs
from elbowroom.kit.mail.parse import parse
from elbowroom.kit.mail.parsed import ParsedMail
from elbowroom.people.tables import people
from tests.cast import Desk, Person, eventually
from tests.kit.mail.letters import letter

from .conftest import Mailbox, MailDesk

US = "mx.desk.example"
VOUCHED = f"Authentication-Results: {US}; dmarc=pass header.from=desk.example"
_numbers = itertools.count(1)


@contextmanager
def vouching(desk: MailDesk, server: str = US) -> Iterator[None]:
    """The operator named the server that receives the desk's mail."""
    own = desk.engines
    before = own.config
    object.__setattr__(own, "config", replace(before, mail_authserv=server))
    yield
    object.__setattr__(own, "config", before)


def wants(person: Person, mails: str) -> None:
    assert person.send("PATCH", "/me", {"mails": mails}).ok()["mails"] == mails


def nobody_wants(desk: Desk) -> None:
    desk.write(lambda tx: tx.run(update(people).values(mails="none")))


def told(box: Mailbox, person: Person, count: int = 1) -> ParsedMail:
    """The newest of so many mails to her."""
    return all_told(box, person, count)[-1]


def all_told(box: Mailbox, person: Person, count: int) -> list[ParsedMail]:
    def hers() -> list[bytes]:
        return [one.raw for one in box.sink.mails if one.recipients == [address(person)]]

    eventually(lambda: len(hers()) >= count, f"{count} mails to {person.name}", within=20)
    return [parse(one) for one in hers()]


def settled(box: Mailbox) -> None:
    """Nothing is on its way any more, but for what another test left without a server."""
    busy = (jobs.c.tries == 0) | jobs.c.lease.is_not(None)
    waiting = select(jobs.c.id).where(jobs.c.kind.in_(("deliver", "mail_notice")), busy)
    eventually(lambda: not box.desk.rows(waiting), "no mail waits", within=20)


def heard(box: Mailbox, person: Person) -> int:
    return sum(one.recipients == [address(person)] for one in box.sink.mails)


def address(person: Person) -> str:
    return f"{person.name.lower()}@desk.example"


def answer(
    notice: ParsedMail, person: Person, text: str, *headers: str, who: str = "", seen_by: str = VOUCHED,
    plus: bool = False,
) -> bytes:  # fmt: skip
    """As her mail program writes it: the notice quoted below. `plus`: it names the notice by the address alone."""
    quoted = "".join(f"> {line}\n" for line in notice.text.splitlines())
    named = [] if plus else [f"In-Reply-To: {notice.message_id}", f"References: {notice.message_id}"]
    to = notice.reply_to[0].email if notice.reply_to else notice.sender.email
    usual = [
        f"From: {who or f'{person.name} <{address(person)}>'}", f"To: {to}", f"Subject: Re: {notice.subject}",
        f"Message-ID: <{person.name}.{next(_numbers)}@desk.example>", *named, *headers,
    ]  # fmt: skip
    body = f"{text}\n\nOn Sun, 22 Nov 2026 at 10:00, {notice.sender.name} <{notice.sender.email}> wrote:\n{quoted}"
    return letter(*([seen_by] if seen_by else []), *usual, body=body)


def notices_of(box: Mailbox, person: Person) -> list[int]:
    """The number of the newest message in each notice to her."""
    asked = select(mail_notices.c.number).where(mail_notices.c.person == person.id, mail_notices.c.mailbox == box.id)
    return [row["number"] for row in box.desk.rows(asked.order_by(mail_notices.c.id))]
