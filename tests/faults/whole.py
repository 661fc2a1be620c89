"""What must be so in a store that was opened again: nothing lost, nothing in part, no number out of place."""

from collections import Counter, defaultdict
from typing import Any

from sqlalchemy import func, select, text

from elbowroom.conversations.tables import conversations, held, messages
from elbowroom.kit import commands, journal
from elbowroom.kit.commands import Given
from elbowroom.kit.db import Read
from elbowroom.kit.jobs import jobs
from elbowroom.kit.web import Engines
from elbowroom.tickets.tables import tickets
from tests.faults.outside import Known


def broken(own: Engines) -> list[str]:
    """What SQLite itself finds wrong with its pages, its indexes and its references; PostgreSQL looks by itself."""
    if own.db.url.startswith("postgres"):
        return []

    def question(read: Read) -> list[str]:
        said = list(read.run(text("PRAGMA integrity_check")).scalars())
        wrong = [str(row) for row in read.run(text("PRAGMA foreign_key_check"))]
        return [one for one in said if one != "ok"] + wrong

    return own.db.read_now(question)


def lost(own: Engines, known: Known) -> list[str]:
    """Acknowledged commands without their stored answer."""

    def question(read: Read) -> list[str]:
        kept = {row["id"]: Given(row["answer"].encode(), row["status"]) for row in read.rows(select(commands.commands))}
        return [key for key, given in known.done.items() if kept.get(key) != given]

    return own.db.read_now(question)


def torn(own: Engines, known: Known) -> list[str]:
    """Commands of which a part is there, or some part twice."""

    def question(read: Read) -> list[str]:
        kept = Counter(read.run(select(commands.commands.c.id)).scalars())
        told = set(read.run(select(journal.facts.c.command)).scalars())
        stands = messages.c.state.is_(None) | (messages.c.state != "paused")  # else it is held
        written = (select(messages.c.text).where(stands), select(held.c.body))
        effects = Counter(one for asked in written for one in read.run(asked).scalars())
        wrong = [key for key in known.asked if (kept[key], effects[key]) not in ((0, 0), (1, 1))]
        return wrong + [key for key in known.asked if (key in told) != bool(kept[key])]

    return own.db.read_now(question)


def uneven(own: Engines) -> list[Any]:
    """Numbers that do not fit: of the feed, of places, of tickets; replies that wait without a job."""

    def question(read: Read) -> list[Any]:
        numbered = journal.feed.c.fact == journal.facts.c.id
        asked = select(journal.facts.c.place, func.coalesce(journal.feed.c.position, 0))
        asked = asked.join_from(journal.facts, journal.feed, numbered, isouter=True)
        rows = [tuple(row) for row in read.run(asked.order_by(journal.facts.c.place, journal.facts.c.version))]
        positions = [position for _, position in rows]
        wrong: list[Any] = [] if rows == sorted(rows) and len(positions) == len(set(positions)) else [rows]
        wrong += [("no position", rows)] if 0 in positions else []
        told = _grouped(read, select(journal.facts.c.place, journal.facts.c.version))
        versions = {row["place"]: row["version"] for row in read.rows(select(journal.places))}
        wrong += [place for place in {*told, *versions} if told[place] != list(range(1, versions.get(place, 0) + 1))]
        said = _grouped(read, select(messages.c.ticket, messages.c.number))
        heads = select(messages.c.ticket, func.max(messages.c.number)).where(messages.c.kind != "note")
        risen: dict[int, int] = dict(read.run(heads.group_by(messages.c.ticket)).all())  # type: ignore[arg-type]
        heads_kept = {row["id"]: row["head"] for row in read.rows(select(conversations))}
        for row in read.rows(select(tickets)):
            shown = row["last_number"], row["messages"], row["head"], heads_kept[row["conversation"]]
            numbers, head = said[row["id"]], risen[row["id"]]
            if numbers != list(range(1, len(numbers) + 1)) or shown != (len(numbers), len(numbers), head, head):
                wrong.append(("ticket", row["id"], shown, numbers))
        waiting = set(read.run(select(messages.c.id).where(messages.c.state == "waiting")).scalars())
        stopped = set(read.run(select(messages.c.id).where(messages.c.state == "paused")).scalars())
        due = [row["data"]["message"] for row in read.rows(select(jobs).where(jobs.c.kind == "release"))]
        fits = len(due) == len(set(due)) and set(due) - stopped == waiting  # of one that stopped the job finds nothing
        return wrong if fits else [*wrong, ("jobs", waiting, due)]

    return own.db.read_now(question)


def _grouped(read: Read, asked: Any) -> dict[Any, list[int]]:
    found: dict[Any, list[int]] = defaultdict(list)
    for name, number in sorted(tuple(row) for row in read.run(asked)):
        found[name].append(number)
    return found


def findings(own: Engines, known: Known) -> list[Any]:
    epoch = own.db.read_now(lambda read: journal.keep_value(read, "epoch"))
    is_new = known.noted is not None and known.noted.epoch != epoch
    return [
        *(("broken", one) for one in broken(own)), *(("lost", one) for one in lost(own, known)),
        *(("torn", one) for one in torn(own, known)), *(("uneven", one) for one in uneven(own)),
        *([("another epoch", known.noted)] if is_new else []),
    ]  # fmt: skip
