"""What leaves is read back with our own parser and with the standard library's."""

import dataclasses
import email
import email.policy
import random

import pytest

from elbowroom.kit.mail.build import Outgoing, build
from elbowroom.kit.mail.parsed import Address, ParsedFile, ParsedMail
from elbowroom.kit.mail.reading import message

MAIL = Outgoing(
    sender=Address("Bianca", "desk@desk.example"),
    to=[Address("Nora Müller", "nora@example.org")],
    subject="Re: It is broken",
    text="Hello Nora,\n\nit is mended.\n",
    message_id="<er.m1.abc@desk.example>",
    date=1795338000.0,
)


def parse(raw: bytes) -> ParsedMail:
    """Without a child: these mails are our own."""
    return message.read([raw])


def like(**changes) -> Outgoing:
    return dataclasses.replace(MAIL, **changes)


def test_a_reply_in_its_thread():
    raw = build(like(in_reply_to="<1@example.org>", references=["<0@example.org>", "<1@example.org>"]))
    mail = parse(raw)
    assert mail.message_id == "<er.m1.abc@desk.example>"
    assert (mail.in_reply_to, mail.references) == (["<1@example.org>"], ["<0@example.org>", "<1@example.org>"])
    assert (mail.sender, mail.to) == (MAIL.sender, MAIL.to)
    assert (mail.subject, mail.sent_at, mail.text) == ("Re: It is broken", MAIL.date, MAIL.text.strip("\n"))
    assert mail.auto is None


def test_the_wire_gets_short_lines_of_ascii_with_crlf():
    raw = build(
        like(
            text="x" * 5000 + "\n你好\n", html="<p>" + "ü" * 5000, subject="ü" * 500, cc=[Address("你" * 100, "a@b.cc")]
        )
    )
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_same_mail_gives_the_same_bytes_but_for_boundaries():
    assert build(MAIL) == build(MAIL)


def test_long_ids_are_never_encoded():
    """The standard library folds them into =?utf-8?q?…?=, and no mail program finds the thread again."""
    long_ids = [f"<{'x' * length}@outlook.example>" for length in (60, 75, 90, 200, 400)]
    raw = build(like(references=long_ids, in_reply_to=long_ids[2]))
    assert b"=?" not in raw.split(b"References:")[1].split(b"MIME")[0]
    told = email.message_from_bytes(raw)
    assert " ".join(told["References"].split()) == " ".join(long_ids)
    assert told["In-Reply-To"].split() == [long_ids[2]]


@pytest.mark.parametrize(
    "name",
    [
        "Müller, Nora",
        'a "b" c',
        "名前" * 40,
        "Иванов И. И. (отдел)",
        "x=?utf-8?q?=0ABcc:_x?=y",
        "back\\slash",
        "a@b.cc",
        "😀" * 30,
        "",
        "Dr. X; Y",
    ],
)
def test_any_name_comes_back_as_it_was(name):
    raw = build(like(sender=Address(name, "a@b.example"), to=[Address(name, f"n{i}@b.example") for i in range(3)]))
    mail = parse(raw)
    assert mail.sender == Address(" ".join(name.split()), "a@b.example")
    assert [one.email for one in mail.to] == ["n0@b.example", "n1@b.example", "n2@b.example"]
    told = email.message_from_bytes(raw, policy=email.policy.default)
    assert [one.addr_spec for one in told["To"].addresses] == [one.email for one in mail.to]


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "x" * 300,
        "word " * 60,
        "你好" * 60,
        "=?utf-8?q?=0ABcc:_x?=",
        "a =?b",
        "ä" + "x" * 200,
        "😀" * 80,
        " edges ",
        "tab\there",
    ],
)
def test_any_subject_comes_back_as_it_was(subject):
    raw = build(like(subject=subject))
    assert parse(raw).subject == " ".join(subject.split())
    assert [name for name, _ in email.message_from_bytes(raw).items()].count("Bcc") == 0


def test_random_texts_come_back():
    dice = random.Random(5)
    signs = 'ab ,;:<>"()\\@=?_äß你😀\u00a0.-'
    for _ in range(60):
        text = "".join(dice.choice(signs) for _ in range(dice.randint(0, 120)))
        mail = parse(build(like(subject=text, sender=Address(text, "a@b.example"))))
        assert mail.subject.split() == text.split()
        assert mail.sender.email == "a@b.example"


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@evil.example", "a\nb", "a\rb", "a\0b", "a\x0bb", "a\u2028b", "a\x85b"])
def test_no_line_break_gets_into_a_header(evil):
    for change in (
        {"subject": evil},
        {"sender": Address(evil, "a@b.example")},
        {"to": [Address("", evil + "@b.example")]},
        {"cc": [Address("", "a@b.example" + evil)]},
        {"message_id": f"<{evil}@b.example>"},
        {"in_reply_to": f"<{evil}@b.example>"},
        {"references": [f"<{evil}@b.example>"]},
        {"headers": {"X-A": evil}},
        {"headers": {evil: "a"}},
    ):
        with pytest.raises(ValueError, match=r"."):
            build(like(**change))


def test_line_breaks_in_files_are_harmless():
    evil = ParsedFile("a\r\nX-Evil: 1\r\n\r\nbody.txt", "text/html\r\nX-Evil: 1", b"hi")
    raw = build(like(attachments=[evil, ParsedFile("=?utf-8?q?=0AX-Evil:_1?=.png", "image/png", b"x")]))
    assert b"\r\nX-Evil" not in raw
    assert [one.content for one in parse(raw).attachments] == [b"hi", b"x"]
    with pytest.raises(ValueError, match="content id"):
        build(like(html="x", attachments=[ParsedFile("a.png", "image/png", b"", "a\r\nX: y", inline=True)]))


@pytest.mark.parametrize("address", ["", "nora", "nora@", "@x.org", "a b@x.org", "nora@x.org>", "ü@x.org", "a@b@c.org"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ValueError, match="address"):
        build(like(to=[Address("", address)]))


def test_a_domain_of_other_letters_is_sent_as_punycode():
    assert b"<nora@xn--mller-kva.example>" in build(like(to=[Address("Nora", "nora@müller.example")]))


@pytest.mark.parametrize("name", ["From", "bcc", "Content-Type", "MIME-Version", "a b", "", "Ü", "Return-Path"])
def test_headers_that_are_ours_cannot_be_added(name):
    with pytest.raises(ValueError, match="header"):
        build(like(headers={name: "x"}))


def test_an_automatic_answer_says_so():
    raw = build(like(auto=True, headers={"X-Elbowroom": "answer"}))
    assert parse(raw).auto == "auto-replied"
    assert b"\r\nX-Auto-Response-Suppress: All\r\n" in raw
    assert b"\r\nX-Elbowroom: answer\r\n" in raw


def test_blind_copies_stand_in_the_envelope_alone():
    mail = like(
        cc=[Address("", "omid@desk.example")], bcc=[Address("", "audit@desk.example"), Address("", "nora@example.org")]
    )
    assert b"audit" not in build(mail)
    assert mail.recipients == ["nora@example.org", "omid@desk.example", "audit@desk.example"]


def test_text_html_pictures_and_files():
    logo = ParsedFile("logo.png", "image/png", b"PNG", "logo@desk", inline=True)
    bill = ParsedFile("Rechnung ü.pdf", "application/pdf", bytes(range(256)) * 100)
    page = ParsedFile("page.html", "text/html", b"<p>one\nline</p>")
    letter = ParsedFile("mail.eml", "message/rfc822", b"From: a@b.cc\n\nhi")
    mail = parse(build(like(html='<p>Hello <img src="cid:logo@desk"></p>', attachments=[logo, bill, page, letter])))
    assert mail.text == MAIL.text.strip("\n")
    assert mail.safe_html is not None
    assert 'data-cid="logo@desk"' in mail.safe_html
    found = {one.name: one for one in mail.attachments}
    assert found["logo.png"].inline
    for sent in (bill, page, letter):
        assert found[sent.name].content == sent.content


def test_signature_line_and_dots_survive():
    text = "one\n.\n.two\nFrom here\n-- \nBianca"
    assert parse(build(like(text=text))).text == text
