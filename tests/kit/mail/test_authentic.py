"""Whose word counts that a mail is from its sender, and how much of it."""

import pytest

from elbowroom.kit.mail.authentic import vouches
from elbowroom.kit.mail.parse import parse
from tests.kit.mail.letters import letter

US, SENDER = "mx.desk.example", "bianca@desk.example"


@pytest.mark.parametrize(
    "said",
    [
        "dmarc=pass (p=reject dis=none) header.from=desk.example",
        "dkim=pass (2048-bit key) header.d=desk.example header.s=s1; spf=fail smtp.mailfrom=x@elsewhere.example",
        "dkim=fail header.d=desk.example; dkim=pass header.i=@desk.example",
        "spf=pass smtp.mailfrom=bianca@desk.example",
        "SPF=Pass smtp.mailfrom=DESK.example; dmarc=none",
        'dkim=pass reason="good; signature" header.d=desk.example',
    ],
)
def test_our_server_vouches(said: str) -> None:
    assert vouches([f"{US}; {said}"], US, SENDER)
    assert vouches([f"{US.upper()} 1; {said}"], US, SENDER)
    assert vouches(["other.example; dmarc=fail header.from=desk.example", f"{US}; {said}"], US, SENDER)


@pytest.mark.parametrize(
    "said",
    [
        "none",
        "dmarc=fail header.from=desk.example",
        "dmarc=pass header.from=elsewhere.example",
        "dmarc=pass",
        "dkim=pass header.d=elsewhere.example",
        "dkim=pass header.d=evil-desk.example",
        "dkim=pass header.d=example",
        "dkim=pass header.d=sub.desk.example",
        "spf=pass smtp.helo=desk.example",
        "spf=softfail smtp.mailfrom=bianca@desk.example",
        "spf=pass smtp.mailfrom=bianca@desk.example; dmarc=fail header.from=desk.example",
        "auth=pass smtp.auth=bianca@desk.example",
        'spf=fail smtp.mailfrom="x; dmarc=pass header.from=desk.example"@elsewhere.example',
        "spf=fail (sender is x; dmarc=pass header.from=desk.example)",
        "spf=fail (sender (is) x; dmarc=pass header.from=desk.example",
        'spf=fail smtp.mailfrom="x; dmarc=pass header.from=desk.example',
        "dkim=fail reason=header.d=desk.example",
    ],
)
def test_it_vouches_for_nothing_of_the_kind(said: str) -> None:
    assert not vouches([f"{US}; {said}"], US, SENDER)


def test_only_the_topmost_header_of_the_named_server_counts() -> None:
    passed, failed = f"{US}; dmarc=pass header.from=desk.example", f"{US}; dmarc=fail header.from=desk.example"
    assert not vouches([failed, passed], US, SENDER)
    assert not vouches(["mx.desk.example.evil.example; dmarc=pass header.from=desk.example"], US, SENDER)
    assert not vouches([passed], "", SENDER)
    assert not vouches([], US, SENDER)
    assert vouches([passed, failed], US, SENDER)


def test_an_encoded_word_in_a_verdict_stays_closed() -> None:
    """The server copies what the sender said; decoded it would be a verdict of its own."""
    word = "=?utf-8?q?x=3B_dmarc=3Dpass_header.from=3Ddesk.example=3B_y?="
    raw = letter(f"From: {SENDER}", f"Authentication-Results: {US}; spf=fail smtp.mailfrom={word}@elsewhere.example")
    assert not vouches(parse(raw).headers["authentication-results"], US, SENDER)
