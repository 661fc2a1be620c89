"""Fetching from a real Dovecot: within a second, once, and without a trace on the server."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from elbowroom.channels.email import fetching
from elbowroom.channels.email.receiving import receive
from elbowroom.channels.email.tables import mailboxes
from elbowroom.conversations.tables import messages
from elbowroom.kit.db import CommitFailed
from elbowroom.tickets.tables import tickets
from tests.cast import INBOXES, LOG, Person, eventually
from tests.mailservers import PASSWORD, Imap, dovecot

from .conftest import Mailbox, MailDesk, nora

_users = iter(range(30))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imap]:
    users = {f"u{number}@desk.example": PASSWORD for number in range(30)}
    with dovecot(tmp_path_factory.mktemp("dovecot"), users) as running:
        yield running


@pytest.fixture
def user() -> str:
    return f"u{next(_users)}@desk.example"


@pytest.fixture
def fetch(server: Imap, user: str, connect: Callable[..., Mailbox]) -> Callable[..., Mailbox]:
    """A mailbox that fetches from the user's, connected."""

    def make(password: str = PASSWORD, state: str = "ok", **values: Any) -> Mailbox:
        incoming = {"kind": "imap", "host": "127.0.0.1", "port": server.port, "security": "none", "user": user}
        box = connect(incoming={**incoming, "password": password}, **values)
        eventually(lambda: box.shown()["state"] == state, f"the mailbox is {state}")
        return box

    return make


def numbered(number: int, *headers: str) -> bytes:
    return nora(f"Subject: number {number}", f"Message-ID: <f{number}.{time.monotonic_ns()}@x>", *headers)


def came(box: Mailbox) -> list[str]:
    """Subjects of what came by the mailbox, in order."""
    asked = select(tickets.c.subject).where(tickets.c.channel == box.id).order_by(tickets.c.id)
    return [row["subject"] for row in box.desk.rows(asked)]


def cursor(box: Mailbox) -> tuple[int, int]:
    row = box.desk.rows(select(mailboxes).where(mailboxes.c.id == box.id))[0]
    return row["uidvalidity"], row["last_uid"]


def comes(box: Mailbox, *subjects: str) -> None:
    eventually(lambda: came(box) == list(subjects), f"{subjects} came, and not {came(box)}")


def test_within_a_second_of_its_arrival_hanna_has_it_in_her_list(
    server: Imap, user: str, fetch: Callable[..., Mailbox], hanna: Person
) -> None:
    box = fetch()
    tab = hanna.watches(f"inbox/{INBOXES['Support']}")
    took = []
    for number in range(3):  # the first may come before the wait began; a busy machine may be slow once
        begin = time.monotonic()
        server.deliver(numbered(number), user)
        tab.hears("rows", partial(shows, f"number {number}"))
        took.append(time.monotonic() - begin)
    assert min(took) < 1.0, took
    assert box.shown()["checked_at"]


def test_nothing_on_the_server_changes(server: Imap, user: str, fetch: Callable[..., Mailbox]) -> None:
    box = fetch()
    server.deliver(numbered(1), user)
    comes(box, "number 1")
    assert "Seen" not in str(server.flags(user))


def test_what_someone_else_read_comes_too(server: Imap, user: str, fetch: Callable[..., Mailbox]) -> None:
    box = fetch()
    with server.client(user) as client:
        client.append("INBOX", r"(\Seen)", "", numbered(1))
    comes(box, "number 1")


def test_a_bad_mail_does_not_hold_up_the_next(server: Imap, user: str, fetch: Callable[..., Mailbox]) -> None:
    box = fetch()
    box.changes(paused=True).ok()
    server.deliver(b"From: " + b"(" * 3000 + b"\r\n\r\nx", user)
    server.deliver(numbered(2), user)
    box.changes(paused=False).ok()
    comes(box, "number 2")
    assert len(box.quarantined()) == 1


def test_from_now_older_mail_stays_where_it_is(server: Imap, user: str, fetch: Callable[..., Mailbox]) -> None:
    server.deliver(numbered(1), user)
    box = fetch(start="now")
    server.deliver(numbered(2), user)
    comes(box, "number 2")


def test_the_last_days_come_as_open_and_quiet(server: Imap, user: str, fetch: Callable[..., Mailbox]) -> None:
    with server.client(user) as client:
        client.append("INBOX", "", imap_date(30), numbered(1))
        client.append("INBOX", "", imap_date(3), numbered(2))
    box = fetch(start="days", days=7)
    comes(box, "number 2")
    assert box.desk.rows(select(messages.c.at).order_by(messages.c.id.desc()).limit(1))[0]["at"] < time.time() - 86_400
    server.deliver(numbered(3), user)
    comes(box, "number 2", "number 3")


def test_all_of_it_as_resolved_and_new_mail_as_open(
    server: Imap, user: str, fetch: Callable[..., Mailbox], bianca: Person
) -> None:
    with server.client(user) as client:
        client.append("INBOX", "", imap_date(400), numbered(1))
    box = fetch(start="resolved")
    comes(box, "number 1")
    old = box.last()["ticket"]
    assert (bianca.sees(old)["status"], bianca.sees(old)["owner"]) == ("closed", None)
    server.deliver(numbered(2), user)
    comes(box, "number 1", "number 2")
    assert bianca.sees(box.last()["ticket"])["status"] == "open"
    assert box.sink.talks == 0


def shows(subject: str, message: dict[str, Any]) -> bool:
    return any(row["subject"] == subject for row in message["rows"])


def imap_date(days: int) -> str:
    return time.strftime('"%d-%b-%Y %H:%M:%S +0000"', time.gmtime(time.time() - days * 86_400))


@pytest.mark.parametrize("start", ["now", "resolved"])
def test_a_renumbered_mailbox_is_scanned_again_and_nothing_comes_twice(
    server: Imap, user: str, fetch: Callable[..., Mailbox], start: str
) -> None:
    with server.client(user) as client:
        client.append("INBOX", "", imap_date(9), numbered(0))
    box = fetch(start=start)
    server.deliver(numbered(1), user)
    before = ["number 0"] if start == "resolved" else []
    comes(box, *before, "number 1")
    box.changes(paused=True).ok()
    server.renumber(user, validity=99)
    server.deliver(numbered(2), user)
    box.changes(paused=False).ok()
    comes(box, *before, "number 1", "number 2")
    eventually(lambda: cursor(box) == (99, 3), "the cursor stands at the end")
    assert came(box) == [*before, "number 1", "number 2"]


def test_a_cut_connection_is_made_anew(
    server: Imap, user: str, fetch: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = fetch()
    server.kick(user)
    server.deliver(numbered(1), user)
    comes(box, "number 1")
    eventually(lambda: box.shown()["state"] == "ok", "it works again")


def test_a_restarted_desk_goes_on_where_it_was(
    server: Imap, user: str, fetch: Callable[..., Mailbox], desk: MailDesk
) -> None:
    box = fetch()
    server.deliver(numbered(1), user)
    comes(box, "number 1")
    desk.restart()
    server.deliver(numbered(2), user)
    comes(box, "number 1", "number 2")


def test_a_wrong_password_is_said_in_the_servers_words_and_mended(
    fetch: Callable[..., Mailbox], server: Imap, user: str
) -> None:
    box = fetch(password="wrong", state="failing")
    assert "uthentication failed" in box.shown()["words"]
    incoming = {**box.asked["incoming"], "password": PASSWORD}
    box.changes(incoming=incoming).ok()
    eventually(lambda: box.shown()["state"] == "ok", "the new password is tried at once")
    server.deliver(numbered(1), user)
    comes(box, "number 1")


def test_another_box_begins_anew(server: Imap, fetch: Callable[..., Mailbox]) -> None:
    box = fetch()
    other = f"u{next(_users)}@desk.example"
    server.deliver(numbered(1), other)
    incoming = {**box.asked["incoming"], "user": other, "password": PASSWORD}
    assert box.changes(incoming=incoming).ok()["state"] == "connecting"
    eventually(lambda: box.shown()["state"] == "ok", "it fetches from the other box")
    server.deliver(numbered(2), other)
    comes(box, "number 2")


def test_a_removed_mailbox_is_left_alone(server: Imap, user: str, fetch: Callable[..., Mailbox], ada: Person) -> None:
    box = fetch()
    ada.send("DELETE", f"/mailboxes/{box.id}").ok()
    server.deliver(numbered(1), user)
    count = box.desk.rows(select(func.count().label("n")).select_from(messages))[0]["n"]
    box.takes(nora())  # whatever happens later happens after this
    assert came(box)[-1:] == ["Lamp broken"]
    assert box.desk.rows(select(func.count().label("n")).select_from(messages))[0]["n"] == count + 1


def test_a_mail_is_taken_again_when_the_store_failed(
    server: Imap, user: str, fetch: Callable[..., Mailbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    box = fetch()
    tries: list[Any] = []
    real = receive

    def once(*given: Any) -> Any:
        tries.append(given)
        if len(tries) == 1:
            raise CommitFailed("disk full")
        return real(*given)

    monkeypatch.setattr(fetching, "receive", once)
    server.deliver(numbered(1), user)
    comes(box, "number 1")
    assert len(tries) == 2
    LOG.events.clear()
