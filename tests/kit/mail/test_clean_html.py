"""What comes out of clean() is read again by another parser, which knows only what may be there."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from elbowroom.kit.mail import html as pages
from tests.kit.mail.hostile_html import HOSTILE

MAILS = [(kind, mail) for kind, mails in HOSTILE.items() for mail in mails]
TAGS = set(
    """a abbr address article b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt em
    figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section
    small span strike strong sub sup table tbody td tfoot th thead tr tt u ul var wbr""".split()
)
LOADS = re.compile(r"url|image|import|expression|position|behavior|binding|\\|/\*|@|var\(|:\s*-")
MUTE = set(
    """style dir lang title align valign width height bgcolor border cellpadding cellspacing colspan rowspan nowrap span
    color face size alt start type value data-cid data-remote-src rel target""".split()
)


class Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", {}))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", {}))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("declaration", {}))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", {}))


def complaints(html: str) -> list[str]:
    """Everything in it that could run or load."""
    said = []
    for tag, attributes in Reader(html).found:
        if tag not in TAGS:
            said.append(f"<{tag}>")
        for name, value in attributes.items():
            said += [f"{tag} {one}" for one in _of_attribute(tag, name, value or "")]
    return said


def _of_attribute(tag: str, name: str, value: str) -> list[str]:
    if name == "href" and tag == "a":
        good = urlsplit(value).scheme in ("http", "https", "mailto") and not re.search(r"[\x00-\x20\\]", value)
        return [] if good else [f"href={value}"]
    if name == "data-remote-src" and not re.match(r"https?://", value):
        return [f"{name}={value}"]
    if name == "style" and LOADS.search(value):
        return [f"style={value}"]
    return [] if name in MUTE else [name]


def test_there_are_enough_hostile_mails():
    assert len(MAILS) > 100


def test_the_reader_itself_complains_of_what_is_not_cleaned():
    assert sum(bool(complaints(mail)) for _, mail in MAILS) > 100


@pytest.mark.parametrize(("kind", "mail"), MAILS, ids=[f"{kind}-{at}" for at, (kind, _) in enumerate(MAILS)])
def test_nothing_runs_and_no_request_leaves(kind, mail):
    assert complaints(pages.clean(mail)) == []


@pytest.mark.parametrize(("kind", "mail"), MAILS, ids=[f"{kind}-{at}" for at, (kind, _) in enumerate(MAILS)])
def test_cleaning_twice_changes_nothing(kind, mail):
    once = pages.clean(mail)
    assert pages.clean(once) == once


def test_all_of_them_in_one_mail():
    assert complaints(pages.clean("\n".join(mail for _, mail in MAILS))) == []
    assert complaints(pages.clean("".join(mail for _, mail in reversed(MAILS)))) == []


@pytest.mark.parametrize(
    "prefix", ["<table><tr><td>", "<svg>", "<math>", "<select>", "<!--", "<a title='", "<p><b><i>"]
)
def test_whatever_was_open_before(prefix):
    for _, mail in MAILS:
        assert complaints(pages.clean(prefix + mail)) == []


def test_a_remote_image_is_named_but_not_loaded():
    clean = pages.clean('<img src="https://shop.example/a b.png?x=1&amp;y=2" alt="Shop" width="20">')
    assert Reader(clean).found == [
        ("img", {"alt": "Shop", "width": "20", "data-remote-src": "https://shop.example/a%20b.png?x=1&y=2"})
    ]
    assert "data-remote-src" in pages.clean("<img src='//shop.example/a.png'>")


def test_an_attached_image_is_named_by_its_content_id():
    assert Reader(pages.clean('<img src="cid:logo%40shop">')).found == [("img", {"data-cid": "logo@shop"})]


def test_a_link_opens_elsewhere_and_tells_nothing():
    [(_, attributes)] = Reader(
        pages.clean("<a href='https://shop.example/?a=1&b=2' target=_top rel=opener>x</a>")
    ).found
    assert attributes == {
        "href": "https://shop.example/?a=1&b=2", "target": "_blank", "rel": "noopener noreferrer nofollow",
    }  # fmt: skip
    assert 'href="mailto:a@b.example"' in pages.clean("<a href='mailto:a@b.example'>x</a>")


def test_honest_looks_survive():
    clean = pages.clean(
        '<table width="600" bgcolor="#ffffff" cellpadding=4><tr><td align="center" colspan=2 '
        "style=\"padding: 4px 8px; color: rgb(1, 2, 3); background: #eee; font-family: 'Segoe UI', Arial\">"
        "<font color=red size=2>Hi</font></td></tr></table>"
    )
    for kept in (
        'width="600"',
        "padding: 4px 8px",
        "rgb(1, 2, 3)",
        "background-color: #eee",
        "Segoe UI",
        'color="red"',
    ):
        assert kept in clean


def test_style_blocks_go_with_what_they_hold():
    assert pages.clean("<style>p{color:red}</style><title>T</title><p>x</p>") == "<p>x</p>"


@pytest.mark.parametrize(
    "html", ["<div>" * 100_000 + "deep", "<a " + " ".join(f"a{i}=1" for i in range(100_000)) + ">wide</a>", "x" * 2**21]
)
def test_what_would_take_long_becomes_plain_text(html):
    assert complaints(pages.clean(html)) == []
