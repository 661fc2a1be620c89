"""A message handed on to somebody outside. It is no answer: it raises no head, and the customer never gets it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import RowMapping, select

from elbowroom.conversations import attachments, messages
from elbowroom.conversations.attachments import File
from elbowroom.conversations.messages import Words
from elbowroom.conversations.replying import recipients, release
from elbowroom.conversations.shapes import Recipients
from elbowroom.conversations.tables import messages as table
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.problems import bad_request, not_found
from elbowroom.people.colleagues import language_of
from elbowroom.people.rights import Viewer
from elbowroom.people.tables import customers, people
from elbowroom.tickets import followers
from elbowroom.tickets.access import access_ticket

LENGTH = 200_000
HEAD = {  # above what is quoted, in the language of the one who forwards it
    "en": "---------- Forwarded message ----------\nFrom: {sender}\nDate: {at}\nSubject: {subject}",
    "de": "---------- Weitergeleitete Nachricht ----------\nVon: {sender}\nDatum: {at}\nBetreff: {subject}",
    "ru": "---------- Пересылаемое сообщение ----------\nОт: {sender}\nДата: {at}\nТема: {subject}",
    "zh": "---------- 转发的邮件 ----------\n发件人：{sender}\n日期：{at}\n主题：{subject}",
}


@dataclass(frozen=True)
class Forward:
    """`number`: the message that goes on; `keeps`: those of its files that go along; `files`: uploads of hers."""

    ticket: int
    number: int
    body: str
    recipients: Recipients
    keeps: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)


def forward(tx: Tx, viewer: Viewer, asked: Forward) -> int:
    """Returns the message's id. Raises Refused: 404, 410, 422."""
    stored = access_ticket(tx, viewer, asked.ticket)
    if len(asked.body) > LENGTH:
        raise bad_request("body", f"At most {LENGTH:,} characters go with it.")
    if stored["channel"] is None:
        raise bad_request("recipients", "This inbox has no mailbox to send from. Ask an administrator to connect one.")
    chosen = recipients.chosen(tx, asked.recipients)
    assert chosen is not None
    require_outside(tx, stored, chosen)
    original = _original(tx, asked)
    body = asked.body.strip()
    head = HEAD[language_of(tx, viewer.id)]
    whole = f"{body}\n\n{_quoted(tx, original, stored['subject'], head)}".lstrip("\n")
    extra = {"state": "waiting", "recipients": chosen, "full_text": whole}
    words = Words("forward", body or messages.first_words(original["text"]), agent=viewer.id, extra=extra)
    number = messages.next_number(tx, asked.ticket)
    fact = messages.add(tx, stored, stored["conversation"], words, viewer.by, number=number, heads=False)
    message: int = fact.data["message"]["id"]
    attachments.claim(tx, viewer, message, asked.files)
    _take_along(tx, original["id"], message, asked.keeps)
    release.leave(tx, release.stored_message(tx, message))
    return message


def require_outside(read: Read, stored: RowMapping, chosen: Recipients) -> None:
    """Whoever gets the answers gets them by the one door that looks for unseen messages. Raises Refused (422)."""
    known = {
        folded(recipients.email_of(read, stored)),
        *(folded(one["email"]) for one in followers.addresses(read, stored["id"])),
    }
    if inside := [one for one in recipients.addresses(chosen) if folded(one) in known]:
        raise bad_request("recipients", f"{inside[0]} gets the answers of this ticket; write a reply instead.")


def _original(read: Read, asked: Forward) -> RowMapping:
    """A note stays among colleagues, and what was taken back has no words."""
    said = select(table).where(table.c.ticket == asked.ticket, table.c.number == asked.number)
    row = read.first(
        said.where(table.c.kind != "note", table.c.state.is_(None) | table.c.state.not_in(messages.UNSENT))
    )
    if row is None:
        raise not_found("message that can be forwarded")
    return row


def _quoted(read: Read, original: RowMapping, subject: str, head: str) -> str:
    agent = read.value(select(people.c.name).where(people.c.id == original["agent"]))
    wrote = read.first(select(customers.c.name, customers.c.email).where(customers.c.id == original["customer"]))
    sender = agent or (
        f"{wrote['name']} <{wrote['email']}>" if wrote and wrote["email"] else wrote["name"] if wrote else ""
    )
    at = datetime.fromtimestamp(original["at"], UTC).strftime("%Y-%m-%d %H:%M UTC")
    shown = head.format(sender=sender, at=at, subject=subject)
    return f"{shown}\n\n{original['full_text'] or original['text']}"


def _take_along(tx: Tx, original: int, message: int, keeps: list[int]) -> None:
    found = {row["id"]: row for row in attachments.of_message(tx, original)}
    for file in dict.fromkeys(keeps):
        if file not in found:
            raise bad_request("keeps", f"File {file} is none of this message.")
        row = found[file]
        attachments.attach(tx, message, File(row["blob"], row["name"], row["type"], row["size"]))
