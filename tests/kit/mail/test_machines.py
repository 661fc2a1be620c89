"""Mail by machines: what nobody answers automatically, and what came back."""

import pytest

from elbowroom.kit.mail.parse import parse
from elbowroom.kit.mail.parsed import Bounce
from tests.kit.mail.letters import PLAIN, letter, multipart


@pytest.mark.parametrize(
    ("header", "auto"),
    [
        ("Auto-Submitted: auto-replied", "auto-replied"),
        ("Auto-Submitted: Auto-Replied (vacation); owner=x", "auto-replied"),
        ("Auto-Submitted: auto-generated", "auto-generated"),
        ("Auto-Submitted: something-new", "auto-generated"),
        ("Auto-Submitted: no", None),
        ("X-Autoreply: yes", "auto-replied"),
        ("X-Autorespond: re", "auto-replied"),
        ("Precedence: auto_reply", "auto-replied"),
        ("Precedence: bulk", "bulk"),
        ("Precedence: junk", "bulk"),
        ("Precedence: list", "list"),
        ("Precedence: first-class", None),
        ("List-Id: <list.example.org>", "list"),
        ("List-Unsubscribe: <https://x.example>", "bulk"),
        ("X-Auto-Response-Suppress: All", "auto-generated"),
        ("X-Auto-Response-Suppress: DR, OOF, AutoReply", "auto-generated"),
        ("X-Auto-Response-Suppress: DR", None),
        ("Return-Path: <>", "auto-generated"),
        ("Return-Path: < >", "auto-generated"),
        ("Return-Path: <nora@example.org>", None),
        ("From: Mail <MAILER-DAEMON@mx.example>", "report"),
        ("Content-Type: multipart/report; boundary=x", "report"),
        ("X-Anything: else", None),
    ],
)
def test_signs_of_a_machine(header, auto):
    assert parse(letter(header)).auto == auto


STATUS = """Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; Omid@Example.NET
Action: delayed
Status: 4.2.0

Original-Recipient: rfc822; nora@example.org
Final-Recipient: rfc822; Nora@Example.ORG
Action: failed
Status: 5.1.1 (user unknown)
Remote-MTA: dns; mx.example.org
Diagnostic-Code: smtp; 550 5.1.1 <nora@example.org>:
 no such user

"""
ORIGINAL = "Content-Type: {kind}\n\nFrom: desk@desk.example\nMessage-ID: <er.m1.abc@desk.example>\nSubject: x\n\nbody"


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_bounce_tells_who_why_and_which_mail(kind):
    mail = parse(multipart("report; report-type=delivery-status", PLAIN + "sorry", STATUS, ORIGINAL.format(kind=kind)))
    assert mail.auto == "report"
    assert mail.bounce == Bounce(
        recipient="Nora@example.org",
        status="5.1.1",
        diagnostic="550 5.1.1 <nora@example.org>: no such user",
        original_id="<er.m1.abc@desk.example>",
        action="failed",
    )
    assert mail.text == "sorry"


def test_a_delay_is_no_failure():
    only = STATUS.partition("Original-Recipient")[0]
    bounce = parse(multipart("report", PLAIN + "later", only)).bounce
    assert bounce is not None
    assert (bounce.action, bounce.status, bounce.original_id) == ("delayed", "4.2.0", None)


def test_a_read_receipt_is_a_report_but_no_bounce():
    receipt = "Content-Type: message/disposition-notification\n\nDisposition: manual-action; displayed\n"
    mail = parse(multipart("report; report-type=disposition-notification", PLAIN + "read", receipt))
    assert (mail.auto, mail.bounce) == ("report", None)


def test_a_bounce_with_hostile_fields_is_clean():
    status = "Content-Type: message/delivery-status\n\nFinal-Recipient: x\x1b[31m\u202e<b>\n"
    status += "Diagnostic-Code: =?utf-8?q?=0A=00?=x\n"
    bounce = parse(multipart("report", PLAIN, status)).bounce
    assert bounce is not None
    assert not any(ord(sign) < 32 or sign == "\u202e" for sign in bounce.recipient + bounce.diagnostic)
