"""kill -9 while mail goes out and comes in: none is missing, and none stands twice as if it were another."""

import os
import random
import re
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from email.parser import BytesParser
from email.policy import default
from functools import partial
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from sqlalchemy import func, select, update

from elbowroom.channels.email.tables import mailboxes
from elbowroom.conversations.tables import messages
from elbowroom.kit.failpoints import NAME
from elbowroom.kit.jobs import jobs
from elbowroom.tickets.tables import tickets
from tests import engines
from tests.cast import INBOXES, Person, eventually
from tests.kit.mail.letters import letter
from tests.mailservers import PASSWORD, USER, Imap, Sink, dovecot, sink
from tests.served import ServedDesk

pytestmark = pytest.mark.faults
_number = re.compile(r"mail number (\d+)\.")


class MailHouse(ServedDesk):
    """With its own mail channel, and no postman in its place."""

    deaths = 0

    def command(self) -> list[str]:
        return ["elbowroom.cli", "serve", "--port", str(self.port)]

    def rows(self, asked: Any) -> list[Any]:
        return list(self.beside.read_now(lambda read: read.rows(asked)))

    def count(self, asked: Any) -> int:
        return int(self.beside.read_now(lambda read: read.value(asked)))

    def comes_back(self, failpoint: str = "") -> None:
        """As a minute later: what the dead process had leased is anyone's. `failpoint`: where it will die by itself."""
        self.kill()
        self.deaths += 1
        os.environ[NAME] = failpoint
        self.beside.write_now(lambda tx: tx.run(update(jobs).values(leased_until=0)))
        try:
            self.start()
        finally:
            del os.environ[NAME]

    def is_over(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def connects(self, ada: Person, wire: Sink, incoming: dict[str, Any]) -> int:
        outgoing = {"host": wire.host, "port": wire.port, "security": "none"}
        asked = {
            "inbox": INBOXES["Support"], "address": "support@desk.example", "incoming": incoming, "undo_for": 0,
            "outgoing": outgoing,
        }  # fmt: skip
        return int(ada.send("POST", "/mailboxes", asked).ok()["id"])


@pytest.fixture
def served(template: Path, tmp_path: Path) -> Iterator[MailHouse]:
    engines.copied(template, tmp_path / "desk")
    desk = MailHouse(tmp_path / "desk")
    desk.start()
    yield desk
    desk.close()
    engines.dropped(tmp_path / "desk")


@pytest.fixture
def wire() -> Iterator[Sink]:
    with sink() as kept:
        yield kept


@pytest.fixture
def imap(tmp_path: Path) -> Iterator[Imap]:
    with dovecot(tmp_path) as server:
        yield server


def goes_on_sending(desk: MailHouse, author: Person, ticket: int, mails: range, done: set[int]) -> None:
    """Each reply with its own key and as it was first, until it is acknowledged."""
    for number in mails:
        seen = last(desk, ticket)
        while number not in done:
            try:
                author.replies(ticket, f"mail number {number}.", seen, key=f"kill-{number}").ok()
            except httpx.TransportError:
                continue
            done.add(number)


def last(desk: MailHouse, ticket: int) -> int:
    return desk.count(select(tickets.c.last_number).where(tickets.c.id == ticket))


def out_under_kills(desk: MailHouse, wire: Sink, count: int, kills: int, seed: int) -> Counter[str]:
    """Some die when a number of replies was taken, others right after a mail server took a mail."""
    dice, done = random.Random(seed), set[int]()
    ada = desk.person("ada")
    desk.connects(ada, wire, {"kind": "smtp"})
    asked = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken."}
    authors = [desk.person(name) for name in ("bianca", "hanna", "omid", "ada")]
    mine = [ada.send("POST", "/tickets", asked).ok()["id"] for _ in authors]
    share = count // len(authors)
    hands = [
        threading.Thread(target=goes_on_sending, args=(desk, one, ticket, range(at * share, at * share + share), done))
        for at, (one, ticket) in enumerate(zip(authors, mine, strict=True))
    ]
    for hand in hands:
        hand.start()
    for life in range(kills):
        target = min(count * (life + dice.random()) / kills, count - 1)
        eventually(partial(_is_time, desk, done, target), "some were sent", within=60)
        desk.comes_back(f"mailed:{dice.randint(1, 6)}" if life % 2 and life + 1 < kills else "")
    for hand in hands:
        hand.join(120)
    left = select(func.count()).select_from(messages).where(messages.c.kind == "reply", messages.c.state == "left")
    eventually(lambda: desk.count(left) == count, "all have left", within=120)
    for person in (*authors, ada):
        person.goes_home()
    return copies(wire, count)


def _is_time(desk: MailHouse, done: set[int], target: float) -> bool:
    return desk.is_over() or len(done) >= target


def _came(desk: MailHouse, target: float) -> bool:
    return desk.count(select(func.count()).select_from(messages)) >= target


def copies(wire: Sink, count: int) -> Counter[str]:
    """By Message-ID; each mail has one of its own, and none is missing."""
    bore: dict[int, set[str]] = defaultdict(set)
    came: Counter[str] = Counter()
    for mail in wire.mails:
        read = BytesParser(policy=default).parsebytes(mail.raw)
        found = _number.search(read.get_body(("plain",)).get_content())  # type: ignore[union-attr]
        assert found
        bore[int(found[1])].add(str(read["Message-ID"]))
        came[str(read["Message-ID"])] += 1
    assert sorted(bore) == list(range(count))
    assert {number: names for number, names in bore.items() if len(names) > 1} == {}
    assert len(came) == count
    return came


def numbered(number: int) -> bytes:
    return letter(
        "From: Nora Ellis <nora@customer.example>", f"To: {USER}", f"Subject: mail number {number}.",
        f"Message-ID: <{number}.{time.monotonic_ns()}@customer.example>", body=f"This is mail number {number}.",
    )  # fmt: skip


def in_under_kills(desk: MailHouse, imap: Imap, wire: Sink, count: int, kills: int, seed: int) -> Counter[str]:
    """In between the server renumbers its mail, and someone else reads it."""
    dice = random.Random(seed)
    ada = desk.person("ada")
    incoming = {"kind": "imap", "host": imap.host, "port": imap.port, "security": "none", "user": USER}
    box = desk.connects(ada, wire, {**incoming, "password": PASSWORD})
    eventually(lambda: _begun(desk, box), "it looks into the box")
    feeding = threading.Thread(target=feeds, args=(imap, range(count)))
    feeding.start()
    for life in range(kills):
        target = count * (life + dice.random()) / kills * 0.98
        eventually(partial(_came, desk, target), "some came", within=60)
        desk.kill()
        OUTSIDE[life % len(OUTSIDE)](imap, life)
        desk.comes_back()
    feeding.join(120)
    eventually(lambda: _came(desk, count), "all came", within=120)
    imap.renumber(USER, 9999)
    desk.comes_back()
    imap.deliver(numbered(count))
    eventually(lambda: _came(desk, count + 1) and _validity(desk, box) == 9999, "the last one", within=60)
    ada.goes_home()
    return Counter(row["subject"] for row in desk.rows(select(tickets.c.subject)))


def _begun(desk: MailHouse, box: int) -> bool:
    return _validity(desk, box) is not None


def _validity(desk: MailHouse, box: int) -> Any:
    return desk.rows(select(mailboxes.c.uidvalidity).where(mailboxes.c.id == box))[0]["uidvalidity"]


def feeds(imap: Imap, mails: range) -> None:
    with imap.client() as client:
        for number in mails:
            assert client.append("INBOX", "", "", numbered(number))[0] == "OK"
            time.sleep(0.02)  # as it comes; all at once would be one look


def _reads(imap: Imap, _life: int) -> None:
    with imap.client() as client:
        client.select("INBOX")
        client.store("1:*", "+FLAGS", r"(\Seen)")


OUTSIDE: tuple[Callable[[Imap, int], None], ...] = (
    _reads,
    lambda imap, life: imap.renumber(USER, 5000 + life),
    lambda _imap, _life: None,
)


def outgoing(desk: MailHouse, wire: Sink, count: int, kills: int, seed: int) -> None:
    began = time.monotonic()
    came = out_under_kills(desk, wire, count, kills, seed)
    again = sum(many - 1 for many in came.values())
    took = time.monotonic() - began
    figures = f"{desk.deaths} kill -9, 0 lost, {again} copies under one id"
    print(f"\nmail out: seed {seed}, {count} mails, {figures}, {took:.0f} s")


def incoming(desk: MailHouse, imap: Imap, wire: Sink, count: int, kills: int, seed: int) -> None:
    began = time.monotonic()
    came = in_under_kills(desk, imap, wire, count, kills, seed)
    assert came == Counter({f"mail number {number}.": 1 for number in range(count + 1)})
    took = time.monotonic() - began
    print(f"\nmail in: seed {seed}, {count} mails, {desk.deaths} kill -9, 0 lost, 0 twice, {took:.0f} s")


@pytest.mark.walk
def test_of_a_hundred_mails_out_none_is_lost_in_ten_kills(served: MailHouse, wire: Sink, seed: int) -> None:
    outgoing(served, wire, 100, 10, seed)


@pytest.mark.walk
def test_of_a_hundred_mails_in_none_is_lost_nor_twice(served: MailHouse, imap: Imap, wire: Sink, seed: int) -> None:
    incoming(served, imap, wire, 100, 10, seed)


@pytest.mark.long
def test_of_a_thousand_mails_out_none_is_lost_in_a_hundred_kills(served: MailHouse, wire: Sink, seed: int) -> None:
    outgoing(served, wire, 1000, 100, seed)


@pytest.mark.long
def test_of_a_thousand_mails_in_none_is_lost_nor_twice(served: MailHouse, imap: Imap, wire: Sink, seed: int) -> None:
    incoming(served, imap, wire, 1000, 100, seed)
