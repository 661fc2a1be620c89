"""The planted desk is as sound as one that people filled: its journal, its heads, its index, its dates."""

import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import RowMapping, select

from elbowroom.app import engines
from elbowroom.conversations.tables import attachments, conversations, messages
from elbowroom.demo import seed as seeds
from elbowroom.demo import serve
from elbowroom.kit import journal
from elbowroom.kit.config import Config
from elbowroom.kit.jobs import jobs
from elbowroom.kit.web import Engines
from elbowroom.overview.search import search
from elbowroom.people.rights import Viewer, load_viewer
from elbowroom.people.tables import people
from elbowroom.tickets.tables import tickets
from elbowroom.together import locks

HEADS = ("customer", "reply")


def rows(own: Engines, table: Any) -> Sequence[RowMapping]:
    found: Sequence[RowMapping] = own.db.read_now(lambda read: read.rows(select(table).order_by(*table.primary_key)))
    return found


def viewer(own: Engines, name: str) -> Viewer:
    found = own.db.read_now(
        lambda read: load_viewer(read, read.value(select(people.c.id).where(people.c.name.startswith(name))))
    )
    assert found is not None
    return found


def test_every_place_has_its_versions_without_a_hole(planted: Engines) -> None:
    versions = defaultdict(list)
    for fact in rows(planted, journal.facts):
        versions[fact["place"]].append(fact["version"])
    assert len(versions) == 62 + 2 + 9
    for place, told in versions.items():
        assert told == list(range(1, len(told) + 1)), place
    newest = {place: told[-1] for place, told in versions.items()}
    assert {row["place"]: row["version"] for row in rows(planted, journal.places)} == newest
    assert {f"ticket/{row['id']}": row["version"] for row in rows(planted, tickets)}.items() <= newest.items()


def test_positions_run_with_time(planted: Engines) -> None:
    moments = [fact["at"] for fact in rows(planted, journal.facts)]
    assert all(older <= newer for older, newer in pairwise(moments))
    assert planted.clock.now() - 3600 < moments[-1] < planted.clock.now()


def test_the_head_is_the_newest_number_that_could_hold_a_reply(planted: Engines) -> None:
    spoken = defaultdict(list)
    for message in rows(planted, messages):
        spoken[message["ticket"]].append((message["number"], message["kind"]))
    heads = {row["ticket"]: row["head"] for row in rows(planted, conversations)}
    for ticket in rows(planted, tickets):
        numbers = [number for number, _ in spoken[ticket["id"]]]
        assert numbers == list(range(1, ticket["last_number"] + 1))
        newest = max(number for number, kind in spoken[ticket["id"]] if kind in HEADS)
        assert ticket["head"] == heads[ticket["id"]] == newest


def test_each_queue_holds_what_the_seed_says(planted: Engines) -> None:
    queues = {"open": "new", "escalated": "new", "on_hold": "pending", "closed": "resolved"}
    names = {row["id"]: row["name"] for row in planted.db.read_now(lambda read: read.rows(select(people)))}
    stored = rows(planted, tickets)
    seed = seeds.load()
    by_key = {person.key: person.name for person in seed.people}
    wanted = Counter((one.status, queues[one.status], by_key.get(one.owner or "")) for one in seed.tickets)
    assert Counter((row["status"], row["queue"], names.get(row["owner"])) for row in stored) == wanted
    assert [row["subject"] for row in stored] == [one.subject for one in seed.tickets]
    assert [row["priority"] for row in stored] == [one.priority for one in seed.tickets]


def test_a_conversation_reads_as_it_was_written(planted: Engines) -> None:
    now = planted.clock.now()
    said = defaultdict(list)
    for row in rows(planted, messages):
        said[row["ticket"]].append((row["kind"], row["text"], round(now - row["at"])))
    for number, ticket in enumerate(seeds.load().tickets, 1):
        assert said[number] == [(one.kind, one.text, one.age.total_seconds()) for one in ticket.messages]


def test_replies_have_left_and_nothing_waits(planted: Engines) -> None:
    assert {row["state"] for row in rows(planted, messages) if row["kind"] == "reply"} == {"left"}
    assert rows(planted, jobs) == []
    assert planted.db.read_now(locks.count_held) == 0


@pytest.mark.parametrize("asked", ["订单", "Zustellung", "таможне", "NL-20731"])
def test_what_was_said_is_found_in_any_script(planted: Engines, asked: str) -> None:
    omid = viewer(planted, "Omid")
    assert planted.db.read_now(lambda read: search(read, omid, asked))


def test_lena_finds_nothing_of_support(planted: Engines) -> None:
    lena = viewer(planted, "Lena")
    assert planted.db.read_now(lambda read: search(read, lena, "Rechnung"))
    assert not planted.db.read_now(lambda read: search(read, lena, "订单 NL-20752"))


def test_formatted_mails_are_clean(planted: Engines) -> None:
    pages = [row["html"] for row in rows(planted, messages) if row["html"]]
    assert len(pages) == 5
    for page in pages:
        assert "<table" in page
        assert " src=" not in page
        assert "data-remote-src=" in page


def test_attached_files_are_there_and_pictures_open(planted: Engines) -> None:
    stored = rows(planted, attachments)
    wanted = [one.name for ticket in seeds.load().tickets for said in ticket.messages for one in said.attachments]
    assert sorted(row["name"] for row in stored) == sorted(wanted)
    for row in stored:
        content = planted.files.get(row["blob"])
        assert row["message"] is not None
        assert len(content) == row["size"]
        if row["type"] == "image/png":
            assert Image.open(io.BytesIO(content)).size == (640, 420)


def test_a_kept_store_is_seeded_once(tmp_path: Path) -> None:
    config = serve.settings(Config(), tmp_path)
    serve.prepare(config)
    serve.prepare(config)
    own = engines(config)
    assert len(rows(own, tickets)) == 62
    own.db.close()
