"""Kept facts: what happened, numbered per place and by position, in the transaction of the change.

Position: given last in each transaction, under a lock that is held until its commit is visible, so whoever has read up
to a position misses nothing below it. Epoch: names one unbroken history; a restored file gets a new one. Mark: a random
number per position, so that two histories can't be taken for one.
"""

import json
import secrets
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Float,
    Index,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)

from elbowroom.kit.clock import moment
from elbowroom.kit.db import Number, Read, Tx, before_commit, metadata

facts = Table(
    "facts",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("place", String, nullable=False),
    Column("version", Number, nullable=False),
    Column("kind", String, nullable=False),
    Column("by_id", Number),
    Column("by_name", String),
    Column("audience", String, nullable=False),
    Column("command", String),
    Column("data", JSON, nullable=False),
    Column("personal", JSON(none_as_null=True)),  # values that erasing a person blanks
    Column("mark", Number, nullable=False),
    Column("at", Float, nullable=False),
    UniqueConstraint("place", "version"),
    Index("facts_by_audience", "audience", "id"),
    sqlite_autoincrement=True,
)
feed = Table(  # the order in which facts became visible; rows are added, never read by a verb
    "feed",
    metadata,
    Column("position", Number, primary_key=True, autoincrement=True),
    Column("fact", Number, nullable=False, unique=True),
    sqlite_autoincrement=True,
)
places = Table(
    "places",
    metadata,
    Column("place", String, primary_key=True),
    Column("version", Number, nullable=False),
)
kept = Table("kept", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))


@dataclass(frozen=True)
class By:
    """Who did it. None stands for the desk itself or a customer."""

    id: int
    name: str


@dataclass(frozen=True)
class Fact:
    """`position` is None until the transaction ends, so it stands in no command's answer."""

    id: int
    position: int | None
    place: str
    version: int
    kind: str
    by: By | None
    audience: str
    at: float
    mark: int
    data: dict[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """The fact as clients get it."""
        by = None if self.by is None else {"id": self.by.id, "name": self.by.name}
        return {
            "place": self.place, "version": self.version, "position": self.position, "kind": self.kind,
            "by": by, "at": moment(self.at), "data": self.data,
        }  # fmt: skip


@dataclass(frozen=True)
class Cursor:
    """A point in the whole feed."""

    epoch: str
    position: int
    mark: int

    def body(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "position": self.position, "mark": self.mark}


TURN = 0x656C626F  # the lock under which positions are given
_numbering = text(
    "INSERT INTO feed (fact) SELECT made.id FROM (SELECT pg_advisory_xact_lock(:turn)) AS turn,"
    " unnest(CAST(:ids AS bigint[])) WITH ORDINALITY AS made(id, n) ORDER BY made.n"
)

Within = Callable[[Tx, Fact], None]
Carrier = Callable[[Read, Fact], dict[str, Any]]
_within: list[Within] = []
_carriers: dict[str, Carrier] = {}
_noting = threading.Lock()


def within(listener: Within) -> Within:
    """Registers a listener that runs in the transaction of each fact (an index, a counter)."""
    if listener not in _within:
        _within.append(listener)
    return listener


def carry(kind: str, carrier: Carrier) -> None:
    """Registers what a kind's fact takes along when it is told (the text of a message stands in no fact)."""
    _carriers[kind] = carrier


def expanded(read: Read, fact: Fact) -> dict[str, Any]:
    """The fact as it is told, with what it carries as of now."""
    body = fact.body()
    if (carrier := _carriers.get(fact.kind)) is not None:
        body["data"] = {**body["data"], **carrier(read, fact)}
    return body


def version_of(read: Read, place: str) -> int:
    """The place's version; 0 where nothing was ever kept."""
    return next((row["version"] for row in read.same(_version, {"place": place})), 0)


def append(
    tx: Tx,
    place: str,
    kind: str,
    *,
    audience: str,
    by: By | None = None,
    data: dict[str, Any] | None = None,
    personal: dict[str, Any] | None = None,
) -> Fact:
    """Keeps a fact and raises the place's version. The verb's change is in the same tx."""
    raised = (
        tx.insert(places)
        .values(place=place, version=1)
        .on_conflict_do_update(index_elements=[places.c.place], set_={"version": places.c.version + 1})
        .returning(places.c.version)
    )
    version: int = tx.value(raised)
    mark = secrets.randbelow(2**31)
    row = {
        "place": place, "version": version, "kind": kind, "by_id": by.id if by else None,
        "by_name": by.name if by else None, "audience": audience, "command": tx.command,
        "data": data or {}, "personal": personal, "mark": mark, "at": tx.now,
    }  # fmt: skip
    id: int = tx.value(insert(facts).values(**row).returning(facts.c.id))
    fact = Fact(id, None, place, version, kind, by, audience, tx.now, mark, _merged(data or {}, personal))
    tx.facts.append(fact)
    if not any(topic == "facts" for topic, _ in tx.told):
        tx.tell("facts", None)
    for listener in _within:
        listener(tx, fact)
    return fact


def number(connection: Connection, made: list[Fact]) -> None:
    """Gives the transaction's facts their positions, in the order in which they were made."""
    ids = sorted(fact.id for fact in made)
    if not ids:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_numbering, {"ids": ids, "turn": TURN})
    else:  # BEGIN IMMEDIATE let nobody else in
        connection.execute(insert(feed), [{"fact": id} for id in ids])


before_commit(number)


_numbered = select(facts, feed.c.position).join_from(feed, facts, feed.c.fact == facts.c.id)
_marks = select(feed.c.position, facts.c.mark).join_from(feed, facts, feed.c.fact == facts.c.id)
_head = _marks.order_by(feed.c.position.desc()).limit(1)
_mark = _marks.where(feed.c.position == bindparam("position"))
_version = select(places.c.version).where(places.c.place == bindparam("place"))
_value = select(kept.c.value).where(kept.c.name == bindparam("name"))
_any = select(facts, feed.c.position).join_from(facts, feed, feed.c.fact == facts.c.id, isouter=True)


def after(
    read: Read, position: int, *, place: str | None = None, audiences: Iterable[str] | None = None, limit: int = 1000
) -> list[Fact]:
    """The facts beyond a position, ascending."""
    asked = _numbered.where(feed.c.position > position).order_by(feed.c.position).limit(limit)
    if place is not None:
        asked = asked.where(facts.c.place == place)
    if audiences is not None:
        asked = asked.where(facts.c.audience.in_(list(audiences)))
    return [_fact(row) for row in read.rows(asked)]


def at(read: Read, asked: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Fact]:
    """The facts of these places at these versions, as far as there are any."""
    if not (pairs := list(asked)):
        return {}
    found = read.rows(_any.where(tuple_(facts.c.place, facts.c.version).in_(pairs)))
    return {(row["place"], row["version"]): _fact(row) for row in found}


def of_place(read: Read, place: str, version: int, limit: int = 1000) -> list[Fact]:
    """The facts of a place beyond a version, ascending."""
    asked = _any.where(facts.c.place == place, facts.c.version > version)
    return [_fact(row) for row in read.rows(asked.order_by(facts.c.version).limit(limit))]


def head(read: Read) -> Cursor:
    """The newest position of the feed, with its mark."""
    epoch = keep_value(read, "epoch") or ""
    return next((Cursor(epoch, row["position"], row["mark"]) for row in read.same(_head, {})), Cursor(epoch, 0, 0))


def knows(read: Read, cursor: Cursor) -> bool:
    """True where the cursor is a point of this very history and not too old to go on from."""
    if cursor.epoch != keep_value(read, "epoch"):
        return False
    if cursor.position == 0:
        return True
    return any(row["mark"] == cursor.mark for row in read.same(_mark, {"position": cursor.position}))


def blank(tx: Tx, place: str, limit: int) -> int:
    """Forgets what is personal in the place's facts, at most so many of them; returns of how many."""
    some = select(facts.c.id).where(facts.c.place == place, facts.c.personal.is_not(None)).limit(limit)
    return tx.run(update(facts).where(facts.c.id.in_(some)).values(personal=None)).rowcount


def keep_value(read: Read, name: str) -> str | None:
    return next((row["value"] for row in read.same(_value, {"name": name})), None)


def keep(tx: Tx, name: str, value: str) -> None:
    """A small value of the desk as a whole, like its epoch."""
    tx.run(
        tx.insert(kept)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


def new_epoch(tx: Tx) -> str:
    epoch = secrets.token_hex(8)
    keep(tx, "epoch", epoch)
    return epoch


def open_history(tx: Tx, side_file: Path) -> str:
    """The epoch at start: kept, or new where the store is new or stands behind the side file (an old copy)."""
    epoch = keep_value(tx, "epoch")
    last = tx.value(select(func.max(feed.c.position))) or 0
    if epoch is None or _noted(side_file, epoch) > last:
        return new_epoch(tx)
    return epoch


def _noted(side_file: Path, epoch: str) -> int:
    """How far this history went by the side file; 0 where that says nothing of it or can't be read."""
    try:
        noted = json.loads(side_file.read_text())
        return int(noted["position"]) if noted["epoch"] == epoch else 0
    except (FileNotFoundError, ValueError, TypeError, LookupError):
        return 0


def note_position(side_file: Path, cursor: Cursor) -> None:
    """Writes how far the history went, beside the store and not in it."""
    fresh = side_file.with_suffix(".new")
    with _noting:  # a beat's thread outlives its cancelled task
        fresh.write_text(json.dumps({"epoch": cursor.epoch, "position": cursor.position}))
        fresh.replace(side_file)


def _merged(data: dict[str, Any], personal: dict[str, Any] | None) -> dict[str, Any]:
    if not personal:
        return data
    both = {**data, **personal}
    if "set" in data and "set" in personal:
        both["set"] = {**data["set"], **personal["set"]}
    return both


def _fact(row: Any) -> Fact:
    by = None if row["by_id"] is None else By(row["by_id"], row["by_name"] or "")
    data = _merged(row["data"], row["personal"])
    plain = {name: row[name] for name in ("id", "position", "place", "version", "kind", "audience", "at", "mark")}
    return Fact(by=by, data=data, **plain)
