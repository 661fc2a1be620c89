"""Sending to a real server that takes, refuses, defers and hangs up."""

import asyncio
import socket
import threading

import pytest

from elbowroom.kit.mail.smtp import LoginRefused, Refused, Sent, Server, Unreachable, send, try_login
from tests.kit.mail.letters import letter
from tests.mailservers import PASSWORD, USER, free_port, sink

TO = ["nora@example.org"]


@pytest.fixture
def server():
    with sink() as kept:
        yield kept


def sent(to, recipients=None, raw=None, envelope_from=USER, timeout=5.0, **settings) -> Sent:
    settings = {"host": "localhost", "address": to.host, "security": "none", **settings}
    where = Server(port=to.port, **settings)
    return asyncio.run(send(where, envelope_from, recipients or TO, raw or letter(), timeout))


def test_a_mail_arrives_as_it_left(server):
    raw = letter(body="one\n.\n..two\nFrom x\nünï")
    answer = sent(server, ["nora@example.org", "omid@example.org"], raw)
    [mail] = server.wait(1)
    assert (mail.mail_from, mail.recipients) == (USER, ["nora@example.org", "omid@example.org"])
    assert mail.raw.rstrip() == raw.rstrip()
    assert (answer.words, answer.refused) == ("OK kept", {})


def test_the_null_sender_of_automatic_answers(server):
    sent(server, envelope_from="")
    assert server.wait(1)[0].mail_from == ""


@pytest.mark.parametrize(("code", "permanent"), [(550, True), (450, False), (552, True), (421, None)])
@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
def test_a_refusal_keeps_the_server_s_words(server, code, permanent, at):
    server.refuse(code, "5.1.1 no such\tuser here", at)
    if permanent is None:
        with pytest.raises(Unreachable, match="no such"):
            sent(server)
        return
    with pytest.raises(Refused, match="no such user here") as raised:
        sent(server)
    assert (raised.value.code, raised.value.permanent) == (code, permanent)
    assert server.mails == []


def test_one_of_two_recipients_is_refused(server):
    server.refuse(550, "unknown", only="nobody@example.org")
    answer = sent(server, ["nora@example.org", "nobody@example.org"])
    assert server.wait(1)[0].recipients == ["nora@example.org"]
    assert {to: (no.code, no.words, no.permanent) for to, no in answer.refused.items()} == {
        "nobody@example.org": (550, "unknown", True)
    }


def test_all_recipients_refused_but_one_only_for_now(server):
    server.defer(at="rcpt")
    with pytest.raises(Refused) as raised:
        sent(server, ["a@example.org", "b@example.org"])
    assert not raised.value.permanent
    assert set(raised.value.recipients) == {"a@example.org", "b@example.org"}


def test_who_hangs_up_after_the_last_answer_has_the_mail(server):
    server.drop("after")
    assert sent(server).words == "OK kept"
    assert len(server.wait(1)) == 1


def test_who_hangs_up_before_the_last_answer_may_not_have_it(server):
    server.drop("before")
    with pytest.raises(Unreachable):
        sent(server)
    server.behave()
    sent(server)
    first, second = server.wait(2)
    assert first.raw == second.raw


def test_who_hangs_up_at_once(server):
    server.drop("connects")
    with pytest.raises(Unreachable):
        sent(server)


def test_a_mail_too_big_for_the_server(server):
    with pytest.raises(Refused, match="size") as raised:
        sent(server, raw=letter(body="x" * 2**21))
    assert raised.value.permanent


def test_nobody_listens():
    where = Server("127.0.0.1", free_port(), "none")
    with pytest.raises(Unreachable, match=r"127\.0\.0\.1"):
        asyncio.run(send(where, USER, TO, letter()))


def test_a_server_that_says_nothing():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        where = Server("127.0.0.1", silent.getsockname()[1], "none")
        with pytest.raises(Unreachable, match="in time"):
            asyncio.run(send(where, USER, TO, letter(), timeout=0.2))


@pytest.mark.parametrize(
    "greeting",
    [b"\x00\xff\r\n", b"HTTP/1.1 400 Bad\r\n\r\n", b"554 go away\r\n", b"220 " + b"x" * 99999 + b"\r\n", b""],
)
def test_a_server_that_talks_nonsense(greeting):
    with socket.create_server(("127.0.0.1", 0)) as odd:

        def talk() -> None:
            sock = odd.accept()[0]
            sock.sendall(greeting)
            sock.close()

        thread = threading.Thread(target=talk)
        thread.start()
        where = Server("127.0.0.1", odd.getsockname()[1], "none")
        with pytest.raises((Unreachable, Refused)):
            asyncio.run(send(where, USER, TO, letter(), timeout=1))
        thread.join()


@pytest.mark.parametrize("address", ["ü@example.org", "a\r\nDATA\r\n@example.org", "a b@example.org", "a>@example.org"])
def test_an_address_cannot_bring_commands(server, address):
    with pytest.raises(Refused) as raised:
        sent(server, [address])
    assert raised.value.permanent
    assert server.talks == 0


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_encrypted_and_logged_in(security, tmp_path):
    with sink(security, tmp_path, user=USER) as server:
        trust = {"security": security, "trust": str(server.certificate)}
        sent(server, user=USER, password=PASSWORD, **trust)
        assert len(server.wait(1)) == 1
        with pytest.raises(LoginRefused, match=r"535 5\.7\.8 wrong password"):
            sent(server, user=USER, password="wrong", **trust)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_nobody_vouches_for(security, tmp_path):
    with sink(security, tmp_path) as server, pytest.raises(Unreachable, match="certificate"):
        sent(server, security=security)


def test_a_certificate_of_another_name(tmp_path):
    with sink("tls", tmp_path) as server, pytest.raises(Unreachable, match=r"mail\.example"):
        sent(server, security="tls", host="mail.example", trust=str(server.certificate))


def test_no_encryption_offered_none_faked(server):
    with pytest.raises(Unreachable, match="STARTTLS"):
        sent(server, security="starttls")
    assert server.mails == []


def test_try_login_says_what_is_wrong(tmp_path):
    with sink("starttls", tmp_path, user=USER) as server:
        right = {"address": server.host, "trust": str(server.certificate)}
        asyncio.run(try_login(Server("localhost", server.port, "starttls", USER, PASSWORD, **right)))
        with pytest.raises(LoginRefused, match="wrong password"):
            asyncio.run(try_login(Server("localhost", server.port, "starttls", USER, "x", **right)))
        assert server.mails == []


def test_a_server_that_wants_a_log_in_is_no_refusal_of_the_mail(tmp_path):
    with sink("starttls", tmp_path, user=USER) as server, pytest.raises(LoginRefused, match="530"):
        sent(server, security="starttls", trust=str(server.certificate))


def test_a_password_stays_out_of_sight():
    assert "sesame" not in repr(Server("localhost", 25, "none", USER, PASSWORD))


@pytest.mark.parametrize("field", ["host", "user", "password"])
def test_settings_cannot_bring_commands(field):
    with pytest.raises(ValueError, match=field):
        Server(port=25, security="none", **{"host": "h", "user": "u", "password": "p", field: "a\r\nQUIT"})
