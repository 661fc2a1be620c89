"""Full text over subjects, people and messages, in any script: the same bigrams for index and query."""

import re
import unicodedata
from typing import Any

from sqlalchemy import Column, Integer, Table, Text, bindparam, delete, insert, select, text

from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Read, Tx, metadata
from elbowroom.kit.journal import Fact
from elbowroom.people.rights import Viewer
from elbowroom.people.tables import customers
from elbowroom.tickets import rows
from elbowroom.tickets.access import visible
from elbowroom.tickets.shapes import Row
from elbowroom.tickets.tables import tickets

HITS = 50
DIGITS = 15  # a longer number is no ticket's
SAYS = frozenset({"ticket_opened", "message_added", "reply_submitted", "note_added", "auto_added", "reply_withdrawn",
                  "reply_paused"})  # fmt: skip
_word = re.compile(r"\w+")
_cjk = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]+")

found_in = Table(
    "found_in",
    metadata,
    Column("ticket", Integer, primary_key=True),
    Column("text", Text, nullable=False),
)  # what stands in the index, so that an entry can be replaced; the index itself is an FTS5 table of the migrations


class Hit(Row):
    hit: str


def words(written: str) -> list[str]:
    """Words folded for comparing; runs of Chinese, Japanese and Korean become overlapping pairs."""
    plain = unicodedata.normalize("NFKC", written).casefold()
    found: list[str] = []
    for word in _word.findall(plain):
        at = 0
        for run in _cjk.finditer(word):
            if run.start() > at:
                found.append(word[at : run.start()])
            chars = run.group()
            found += [chars[i : i + 2] for i in range(len(chars) - 1)] or [chars]
            at = run.end()
        if at < len(word):
            found.append(word[at:])
    return found


def index(tx: Tx, fact: Fact) -> None:
    """Listens within the transaction: what is said can be found as soon as it is stored."""
    changed = fact.kind in SAYS or (fact.kind == "field_changed" and fact.data.get("field") == "subject")
    if not changed or not fact.place.startswith("ticket/"):
        return
    ticket = int(fact.place.partition("/")[2])
    tx.run(text("DELETE FROM found WHERE rowid = :ticket"), {"ticket": ticket})
    tx.run(delete(found_in).where(found_in.c.ticket == ticket))
    written = " ".join(words(_all_said(tx, ticket)))
    tx.run(insert(found_in).values(ticket=ticket, text=written))
    tx.run(text("INSERT INTO found(rowid, text) VALUES (:ticket, :text)"), {"ticket": ticket, "text": written})


def search(read: Read, viewer: Viewer, asked: str) -> list[Hit]:
    """The best hits among the tickets that the viewer may see; every word must occur, the last may be unfinished.

    A number is a ticket's and, without a #, a word as well.
    """
    number = asked.strip().lstrip("#")
    if not number.isdecimal() or len(number) > DIGITS:
        return _said(read, viewer, asked)
    found = _numbered(read, viewer, int(number))
    if "#" in asked:
        return found
    return [*found, *(hit for hit in _said(read, viewer, asked) if hit["id"] != int(number))][:HITS]


def _said(read: Read, viewer: Viewer, asked: str) -> list[Hit]:
    wanted = words(asked)[:12]
    if not wanted:
        return []
    query = " AND ".join([f'"{word}"' for word in wanted[:-1]] + [f'"{wanted[-1]}"*'])
    hits = text("SELECT rowid FROM found WHERE found MATCH :query ORDER BY rank LIMIT 2000")
    ids = [row[0] for row in read.run(hits, {"query": query})]
    allowed = visible(rows.selected, viewer.departments).where(tickets.c.id.in_(bindparam("ids", expanding=True)))
    shown = {row["id"]: row for row in read.rows(allowed, {"ids": ids})}
    best = [shown[one] for one in ids if one in shown][:HITS]
    return [_hit(row) for row in rows.shaped(read, best)]


def _numbered(read: Read, viewer: Viewer, ticket: int) -> list[Hit]:
    row = read.rows(visible(rows.selected, viewer.departments).where(tickets.c.id == ticket))
    return [_hit(one) for one in rows.shaped(read, row)]


def _hit(row: Row) -> Hit:
    return {**row, "hit": row["preview"]}


def _all_said(read: Read, ticket: int) -> str:
    head = read.first(
        select(tickets.c.subject, customers.c.name, customers.c.email)
        .join_from(tickets, customers)
        .where(tickets.c.id == ticket)
    )
    said: Any = read.run(
        select(messages.c.text).where(
            messages.c.ticket == ticket,
            messages.c.state.is_(None) | messages.c.state.not_in(("withdrawn", "paused")),
        )
    ).scalars()
    return " \n".join([*(head.values() if head else ()), *said])
