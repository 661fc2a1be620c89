"""A reply as a mail: whom it goes to, what it answers, how it looks."""

import re
from dataclasses import dataclass, replace
from html import escape

from sqlalchemy import RowMapping, select, update

from elbowroom.channels.email import ours
from elbowroom.channels.email.mailboxes import live
from elbowroom.channels.email.tables import mailboxes
from elbowroom.conversations import attachments
from elbowroom.conversations.shapes import Recipients
from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.files import Files
from elbowroom.kit.mail.build import Outgoing
from elbowroom.kit.mail.parsed import Address, ParsedFile
from elbowroom.kit.vault import Vault
from elbowroom.people.tables import customers, people
from elbowroom.tickets import followers
from elbowroom.tickets.access import stored_ticket
from elbowroom.tickets.tables import channels

REFERENCES = 30
_id = re.compile(r"<[!-;=?-~]{1,900}>")
_answers = re.compile(r"\s*(re|aw|sv|antw)\s*(\[\d+\])?\s*[:\uff1a]", re.IGNORECASE)


class NoWay(Exception):
    """Nothing can carry this reply; the words are for its author."""


@dataclass(frozen=True)
class Letter:
    """All of it but the files' contents, which are fetched outside of the transaction."""

    message: int
    mailbox: RowMapping
    mail: Outgoing
    files: list[RowMapping]

    def whole(self, files: Files) -> Outgoing:
        """Raises FileNotFoundError."""
        loaded = [ParsedFile(row["name"], row["type"], files.get(row["blob"])) for row in self.files]
        return replace(self.mail, attachments=loaded)


def letter(tx: Tx, vault: Vault, message: RowMapping) -> Letter:
    """The same at each try: id, date and words come from the message's row. Raises NoWay, ValueError."""
    ticket = stored_ticket(tx, message["ticket"])
    mailbox = mailbox_of(tx, ticket)
    to, cc, bcc = _people(tx, ticket, message["recipients"])
    if message["kind"] == "forward":  # outsiders are told of no other mail
        known, subject, text = [], _forwarded(ticket["subject"]), message["full_text"]
    else:
        known, subject, text = _known_ids(tx, message), _subject(tx, message, ticket["subject"]), message["text"]
    signature = mailbox["signature"].replace("{name}", _agent(tx, message))
    mail = Outgoing(
        sender=Address(_sender(tx, message, mailbox), mailbox["address"]), to=to, cc=cc, bcc=bcc,
        subject=subject, text=_text(text, signature), html=_html(text, signature),
        message_id=_own_id(tx, vault, message, mailbox), date=message["at"],
        in_reply_to=known[-1] if known else None, references=known,
    )  # fmt: skip
    return Letter(message["id"], mailbox, mail, attachments.of_message(tx, message["id"]))


def _own_id(tx: Tx, vault: Vault, message: RowMapping, mailbox: RowMapping) -> str:
    """Kept before the first try, so that a changed address of the mailbox makes no second id."""
    if message["mail_id"]:
        kept: str = message["mail_id"]
        return kept
    mail_id = ours.mail_id(vault, ours.row_of(message), mailbox["address"])
    tx.run(update(messages).where(messages.c.id == message["id"]).values(mail_id=mail_id))
    return mail_id


def mailbox_of(read: Read, ticket: RowMapping) -> RowMapping:
    """The one by which the ticket came; where that was removed, the first of its inbox."""
    own = read.first(live.where(mailboxes.c.id == ticket["channel"]))
    found = own or read.first(live.where(channels.c.inbox == ticket["inbox"]))
    if found is None:
        raise NoWay("The mailbox of this ticket was removed. Connect one to its inbox, then send again.")
    return found


def _people(
    read: Read, ticket: RowMapping, chosen: Recipients | None
) -> tuple[list[Address], list[Address], list[Address]]:
    """Whom the author named, else the requester and who follows; never this desk, which would answer itself."""
    if chosen is not None:
        to, cc, bcc = ([_named(read, email) for email in chosen[part]] for part in ("to", "cc", "bcc"))
        return to, cc, bcc
    requester = read.first(select(customers).where(customers.c.id == ticket["requester"]))
    assert requester is not None
    if not requester["email"]:
        raise NoWay("The customer is known by telephone alone.")
    if folded(requester["email"]) in ours.addresses(read):
        raise NoWay("The requester's address is one of this desk's own mailboxes.")
    following = followers.addresses(read, ticket["id"])
    cc = [_person(one) for one in following if folded(one["email"]) != folded(requester["email"])]
    return [_person(requester)], cc, []


def _named(read: Read, email: str) -> Address:
    """With the name under which she is known, where she is."""
    known = read.first(select(customers).where(customers.c.email_folded == folded(email)))
    return Address(one_line(known["name"]) if known else "", email)


def _person(row: RowMapping) -> Address:
    return Address(one_line(row["name"]), row["email"])


def _sender(read: Read, message: RowMapping, mailbox: RowMapping) -> str:
    agent, name = _agent(read, message), one_line(mailbox["name"])
    return f"{agent} ({name})" if agent and name else agent or name


def _agent(read: Read, message: RowMapping) -> str:
    return one_line(read.value(select(people.c.name).where(people.c.id == message["agent"])) or "")


def _known_ids(read: Read, message: RowMapping) -> list[str]:
    """Message-IDs said before in the conversation, the newest of the customer's last."""
    asked = select(messages.c.mail_id, messages.c.kind).where(
        messages.c.conversation == message["conversation"],
        messages.c.number < message["number"],
        messages.c.mail_id.is_not(None),
        messages.c.kind.not_in(("note", "forward")),
        messages.c.verified,  # an outsider's answer is not of the customer's thread
        messages.c.state.is_(None) | messages.c.state.in_(("left", "bounced")),
    )
    rows = [row for row in read.rows(asked.order_by(messages.c.number)) if _id.fullmatch(row["mail_id"])]
    ids = list(dict.fromkeys(row["mail_id"] for row in rows))
    answered = next((row["mail_id"] for row in reversed(rows) if row["kind"] != "reply"), None)
    if answered is not None:
        ids.remove(answered)
        ids.append(answered)
    return ids if len(ids) <= REFERENCES else [ids[0], *ids[1 - REFERENCES :]]


def _subject(read: Read, message: RowMapping, subject: str) -> str:
    """The first mail of a conversation answers nothing."""
    plain = one_line(subject)
    before = select(messages.c.id).where(
        messages.c.conversation == message["conversation"], messages.c.number < message["number"],
        messages.c.kind.in_(("customer", "auto", "reply")),
    )  # fmt: skip
    is_first = read.first(before.limit(1)) is None
    return plain if is_first or _answers.match(plain) else f"Re: {plain}".strip()


def _forwarded(subject: str) -> str:
    return f"Fwd: {one_line(subject)}".strip()


def _text(body: str, signature: str) -> str:
    return f"{body}\n\n-- \n{signature}\n" if signature.strip() else f"{body}\n"


def _html(body: str, signature: str) -> str:
    blocks = "".join(f"<p>{_lines(one)}</p>" for one in re.split(r"\n\s*\n", body.strip()))
    signed = f"<div>-- <br>{_lines(signature)}</div>" if signature.strip() else ""
    return f"<div>{blocks}{signed}</div>"


def _lines(text: str) -> str:
    return escape(text.strip("\n"), quote=False).replace("\n", "<br>")


def one_line(text: str) -> str:
    """A header's worth: what breaks lines is a space, what can't be seen is gone."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
