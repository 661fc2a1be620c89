"""Fetching from Dovecot and from a small server without push."""

import contextlib
import dataclasses
import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from imap_tools.errors import MailboxLoginError

from elbowroom.kit.mail import imap
from elbowroom.kit.mail.fetching import waiting
from elbowroom.kit.mail.imap import LoginRefused, Mailbox, Server, UidsChanged, Unreachable
from elbowroom.kit.mail.parse import Unparsable, parse
from elbowroom.kit.mail.parsed import Cut
from tests.kit.mail.letters import letter
from tests.mailservers import PASSWORD, USER, dovecot, free_port, small_imap

UNUSUAL = {"a@x": 'say "friend"', "b@x": "back\\slash {5}", "c@x": "wörter, 密码"}


@pytest.fixture(scope="module")
def big(tmp_path_factory):
    passwords = {f"u{i}@desk.example": PASSWORD for i in range(40)} | UNUSUAL
    with dovecot(tmp_path_factory.mktemp("dovecot"), passwords) as server:
        yield server


@pytest.fixture(scope="module")
def small():
    with small_imap() as server:
        yield server


_users = iter(range(40))


@pytest.fixture
def user():
    return f"u{next(_users)}@desk.example"


def at(server, user=USER, security="none", password=PASSWORD, **settings) -> Server:
    port = server.tls_port if security == "tls" else server.port
    return Server("localhost", port, security, user, password, address=server.host, **settings)


def numbered(number: int) -> bytes:
    return letter(f"Subject: number {number}", f"Message-ID: <{number}@x>")


def test_new_mail_comes_whole_in_order_and_once(big, user):
    for number in range(5):
        big.deliver(numbered(number), user)
    with Mailbox(at(big, user)) as box:
        found = list(box.fetch_since(box.uidvalidity, 0))
        assert [one.raw for one in found] == [numbered(number) for number in range(5)]
        assert [one.uid for one in found] == [1, 2, 3, 4, 5]
        assert box.last_uid == 5
        assert [uid for uid, _, _ in box.fetch_since(box.uidvalidity, 3)] == [4, 5]
        assert list(box.fetch_since(box.uidvalidity, 5)) == []


def test_the_moment_of_arrival(big, user):
    big.deliver(letter(), user)
    with Mailbox(at(big, user)) as box:
        [(_, _, moment)] = box.fetch_since(box.uidvalidity, 0)
    assert moment is not None
    assert abs(moment - time.time()) < 60


def test_nothing_is_changed_on_the_server(big, user):
    big.deliver(letter(), user)
    before = big.flags(user)
    with Mailbox(at(big, user)) as box:
        assert len(list(box.fetch_since(box.uidvalidity, 0))) == 1
    assert big.flags(user) == before
    assert "Seen" not in str(before)


def test_more_mail_than_one_batch(big, user, monkeypatch):
    monkeypatch.setattr(imap, "_BATCH_MAILS", 3)
    for number in range(8):
        big.deliver(numbered(number), user)
    with Mailbox(at(big, user)) as box:
        assert [one.raw for one in box.fetch_since(box.uidvalidity, 0)] == [numbered(number) for number in range(8)]


def test_a_mail_that_is_gone_meanwhile_is_left_out(big, user):
    big.deliver(letter(), user)
    with Mailbox(at(big, user)) as box:
        mails = box.fetch([1, 2, 99])
        assert [one.uid for one in mails] == [1]


def test_a_mail_too_big_is_told_of_but_not_fetched(big, user):
    big.deliver(numbered(1), user)
    big.deliver(letter(body="x" * 200_000), user)
    big.deliver(numbered(3), user)
    with Mailbox(at(big, user), max_size=100_000) as box:
        small_one, big_one, other = (one.raw for one in box.fetch_since(box.uidvalidity, 0))
    assert (small_one, other) == (numbered(1), numbered(3))
    assert isinstance(big_one, Cut)
    assert len(big_one) == 65_536
    assert big_one.size > 200_000
    with pytest.raises(Unparsable, match="larger"):
        parse(big_one)


def test_bytes_are_as_they_were_sent(big, user):
    raw = letter(
        "Subject: Grüße",
        body=bytes(range(1, 256)).replace(b"\r", b"").replace(b"\n", b"\r\n") + b") FLAGS (\\Seen)\r\n",
    )
    big.deliver(raw, user)
    with Mailbox(at(big, user)) as box:
        assert next(box.fetch_since(box.uidvalidity, 0)).raw == raw


def test_a_renumbered_mailbox_says_so(big, user):
    big.deliver(letter(), user)
    with Mailbox(at(big, user)) as box:
        known = box.uidvalidity
    big.renumber(user)
    with Mailbox(at(big, user)) as box:
        with pytest.raises(UidsChanged) as raised:
            box.fetch_since(known, 1)
        assert (raised.value.known, raised.value.now) == (known, 4711)
        assert len(list(box.fetch_since(4711, 0))) == 1


def test_mail_since_a_day(big, user):
    big.deliver(letter(), user)
    today = datetime.now(UTC).date()
    with Mailbox(at(big, user)) as box:
        assert box.uids_since(today - timedelta(days=1)) == [1]
        assert box.uids_since(today + timedelta(days=2)) == []


def test_an_empty_mailbox(big, user):
    with Mailbox(at(big, user)) as box:
        assert box.last_uid == 0
        assert list(box.fetch_since(box.uidvalidity, 0)) == []
        assert box.uids_since(datetime.now(UTC).date()) == []
        assert not box.idle(threading.Event(), 0)


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_idle_wakes_within_a_second(big, user, security):
    with Mailbox(at(big, user, security, trust=str(big.certificate))) as box:
        known = box.last_uid
        began = time.monotonic()
        sender = threading.Thread(target=big.deliver, args=(letter(), user))
        sender.start()
        assert box.idle(threading.Event(), 20)
        sender.join()
        assert time.monotonic() - began < 5  # it takes half a second; the machine may be busy
        assert [one.raw for one in box.fetch_since(box.uidvalidity, known)] == [letter()]


def test_what_came_before_idle_is_not_overlooked(big, user):
    with Mailbox(at(big, user)) as box:
        assert list(box.fetch_since(box.uidvalidity, 0)) == []
        big.deliver(letter(), user)
        assert box.idle(threading.Event(), 20)
        assert len(list(box.fetch_since(box.uidvalidity, 0))) == 1
        assert not box.idle(threading.Event(), 0)


def test_idle_may_be_stopped_and_the_connection_used_on(big, user):
    stop = threading.Event()
    with Mailbox(at(big, user)) as box:
        timer = threading.Timer(0.1, stop.set)
        timer.start()
        began = time.monotonic()
        assert not box.idle(stop, 60)
        assert time.monotonic() - began < 5
        big.deliver(letter(), user)
        assert len(list(box.fetch_since(box.uidvalidity, 0))) == 1


def test_idle_is_renewed_and_still_hears(big, user):
    with Mailbox(at(big, user)) as box:
        box.renew_every = 0.05
        assert not box.idle(threading.Event(), 0.3)
        timer = threading.Timer(0.2, big.deliver, (letter(), user))
        timer.start()
        assert box.idle(threading.Event(), 20)
        timer.join()


def test_a_connection_that_breaks_in_idle_is_noticed(big, user):
    with Mailbox(at(big, user)) as box:
        timer = threading.Timer(0.3, big.kick, (user,))
        timer.start()
        with pytest.raises(Unreachable):
            box.idle(threading.Event(), 60)
        timer.join()
        with pytest.raises(Unreachable):
            list(box.fetch_since(box.uidvalidity, 0))
        box.connect()
        assert list(box.fetch_since(box.uidvalidity, 0)) == []


@pytest.mark.parametrize("password", ["wrong", "wörter"])
def test_a_wrong_password_gives_the_server_s_words(big, user, password):
    with pytest.raises(LoginRefused, match=r"(?i)auth"):
        Mailbox(at(big, user, password=password)).connect()


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_password_opens_its_mailbox(big, name):
    Mailbox(at(big, name, password=UNUSUAL[name])).connect().close()


def test_nobody_listens():
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        Mailbox(Server("127.0.0.1", free_port(), "none", USER, PASSWORD)).connect()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_nobody_vouches_for(big, user, security):
    with pytest.raises(Unreachable, match="TLS"):
        Mailbox(at(big, user, security)).connect()


def test_a_certificate_of_another_name(big, user):
    where = Server("mail.example", big.tls_port, "tls", user, PASSWORD, address=big.host, trust=str(big.certificate))
    with pytest.raises(Unreachable, match="TLS"):
        Mailbox(where).connect()


def test_a_folder_that_is_none(big, user):
    with pytest.raises(Unreachable, match=r"(?i)exist"):
        Mailbox(at(big, user), folder="Nowhere").connect()


def test_an_unconnected_mailbox_says_so():
    with pytest.raises(Unreachable, match="not connected"):
        list(Mailbox(Server("127.0.0.1", 1, "none")).fetch([1]))


def test_a_server_without_push(small):
    small.deliver(letter())
    with Mailbox(at(small)) as box:
        known = box.last_uid
        assert next(box.fetch_since(box.uidvalidity, 0)).raw.rstrip() == letter().rstrip()
        box.renew_every = box.poll_every = 0.1
        timer = threading.Timer(0.1, small.deliver, (numbered(2),))
        timer.start()
        assert box.idle(threading.Event(), 20)
        timer.join()
        assert [one.raw for one in box.fetch_since(box.uidvalidity, known)] == [numbered(2)]


class Scripted:
    """An IMAP server that says just what it is told to, for what real ones do once a year."""

    def __init__(self, answers: dict[str, str], greeting: str = "* OK hello") -> None:
        self._answers = {"CAPABILITY": "* CAPABILITY IMAP4rev1 IDLE", "LOGOUT": "* BYE", **answers}
        self._greeting = greeting
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.server = Server("127.0.0.1", self._socket.getsockname()[1], "none", USER, PASSWORD)
        self._thread = threading.Thread(target=self._talk)

    def __enter__(self) -> Server:
        self._thread.start()
        return self.server

    def __exit__(self, *error: object) -> None:
        self._thread.join()
        self._socket.close()

    def _talk(self) -> None:
        with contextlib.suppress(OSError), self._socket.accept()[0] as sock, sock.makefile("rb") as lines:
            sock.sendall(f"{self._greeting}\r\n".encode())
            for line in lines:
                tag, _, command = line.decode().strip().partition(" ")
                name = next((name for name in self._answers if command.startswith(name)), "")
                said = f"{self._answers[name]}\r\n" if name else ""
                if command.startswith("IDLE"):
                    sock.sendall(said.encode())
                    lines.readline()
                    said = ""
                sock.sendall(f"{said}{tag} OK done\r\n".encode())


@pytest.mark.parametrize(
    "told", ["+ idling\r\n* 1 EXISTS", "* 1 EXISTS\r\n+ idling", "+ idling\r\n* OK still\r\n* 1 EXISTS"]
)
def test_news_that_comes_in_one_breath_with_the_beginning(told):
    """It waits in Python's buffer, where poll() does not see it: then IDLE would sleep until it is renewed."""
    answers = {
        "EXAMINE": "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x",
        "UID SEARCH": "* SEARCH",
        "IDLE": told,
    }
    with Scripted(answers) as server, Mailbox(server) as box:
        began = time.monotonic()
        assert not waiting_once(box)
        assert time.monotonic() - began < 5


def waiting_once(box: Mailbox) -> bool:
    """One IDLE, ended by the server's word; this server then has nothing to give."""
    stop = threading.Event()
    asked = iter([False, True])

    def has_news() -> bool:
        if next(asked):
            stop.set()
        return False

    return waiting.watch(waiting.until_told(box._open.client, stop, 60), has_news, stop, 60)


DATED = 'INTERNALDATE "22-Nov-2026 10:00:00 +0100"'


@pytest.mark.parametrize(
    "line",
    [
        f"* 1 FETCH (UID 5 {DATED} BODY[] {{2}}\r\nhi)",
        f"* 1 FETCH (BODY[] {{2}}\r\nhi UID 5 {DATED})",
        f"* 9 FETCH (FLAGS (\\Seen))\r\n* 1 FETCH (UID 5 {DATED} BODY[] {{2}}\r\nhi)",
    ],
)
def test_the_order_in_which_a_server_answers(line):
    answers = {
        "EXAMINE": "* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 6] x",
        "UID FETCH 5 (UID RFC822.SIZE)": "* 1 FETCH (RFC822.SIZE 2 UID 5)",
        "UID FETCH 5 (UID INTERNALDATE": line,
    }
    with Scripted(answers) as server, Mailbox(server) as box:
        assert list(box.fetch([5])) == [(5, b"hi", 1795338000.0)]


def test_a_greeting_that_skips_the_encryption_is_not_believed():
    with Scripted({}, "* PREAUTH welcome") as server:
        where = dataclasses.replace(server, security="starttls")
        with pytest.raises(Unreachable, match="STARTTLS"):
            Mailbox(where).connect()


def test_a_server_that_is_busy_is_not_a_wrong_password():
    with Scripted({"CAPABILITY": "* CAPABILITY IMAP4rev1"}) as server:
        busy = Mailbox(server)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("imap_tools.mailbox.BaseMailBox.login", _unavailable)
            with pytest.raises(Unreachable, match="cannot let anyone in now") as raised:
                busy.connect()
        assert not isinstance(raised.value, LoginRefused)


def _unavailable(*_: object, **__: object) -> None:
    raise MailboxLoginError(("NO", [b"[UNAVAILABLE] try later"]), "OK")


def test_a_server_without_idle_is_asked_now_and_then(big, user):
    with Mailbox(at(big, user)) as box:
        box._open.client.capabilities = ("IMAP4REV1",)
        box.poll_every = 0.05
        timer = threading.Timer(0.2, big.deliver, (letter(), user))
        timer.start()
        assert box.idle(threading.Event(), 20)
        timer.join()
