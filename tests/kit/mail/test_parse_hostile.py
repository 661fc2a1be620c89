"""Mail that means harm: a mail or Unparsable, never another exception, and the next mail is not held up."""

import dataclasses
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from elbowroom.kit.mail import parse as parsing
from elbowroom.kit.mail.parse import Unparsable, parse
from elbowroom.kit.mail.parsed import ParsedMail
from elbowroom.kit.mail.reading import limits
from tests.kit.mail.letters import HTML, PLAIN, letter, multipart


def nested(count: int, kind: str = "mixed") -> bytes:
    opening = "".join(f'Content-Type: multipart/{kind}; boundary="b{i}"\n\n--b{i}\n' for i in range(count))
    return letter(body="", plain=True)[:0] + (
        b"From: a@x.org\r\nMIME-Version: 1.0\r\n" + (opening + PLAIN + "deep").replace("\n", "\r\n").encode()
    )


def nested_messages(count: int) -> bytes:
    return b"From: a@x.org\r\nContent-Type: message/rfc822\r\n\r\n" * count + letter()


LIMITS = {
    "more than 1,000 addresses": letter("To: " + ", ".join(f"n{i}@x.org" for i in range(2000))),
    "a header is longer than 64 KiB": letter("To: " + ",\r\n ".join(f"nora{i}@example.org" for i in range(20_000))),
    "longer than 64 KiB": letter("Subject: " + "x\r\n " * 40_000),
    "more than 200 parts": multipart("mixed", *[PLAIN + "x"] * 300),
    "200 parts": nested(2000),
    "nested deeper than 20": nested(60),
    "deeper than 20": nested_messages(60),
    "parts": nested_messages(2000),
    "more than one From header": letter("From: a@x.org", "From: b@x.org"),
    "larger than 50 MiB": letter(body=b"x" * (50 * 2**20)),
}


@pytest.mark.parametrize("reason", LIMITS)
def test_the_reason_names_the_limit(reason):
    with pytest.raises(Unparsable, match=reason) as raised:
        parse(LIMITS[reason])
    assert raised.value.reason


STATUS = "Content-Type: message/delivery-status\n\n"
BOMBS = {
    "brackets in from": letter("From: " + "(" * 3072),
    "brackets in to": letter("To: " + "(" * 60_000 + "a@x.org"),
    "brackets in a date": letter("Date: " + "(" * 3072),
    "angle brackets": letter("To: " + "<" * 60_000),
    "quote marks": letter('To: "' + '\\"' * 30_000),
    "open quotes": letter('To: ' + '"a' * 30_000),
    "backslashes": letter("To: " + "\\" * 60_000),
    "colons": letter("To: " + "a:" * 30_000),
    "commas": letter("To: " + "," * 60_000),
    "spaces": letter("To: a" + " " * 60_000 + "b"),
    "at signs": letter("From: " + "@" * 60_000),
    "encoded words": letter("Subject: " + "=?utf-8?q?a?= " * 4000),
    "open encoded words": letter("Subject: " + "=?a?q?" * 10_000),
    "broken encoded words": letter("Subject: " + "=?utf-8?b?=?=" * 4000),
    "semicolons in a type": letter("Content-Type: text/plain" + ";" * 60_000),
    "parameters": letter("Content-Type: text/plain;" + "; ".join(f"a{i}=b" for i in range(6000))),
    "continued parameters": letter("Content-Disposition: x;" + "; ".join(f"filename*{i}*=a" for i in range(3000))),
    "a huge index": letter("Content-Disposition: attachment; filename*999999999999999999999*=x"),
    "quotes in a type": letter('Content-Type: multipart/mixed; boundary="' + '\\"' * 30_000),
    "an empty boundary": letter('Content-Type: multipart/mixed; boundary=""', body="--\n\nx\n----\n"),
    "no boundary": letter("Content-Type: multipart/mixed", body="--\n\nx"),
    "a boundary of signs": letter('Content-Type: multipart/mixed; boundary="(.*)+$"', body="--(.*)+$\n\nx\n"),
    "boundaries that never end": letter("Content-Type: multipart/mixed; boundary=x", body="--x\n" * 150),
    "many ids": letter("References: " + "<a@b>" * 12_000),
    "open ids": letter("References: " + "<a@b" * 15_000),
    "many headers": letter(*[f"X-{i}: y" for i in range(20_000)]),
    "empty lines": letter(body="\n" * 500_000),
    "nul bytes": letter("Subject: a\x00b", body=b"\x00" * 100_000),
    "only carriage returns": b"From: a@x.org\r\r" + b"\r" * 100_000,
    "a header without a colon": b"From: a@x.org\r\nnonsense\r\n\r\nbody",
    "a header that begins folded": b" folded\r\nFrom: a@x.org\r\n\r\nbody",
    "an empty header name": b": x\r\nFrom: a@x.org\r\n\r\nbody",
    "eight bits": b"From: \xff <\xe4@x.org>\r\nSubject: \x80\r\nContent-Type: \xff/\xff; charset=\xff\r\n\r\n\xff",
    "surrogates": letter("Subject: =?utf-8?q?=ED=A0=80?=", "From: =?utf-7?q?+2AA-?= <a@x.org>"),
    "an open tag a thousand times": letter("Content-Type: text/html", body="<b " * 100_000),
    "entities": letter("Content-Type: text/html", body="&" * 300_000),
    "comments": letter("Content-Type: text/html", body="<!--" * 100_000),
    "a deep page": letter("Content-Type: text/html", body="<div>" * 150_000),
    "a deep page in disguise": letter("Content-Type: text/html", body="<div><table></div></table>" * 30_000),
    "unclosed fonts": letter("Content-Type: text/html", body="<font color=a><p>" * 30_000),
    "fonts of many sizes": letter("Content-Type: text/html", body="".join(f"<font size={i}><p>" for i in range(9000))),
    "wide tags": letter("Content-Type: text/html", body="<a " + " ".join(f"a{i}" for i in range(150_000)) + ">"),
    "styles": letter("Content-Type: text/html", body="<p style='" + "color:red;" * 300 + "'>" * 500),
    "blockquotes": letter("Content-Type: text/html", body="<blockquote type=cite>" * 20_000),
    "quote marks in text": letter(body="> " * 250_000),
    "a long introduction": letter(body="On " + "a " * 250_000 + " wrote:\n> x"),
    "many introductions": letter(body="On Monday 10:00 x\n" * 30_000),
    "many sender lines": letter(body="From: x\n" * 60_000),
    "flowed text": letter("Content-Type: text/plain; format=flowed", body="> a \n" * 100_000),
    "uuencoded": letter("Content-Transfer-Encoding: x-uuencode", body="begin 644 x\n" + "M" * 60_000 + "\nend\n"),
    "binhex": letter("Content-Transfer-Encoding: binhex", body=":" * 60_000),
    "a bounce of many blocks": multipart("report", PLAIN, STATUS + "Action: failed\n\n" * 150),
    "a bounce of nothing": multipart("report", STATUS),
    "no message": multipart("mixed", "Content-Type: message/rfc822\n\n", "Content-Type: message/partial\n\nx"),
    "a punycode body": letter("Content-Type: text/plain; charset=punycode", body="a" * 100_000),
    "utf-7 html": letter("Content-Type: text/html; charset=utf-7", body="+ADw-script+AD4-x+ADw-/script+AD4-hi"),
}  # fmt: skip


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in strings(one)]
    return [text for one in value for text in strings(one)] if isinstance(value, list | tuple) else []


def assert_storable(mail: ParsedMail) -> None:
    """What every database takes: UTF-8, no NUL; and one line where one line is meant."""
    fields = dataclasses.asdict(mail)
    everything = strings([value for name, value in fields.items() if name != "attachments"])
    everything += [text for one in mail.attachments for text in (one.name, one.content_type, one.content_id or "")]
    for text in everything:
        assert "\0" not in text
        text.encode()
    people = [mail.sender, *mail.to, *mail.cc, *mail.reply_to]
    lines = [mail.subject, *(text for one in people for text in (one.name, one.email)), mail.message_id or ""]
    lines += [text for one in mail.attachments for text in (one.name, one.content_type, one.content_id or "")]
    assert not any(ord(sign) < 32 or 0x202A <= ord(sign) <= 0x202E for text in lines for sign in text)
    assert not any(set(one.name) & set("/\\") for one in mail.attachments)


JUST_STRANGE = {
    "brackets in from",
    "brackets in to",
    "quote marks",
    "encoded words",
    "nul bytes",
    "a deep page",
    "comments",
}


def assert_mail_or_reason(raw: bytes) -> ParsedMail | None:
    try:
        mail = parse(raw)
    except Unparsable:
        return None
    assert_storable(mail)
    return mail


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_a_mail_or_a_reason(name):
    began = time.monotonic()
    mail = assert_mail_or_reason(BOMBS[name])
    assert mail is not None or name not in JUST_STRANGE
    assert time.monotonic() - began < 40


def test_random_damage_gives_a_mail_or_a_reason():
    seed = multipart(
        "mixed", PLAIN + "hello", HTML + "<p style='color:red'>x</p>",
        'Content-Type: application/pdf; name="=?utf-8?q?a?="\nContent-Transfer-Encoding: base64\n\naGVsbG8=',
        headers=("References: <a@b> <c@d>",),
    )  # fmt: skip
    dice = random.Random(20261122)
    for _ in range(80):
        raw = bytearray(seed)
        for _ in range(dice.randint(1, 30)):
            at = dice.randrange(len(raw))
            raw[at : at + dice.randint(0, 3)] = dice.choice(
                [b"\0", b"\xff", b"\r\n", b";", b'"', b"=?", b"--=x=", b"(", b""]
            )
        assert_mail_or_reason(bytes(raw))


def test_work_without_end_is_stopped(monkeypatch):
    """Planted: a mail that costs as much as it likes. The kernel, not politeness, ends it."""
    monkeypatch.setattr(limits, "WALL_SECONDS", 100)  # a busy machine shall not get there first
    monkeypatch.setattr(limits, "CPU_SECONDS", 1)
    with pytest.raises(Unparsable, match="2 s of processor time"):
        parse(_planted("any(iter(int, 1))"))
    assert parse(letter()).subject == "It is broken"


@pytest.fixture(autouse=True)
def _unplanted():
    yield
    if _plants:
        parsing._START = _plants.pop()
        parsing.close()


_plants: list[str] = []


def _planted(harm: str) -> bytes:
    """Start the child with a reader that does harm on mails that ask for it."""
    _plants.append(parsing._START)
    parsing._START = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from elbowroom.kit.mail.reading import child, message\n"
        "read = message.read\n"
        "def harmful(chunks):\n"
        "    raw = b''.join(chunks)\n"
        "    if b'X-Harm' in raw:\n"
        f"        import os, signal, time; {harm}\n"
        "    return read([raw])\n"
        "message.read = harmful\n"
        "child.main()"
    )
    parsing.close()
    return letter("X-Harm: yes")


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ("x = bytearray(400 * 2**20)", "256 MiB of memory"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "crashed"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "killed"),
        ("os.abort()", "memory"),
        ("os._exit(7)", "exit 7"),
        ("os._exit(0)", "torn"),
        ("1 / 0", "failed"),
        ("os.write(os.open('/tmp', os.O_TMPFILE | os.O_RDWR), b'x')", "failed"),
    ],
)
def test_a_dead_reader_costs_one_mail(harm, reason):
    harmful = _planted(harm)
    with pytest.raises(Unparsable, match=reason):
        parse(harmful)
    assert parse(letter()).subject == "It is broken"


def test_a_reader_that_sleeps_is_woken_for_good(monkeypatch):
    monkeypatch.setattr(parsing, "_AGAIN", set())
    harmful = _planted("signal.setitimer(signal.ITIMER_REAL, 0.2); time.sleep(60)")
    with pytest.raises(Unparsable, match="longer than 5 s"):
        parse(harmful)


def test_the_warm_process_may_be_killed_at_any_time():
    assert parse(letter()).subject == "It is broken"
    process = parsing._reader._process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    assert parse(letter()).subject == "It is broken"


def test_many_threads_at_once_and_one_of_them_with_a_bomb():
    mails = [letter(f"Subject: number {i}") for i in range(60)] + [LIMITS["200 parts"]] * 6

    def told(raw: bytes) -> str:
        try:
            return parse(raw).subject
        except Unparsable as error:
            return error.reason

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(told, mails))
    assert answers[:60] == [f"number {i}" for i in range(60)]
    assert all("200 parts" in answer for answer in answers[60:])


def test_the_child_has_none_of_our_secrets(monkeypatch):
    monkeypatch.setenv("ELBOWROOM_SECRET", "hush")
    harmful = _planted("os._exit(9 if 'ELBOWROOM_SECRET' in os.environ else 8)")
    with pytest.raises(Unparsable, match="exit 8"):
        parse(harmful)


def test_no_process_is_left_behind():
    parse(letter())
    process = parsing._reader._process
    parsing.close()
    assert process is not None
    assert process.returncode is not None
    assert threading.active_count() < 20
