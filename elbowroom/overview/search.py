"""Full text over subjects, people and messages, in any script: the same bigrams for index and query."""

import re
import unicodedata
from typing import Any

from sqlalchemy import Column, Table, Text, bindparam, delete, select, text

from elbowroom.conversations.messages import FACT
from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Number, Read, Tx, metadata
from elbowroom.kit.journal import Fact
from elbowroom.people.customers import digits
from elbowroom.people.rights import Viewer
from elbowroom.people.tables import customers
from elbowroom.tickets import merges, rows
from elbowroom.tickets.access import visible
from elbowroom.tickets.shapes import Row
from elbowroom.tickets.tables import tickets

HITS = 50
LONGEST = 200  # characters of a word; PostgreSQL's index bears no more than 2 KiB
INDEXED = 500_000  # bytes
DIGITS = 15  # a longer number is no ticket's
ADDS = frozenset(FACT.values())
CHANGES = frozenset(
    {
        "ticket_opened", "requester_changed", "note_edited", "reply_withdrawn", "reply_paused", "ticket_merged",
        "ticket_unmerged", "ticket_split",
    }
)  # fmt: skip
_word = re.compile(r"[^\W_]+")
_cjk = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af]+")

found_in = Table(
    "found_in",
    metadata,
    Column("ticket", Number, primary_key=True),
    Column("text", Text, nullable=False),
)  # the words as they are found; the index over them is made by the migrations: FTS5, or GIN on PostgreSQL
_is_said = messages.c.state.is_(None) | messages.c.state.not_in(("withdrawn", "paused"))


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
    return [word[:LONGEST] for word in found]


def index(tx: Tx, fact: Fact) -> None:
    """Listens within the transaction: what is said can be found as soon as it is stored."""
    if not fact.place.startswith("ticket/"):
        return
    ticket = int(fact.place.partition("/")[2])
    if fact.kind in ADDS:
        _add(tx, ticket, fact.data["message"]["id"])
    elif fact.kind in CHANGES or (fact.kind == "field_changed" and fact.data.get("field") == "subject"):
        index_ticket(tx, ticket)


def index_ticket(tx: Tx, ticket: int) -> None:
    """Makes its words findable as they stand now, in the form that this store needs."""
    _store(tx, ticket, words(_all_said(tx, ticket)))


def _add(tx: Tx, ticket: int, message: int) -> None:
    # Every message would cost as much as the whole ticket so far, if that were read and folded again.
    before = tx.first(select(found_in.c.text).where(found_in.c.ticket == ticket))
    if before is None:
        index_ticket(tx, ticket)
        return
    said: Any = tx.run(select(messages.c.text).where(messages.c.id == message, _is_said)).scalars()
    _store(tx, ticket, [before["text"], *words(" \n".join(said))])


def _store(tx: Tx, ticket: int, found: list[str]) -> None:
    written = " ".join(found)
    if tx.is_postgres:
        written = _distinct(written)
    entry = tx.insert(found_in).values(ticket=ticket, text=written)
    tx.run(entry.on_conflict_do_update(index_elements=["ticket"], set_={"text": written}))
    if not tx.is_postgres:
        tx.run(text("DELETE FROM found WHERE rowid = :ticket"), {"ticket": ticket})
        tx.run(text("INSERT INTO found(rowid, text) VALUES (:ticket, :text)"), {"ticket": ticket, "text": written})


def _distinct(written: str) -> str:
    """Each word once: PostgreSQL's index holds no more than a megabyte of a ticket."""
    once = dict.fromkeys(written.split())
    room, kept = INDEXED, []
    for word in once:
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    return " ".join(kept)


def forget(tx: Tx, ticket: int) -> bool:
    """An erased ticket is found by nothing."""
    if not tx.is_postgres:
        tx.run(text("DELETE FROM found WHERE rowid = :ticket"), {"ticket": ticket})
    tx.run(delete(found_in).where(found_in.c.ticket == ticket))
    return False


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
    ids = [row[0] for row in (_by_gin if read.is_postgres else _by_fts5)(read, wanted)]
    allowed = visible(rows.selected, viewer.departments).where(tickets.c.id.in_(bindparam("ids", expanding=True)))
    shown = {row["id"]: row for row in read.rows(allowed, {"ids": ids})}
    best = [shown[one] for one in ids if one in shown][:HITS]
    return [_hit(row) for row in rows.shaped(read, best)]


def _by_fts5(read: Read, wanted: list[str]) -> Any:
    query = " AND ".join([f'"{word}"' for word in wanted[:-1]] + [f'"{wanted[-1]}"*'])
    return read.run(text("SELECT rowid FROM found WHERE found MATCH :query ORDER BY rank LIMIT 2000"), {"query": query})


def _by_gin(read: Read, wanted: list[str]) -> Any:
    query = " & ".join([f"'{word}'" for word in wanted[:-1]] + [f"'{wanted[-1]}':*"])
    indexed = "array_to_tsvector(string_to_array(text, ' '))"
    hits = f"SELECT ticket FROM found_in WHERE {indexed} @@ CAST(:query AS tsquery) ORDER BY ticket DESC LIMIT 2000"  # noqa: S608
    return read.run(text(hits), {"query": query})


def _numbered(read: Read, viewer: Viewer, ticket: int) -> list[Hit]:
    """A merged one's number finds the ticket on which it goes on."""
    found = tickets.c.id == merges.standing(read, ticket)
    row = read.rows(visible(rows.selected, viewer.departments).where(found))
    return [_hit(one) for one in rows.shaped(read, row)]


def _hit(row: Row) -> Hit:
    return {**row, "hit": row["preview"]}


def _all_said(read: Read, ticket: int) -> str:
    row = read.first(
        select(tickets.c.subject, customers.c.name, customers.c.email, customers.c.phone)
        .join_from(tickets, customers)
        .where(tickets.c.id == ticket)
    )
    head = [*row.values(), digits(row["phone"] or "")] if row else ()
    said: Any = read.run(select(messages.c.text).where(messages.c.ticket == ticket, _is_said)).scalars()
    return " \n".join([*(one for one in head if one), *said])
