"""Ordinary mail, and mail that is merely careless."""

import base64

import pytest

from elbowroom.kit.mail.parse import Unparsable, parse
from elbowroom.kit.mail.parsed import Address, Cut
from tests.kit.mail.letters import HTML, PLAIN, letter, multipart


def test_a_plain_mail():
    mail = parse(letter("Cc: Omid <omid@Example.NET>", "Reply-To: nora@home.example", body="Hello\nBianca\n"))
    assert mail.message_id == "<1@example.org>"
    assert mail.sender == Address("Nora Customer", "nora@example.org")
    assert mail.to == [Address("", "desk@example.com")]
    assert mail.cc == [Address("Omid", "omid@example.net")]
    assert mail.reply_to == [Address("", "nora@home.example")]
    assert (mail.subject, mail.text, mail.html) == ("It is broken", "Hello\nBianca", None)
    assert mail.sent_at == 1795338000
    assert (mail.auto, mail.bounce, mail.attachments) == (None, None, [])


def test_a_mail_with_nothing_but_a_sender():
    mail = parse(b"From: nora@example.org\r\n\r\n")
    assert (mail.message_id, mail.subject, mail.sent_at, mail.text, mail.to) == (None, "", None, "", [])


@pytest.mark.parametrize("eol", ["\n", "\r", "\r\n"])
def test_any_line_end(eol):
    mail = parse(letter(body="one\ntwo", eol=eol))
    assert (mail.sender.email, mail.text) == ("nora@example.org", "one\ntwo")


@pytest.mark.parametrize(
    ("header", "name", "email"),
    [
        ("=?utf-8?q?M=C3=BCller=2C_Nora?= <n@x.org>", "Müller, Nora", "n@x.org"),
        ("=?gb2312?B?1cXI/Q==?= <n@x.org>", "张三", "n@x.org"),
        ("=?koi8-r?B?6dfBzg==?= <n@x.org>", "Иван", "n@x.org"),
        ("=?utf-8?B?5L2g?= =?utf-8?B?5aW9?= <n@x.org>", "你好", "n@x.org"),
        ("=?utf-8?B?5L2g5Q==?= =?utf-8?B?pb0=?= <n@x.org>", "你好", "n@x.org"),
        ("=?nonsense?q?=E4?= <n@x.org>", "ä", "n@x.org"),
        ("=?utf-8?b?!!!?= <n@x.org>", "", "n@x.org"),
        ('"Müller, Nora" <n@x.org>', "Müller, Nora", "n@x.org"),
        ('"a \\" b" <n@x.org>', 'a " b', "n@x.org"),
        ("n@x.org (Nora (at home))", "Nora (at home)", "n@x.org"),
        ("Nora <n@X.ORG.>", "Nora", "n@x.org"),
        ("<@relay.org,@other.org:n@x.org>", "", "n@x.org"),
        ("Nora <not an address>", "Nora", ""),
        ("no address at all", "no address at all", ""),
        ("=?utf-8?q?a=0D=0AB?= <n@x.org>", "a B", "n@x.org"),
        ("a\u202eb\u2066c\u200f <n@x.org>", "abc", "n@x.org"),
        ("Nora <n@x.org\u202e>", "Nora", ""),
        ('"Nora <n@x.org>', "Nora", "n@x.org"),
    ],
)
def test_names_of_senders(header, name, email):
    assert parse(letter(f"From: {header}")).sender == Address(name, email)


def test_groups_and_lists_of_addresses():
    mail = parse(letter('To: Friends: a@x.org, "B, C" <b@x.org>;, undisclosed-recipients:;, d@x.org'))
    assert [one.email for one in mail.to] == ["a@x.org", "b@x.org", "d@x.org"]


def test_an_encoded_comma_adds_no_recipient():
    mail = parse(letter("To: =?utf-8?q?a=2C_evil=40x.org=2C?= <b@x.org>"))
    assert mail.to == [Address("a, evil@x.org,", "b@x.org")]


def test_the_subject_is_one_clean_line():
    assert parse(letter("Subject: =?utf-8?q?a=0D=0ABcc:_x=00=1B[31m?=")).subject == "a Bcc: x [31m"
    assert parse(letter("Subject: folded\r\n\tand\r\n more")).subject == "folded and more"
    assert parse(letter("Subject: a\u202etxt.exe")).subject == "atxt.exe"


def test_headers_in_eight_bits():
    assert parse(letter("Subject: Grüße")).subject == "Grüße"
    assert parse(letter().replace(b"It is broken", "Grüße".encode("cp1252"))).subject == "Grüße"


@pytest.mark.parametrize(
    ("charset", "content", "text"),
    [
        ("utf-8", "Grüße".encode(), "Grüße"),
        ("iso-8859-1", "„Grüße“ €".encode("cp1252"), "„Grüße“ €"),
        ("gb2312", "你好镕".encode("gb18030"), "你好镕"),
        ("windows-1251", "Привет".encode("cp1251"), "Привет"),
        ("iso-2022-jp", "日本".encode("iso2022_jp"), "日本"),
        ("does-not-exist", "Grüße".encode(), "Grüße"),
        ("us-ascii", "Grüße".encode("cp1252"), "Grüße"),
        ("utf-8", b"broken \xff byte", "broken ÿ byte"),
        ("rot13", b"abc", "abc"),
        ("idna", b"abc", "abc"),
        ("unicode_escape", rb"\u0041", r"\u0041"),
        ("", "Grüße".encode(), "Grüße"),
        ("utf-8", b"a\x00b\x0cc\x1b[0m", "abc[0m"),
    ],
)
def test_charsets_named_rightly_or_not(charset, content, text):
    assert parse(letter(f"Content-Type: text/plain; charset={charset}", body=content)).text == text


def test_the_charset_that_html_names_itself():
    body = '<meta charset="windows-1251"><p>Привет</p>'.encode("cp1251")
    assert parse(letter("Content-Type: text/html", body=body)).text == "Привет"


@pytest.mark.parametrize(
    ("packed", "text"),
    [
        ("SGVsbG8gTm9yYQ==", "Hello Nora"),
        ("SGVsbG8gTm9yYQ", "Hello Nora"),
        ("SGVs!!bG8g\n\n Tm9yYQ==", "Hello Nora"),
        ("SGVsbG8gTm9yYQ==\n--\nlist footer", "Hello Nora"),
        ("S", ""),
    ],
)
def test_base64_that_is_a_little_wrong(packed, text):
    assert parse(letter("Content-Transfer-Encoding: base64", body=packed)).text.startswith(text)


def test_quoted_printable_and_unknown_encodings():
    assert parse(letter("Content-Transfer-Encoding: quoted-printable", body="Gr=C3=BC=\n=DF=ZZ")).text.startswith("Grü")
    assert parse(letter("Content-Transfer-Encoding: x-made-up", body="as it is")).text == "as it is"


def test_flowed_text_is_joined_and_the_signature_mark_kept():
    body = "This goes \non here\n> and this \n> too\n-- \nNora"
    mail = parse(letter("Content-Type: text/plain; format=flowed", body=body))
    assert mail.text == "This goes on here\n> and this too\n-- \nNora"


def test_text_and_html_of_the_same():
    mail = parse(multipart("alternative", PLAIN + "Hello", HTML + "<p>Hello</p>"))
    assert (mail.text, mail.html, mail.safe_html) == ("Hello", "<p>Hello</p>", "<p>Hello</p>")


def test_html_alone_is_read_as_text_too():
    mail = parse(letter("Content-Type: text/html", body="<p>Hello <b>Bianca</b></p><script>x()</script>"))
    assert (mail.text, mail.safe_html) == ("Hello Bianca", "<p>Hello <b>Bianca</b></p>")


def test_text_around_a_picture_stays_in_order():
    picture = "Content-Type: image/png; name=a.png\nContent-Disposition: inline\n\nPNG"
    mail = parse(multipart("mixed", PLAIN + "before", picture, PLAIN + "after"))
    assert mail.text == "before\nafter"
    assert [one.name for one in mail.attachments] == ["a.png"]


def test_text_beside_html_is_not_lost():
    mail = parse(multipart("mixed", HTML + "<p>Hello</p>", PLAIN + "-- \nList <footer>"))
    assert mail.safe_html is not None
    assert "Hello" in mail.safe_html
    assert "List &lt;footer&gt;" in mail.safe_html


def test_a_file_and_a_picture_inside_the_text():
    picture = "Content-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\naGk="
    paper = "Content-Type: application/pdf\nContent-Disposition: attachment; filename=bill.pdf\n\nPDF"
    inner = multipart("related", HTML + "<img src='cid:logo%40x'>", picture, boundary="in")
    related = inner[inner.index(b"Content-Type: multipart") :]
    mail = parse(multipart("mixed", related, paper))
    first, second = mail.attachments
    assert (first.content, first.content_id, first.inline) == (b"hi", "logo@x", True)
    assert (second.name, second.content_type, second.content, second.inline) == (
        "bill.pdf",
        "application/pdf",
        b"PDF",
        False,
    )
    assert mail.safe_html == '<img data-cid="logo@x">'


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename=plain.txt", "plain.txt"),
        ("filename*=utf-8''Rechnung%20%C3%BC.pdf", "Rechnung ü.pdf"),
        ("filename*0=long; filename*1=name.txt", "longname.txt"),
        ("filename*0*=utf-8''a%C3; filename*1*=%BC.txt", "aü.txt"),
        ('filename="=?utf-8?b?5L2g5aW9LnR4dA==?="', "你好.txt"),
        ('filename="=?utf-8?q?..=2F..=2Fetc=2Fpasswd?="', "passwd"),
        ("filename*=utf-8''..%2F..%2Fetc%2Fpasswd", "passwd"),
        (r'filename="C:\\Users\\x\\secret.doc"', "secret.doc"),
        ('filename="/etc/passwd"', "passwd"),
        ('filename="../"', "attachment.bin"),
        ('filename=".."', "attachment.bin"),
        ('filename=".htaccess"', "htaccess"),
        ("filename*=utf-8''a%0D%0AX: y.txt", "a X_ y.txt"),
        ("filename*=utf-8''gpj%E2%80%AEexe.txt", "gpjexe.txt"),
        ("filename*=utf-8''a%00.txt", "a .txt"),
        ('filename="a:b*c?.txt"', "a_b_c_.txt"),
        ("filename*=made-up''x%FF.txt", "xÿ.txt"),
        ("filename*=", "attachment.bin"),
        ("", "attachment.bin"),
        (f'filename="{"x" * 500}.pdf"', "x" * 146 + ".pdf"),
    ],
)
def test_file_names(disposition, name):
    part = f"Content-Type: application/octet-stream\nContent-Disposition: attachment; {disposition}\n\ncontent"
    [one] = parse(multipart("mixed", PLAIN + "see file", part)).attachments
    assert one.name == (name if name != "attachment.bin" else "attachment")


def test_a_content_type_brings_no_header_along():
    part = "Content-Type: text/x\u2028html; name=a\nContent-Disposition: attachment\n\nx"
    [one] = parse(multipart("mixed", PLAIN, part)).attachments
    assert one.content_type in ("application/octet-stream", "text/plain")


def test_a_mail_inside_the_mail_is_a_file():
    inner = letter("Subject: the inner one").decode()
    mail = parse(
        multipart("mixed", PLAIN + "see there", "Content-Type: message/rfc822\n\n" + inner.replace("\r\n", "\n"))
    )
    [one] = mail.attachments
    assert (one.name, one.content_type) == ("the inner one.eml", "message/rfc822")
    assert b"Subject: the inner one" in one.content


def test_ids_of_a_thread():
    mail = parse(letter("In-Reply-To: <a@x> (his mail)", "References: <r1@x>\r\n <r2@x>,<a@x> <a@x>"))
    assert (mail.in_reply_to, mail.references) == (["<a@x>"], ["<r1@x>", "<r2@x>", "<a@x>"])
    assert parse(letter("Message-ID: bare@x")).message_id == "<bare@x>"
    many = " ".join(f"<{i}@x>" for i in range(500))
    found = parse(letter(f"References: {many}")).references
    assert (len(found), found[0], found[-1]) == (100, "<0@x>", "<499@x>")


@pytest.mark.parametrize(
    "date",
    ["", "yesterday", "Sun, 99 Nov 2026 10:00:00", "1 Jan 0001 00:00:00 +9999", "9" * 5000, "Mon, 1 Jan 99999 1:1:1"],
)
def test_dates_that_are_none(date):
    assert parse(letter(f"Date: {date}")).sent_at is None


def test_kept_headers_are_few_and_clean():
    mail = parse(letter("Authentication-Results: mx; spf=pass", "X-Evil: 1", "X-Mailer: a\r\n b"))
    assert mail.headers["authentication-results"] == ["mx; spf=pass"]
    assert mail.headers["x-mailer"] == ["a b"]
    assert "x-evil" not in mail.headers


def test_the_hash_is_the_same_on_every_way_and_another_for_another_mail():
    once = parse(letter("Received: by one")).content_hash
    assert parse(letter("Received: by two", "Return-Path: <x@y>", "Message-ID: <other@x>")).content_hash == once
    for other in (letter("Subject: other"), letter("From: b@x.org"), letter("Date: today"), letter(body="other")):
        assert parse(other).content_hash != once
    paper = "Content-Type: application/pdf\n\n"
    one, two = (parse(multipart("mixed", PLAIN, paper + content)).content_hash for content in "ab")
    assert one != two


def test_the_visible_part_comes_along():
    mail = parse(letter(body="Thanks!\n\nOn Sun, 22 Nov 2026 10:00, Bianca <b@x.org> wrote:\n> old\n> older"))
    assert mail.visible.text == "Thanks!"
    assert "older" in mail.text


def test_a_large_body_is_a_file_and_its_beginning_text():
    mail = parse(letter(body="line of text\n" * 100_000))
    assert len(mail.text) <= 2**20
    assert [len(one.content) for one in mail.attachments] == [len("line of text\r\n") * 100_000]


def test_a_file_of_twenty_megabytes_arrives_whole():
    content = bytes(range(256)) * (20 * 2**12)
    part = b"Content-Type: application/zip\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(content)
    [one] = parse(multipart("mixed", PLAIN, part)).attachments
    assert one.content == content


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"just some words\r\nwithout any header", "headers"),
        (bytes(range(256)) * 40, "headers"),
        (Cut(letter(), 73 * 2**20), "larger than 50 MiB (73 MiB)"),
    ],
)
def test_what_is_no_mail_says_why(raw, reason):
    with pytest.raises(Unparsable, match=reason.replace("(", r"\(").replace(")", r"\)")):
        parse(raw)
