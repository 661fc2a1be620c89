"""Messages: their numbers, the head they raise, and how they are shown."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import RowMapping, Select, func, insert, select, update

from elbowroom.conversations.shapes import Attachment, Message
from elbowroom.conversations.tables import attachments, conversations, messages
from elbowroom.kit.clock import maybe_moment, moment
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By, Fact
from elbowroom.people.tables import customers, people
from elbowroom.tickets import followers
from elbowroom.tickets.access import stored_ticket
from elbowroom.tickets.facts import say
from elbowroom.tickets.tables import tickets

PREVIEW_LENGTH = 140
IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
UNSENT = ("withdrawn", "paused")
PREVIEW_BY = {"customer": "customer", "reply": "agent", "note": "note", "auto": "auto", "forward": "agent"}
FACT = {
    "customer": "message_added", "reply": "reply_submitted", "note": "note_added", "auto": "auto_added",
    "forward": "forward_submitted",
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """What is said and by whom: an agent or a customer, or neither (the desk itself)."""

    kind: str
    text: str
    agent: int | None = None
    customer: int | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def open_conversation(tx: Tx, ticket: int, kind: str = "customer") -> int:
    made = insert(conversations).values(ticket=ticket, kind=kind).returning(conversations.c.id)
    conversation: int = tx.value(made)
    if kind == "customer":
        tx.run(update(tickets).where(tickets.c.id == ticket).values(conversation=conversation))
    return conversation


def raise_head(tx: Tx, conversation: int, number: int, seen: int | None = None) -> bool:
    """The head rises to `number`; with `seen`, only where nothing newer than that came. This UPDATE decides R1."""
    risen = update(conversations).where(conversations.c.id == conversation).values(head=number)
    if seen is not None:
        risen = risen.where(conversations.c.head <= seen)
    return bool(tx.run(risen).rowcount)


def add(
    tx: Tx, stored: RowMapping, conversation: int, words: Words, by: By | None, *, number: int, heads: bool
) -> Fact:
    """Stores the message under its number and says so. `heads`: it raised the head, or not."""
    values = {
        "ticket": stored["id"], "conversation": conversation, "number": number, "kind": words.kind,
        "agent": words.agent, "customer": words.customer, "text": words.text, "at": tx.now, **words.extra,
    }  # fmt: skip
    message = tx.value(insert(messages).values(**values).returning(messages.c.id))
    count = tx.value(select(tickets.c.messages).where(tickets.c.id == stored["id"])) + 1
    shown = {"messages": count, "last_number": number}
    if heads:
        shown["head"] = number
    change = {
        **shown, "last_message_at": values["at"], "preview": first_words(words.text),
        "preview_by": PREVIEW_BY[words.kind],
    }  # fmt: skip
    data = {"message": {"id": message, "number": number, "conversation": conversation}, "set": shown}
    return say(tx, stored["id"], stored["department"], FACT[words.kind], by, data=data, change=change)


def next_number(tx: Tx, ticket: int) -> int:
    """Numbers run per ticket and are never reused."""
    taken = update(tickets).where(tickets.c.id == ticket).values(last_number=tickets.c.last_number + 1)
    number: int = tx.value(taken.returning(tickets.c.last_number))
    return number


def first_words(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= PREVIEW_LENGTH else line[: PREVIEW_LENGTH - 1].rstrip() + "…"


def say_state(tx: Tx, message: RowMapping, kind: str, by: By | None, change: dict[str, Any]) -> Fact:
    """A message's state changes; everyone on the ticket hears which number and sees it as it stands."""
    tx.run(update(messages).where(messages.c.id == message["id"]).values(**change))
    stored = stored_ticket(tx, message["ticket"])
    data = {"message": {"id": message["id"], "number": message["number"], "conversation": message["conversation"]}}
    return say(tx, stored["id"], stored["department"], kind, by, data=data, change=preview(tx, stored["id"]))


def carried(read: Read, fact: Fact) -> dict[str, Any]:
    """What a fact about a message takes along: the message as it stands, and the ticket's first words."""
    ticket = int(fact.place.partition("/")[2])
    here = (messages.c.id == fact.data["message"]["id"]) & (messages.c.ticket == ticket)  # it may have gone to another
    told = shapes(read, select(messages).where(here))
    shown = first_shown(read, ticket)
    return {"message": told[0] if told else None, "set": {**fact.data.get("set", {}), **shown}}


def first_shown(read: Read, ticket: int) -> dict[str, Any]:
    """What a row shows of what was said."""
    row = read.first(
        select(tickets.c.preview, tickets.c.preview_by, tickets.c.last_message_at).where(tickets.c.id == ticket)
    )
    return {**row, "last_message_at": moment(row["last_message_at"])} if row else {}


def moved(read: Read, fact: Fact) -> dict[str, Any]:
    """What a fact about messages of another ticket takes along: those that came and stand here yet, and who follows."""
    ticket = int(fact.place.partition("/")[2])
    asked = select(messages).where(messages.c.ticket == ticket, messages.c.id.in_(fact.data.get("arrived", [])))
    follow, spoke_up = followers.shapes(read, ticket)
    shown = {**first_shown(read, ticket), "followers": follow, "unverified": spoke_up}
    return {
        "messages": shapes(read, asked.order_by(messages.c.number)),
        "set": {**fact.data.get("set", {}), **shown},
    }


def shown(read: Read, message: int) -> Message:
    """As it is answered to whoever wrote it."""
    return shapes(read, select(messages).where(messages.c.id == message))[0]


def of_ticket(read: Read, ticket: int) -> list[Message]:
    return shapes(read, select(messages).where(messages.c.ticket == ticket).order_by(messages.c.number))


def unseen(read: Read, conversation: int, seen: int) -> list[Message]:
    """What could hold a reply and came after `seen`: customers' messages and senders' replies."""
    return unseen_of(read, {conversation: seen})[conversation]


def unseen_of(read: Read, seen: Mapping[int, int]) -> dict[int, list[Message]]:
    """The same of several conversations, each after a number of its own."""
    found: dict[int, list[Message]] = {conversation: [] for conversation in seen}
    if not seen:
        return found
    came = select(messages).where(
        messages.c.conversation.in_(list(seen)),
        messages.c.number > min(seen.values()),
        messages.c.kind.in_(("customer", "reply")),
        messages.c.state.is_(None) | messages.c.state.not_in(UNSENT),
    )
    for one in shapes(read, came.order_by(messages.c.number)):
        if one["number"] > seen[one["conversation"]]:
            found[one["conversation"]].append(one)
    return found


def shapes(read: Read, asked: Select[Any]) -> list[Message]:
    found = read.rows(asked)
    agents = _by_id(read, select(people.c.id, people.c.name), (row["agent"] for row in found))
    wrote = _by_id(
        read, select(customers.c.id, customers.c.name, customers.c.email), (row["customer"] for row in found)
    )
    files = _files(read, [row["id"] for row in found])
    return [_shape(row, agents.get(row["agent"]), wrote.get(row["customer"]), files[row["id"]]) for row in found]


def _by_id(read: Read, asked: Select[Any], ids: Iterable[int | None]) -> dict[int | None, RowMapping]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    return {row["id"]: row for row in read.rows(asked.where(asked.selected_columns[0].in_(wanted)))}


def _files(read: Read, ids: list[int]) -> dict[int, list[Attachment]]:
    files: dict[int, list[Attachment]] = defaultdict(list)
    for row in read.rows(select(attachments).where(attachments.c.message.in_(ids)).order_by(attachments.c.id)):
        files[row["message"]].append(file_shape(row))
    return files


def file_shape(row: RowMapping) -> Attachment:
    return {
        "id": row["id"], "name": row["name"], "size": row["size"], "type": row["type"], "image": row["type"] in IMAGES
    }  # fmt: skip


def _shape(row: RowMapping, agent: RowMapping | None, customer: RowMapping | None, files: list[Attachment]) -> Message:
    gone = row["state"] in UNSENT  # its words went back to their author
    return {
        "id": row["id"],
        "ticket": row["ticket"],
        "conversation": row["conversation"],
        "number": row["number"],
        "kind": row["kind"],
        "author": {
            "id": agent["id"] if agent else None,
            "name": agent["name"] if agent else customer["name"] if customer else "",
            "email": customer["email"] if customer and not agent else None,
        },
        "text": "" if gone else row["text"],
        "has_html": row["html"] is not None and not gone,
        "has_more": row["full_text"] is not None and not gone,
        "at": moment(row["at"]),
        "verified": row["verified"],
        "state": row["state"],
        "leaves_at": maybe_moment(row["leaves_at"]),
        "words": row["words"],
        "recipients": None if gone else row["recipients"],
        "attachments": [] if gone else files,
        "edits": row["edits"],
        "edited_at": maybe_moment(row["edited_at"]),
        "mentions": row["mentions"] or [],
    }


def preview(read: Read, ticket: int) -> dict[str, Any]:
    """First words of the newest message that still stands."""
    stands = messages.c.state.is_(None) | messages.c.state.not_in(UNSENT)
    newest = read.first(
        select(messages.c.text, messages.c.kind, messages.c.at)
        .where(messages.c.ticket == ticket, stands)
        .order_by(messages.c.number.desc())
        .limit(1)
    )
    if newest is None:
        return {}
    words, by = first_words(newest["text"]), PREVIEW_BY[newest["kind"]]
    return {"preview": words, "preview_by": by, "last_message_at": newest["at"]}


def count(read: Read) -> int:
    return read.value(select(func.count()).select_from(messages)) or 0
