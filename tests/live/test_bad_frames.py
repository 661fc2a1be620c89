"""What no client of ours says: an error reply, nothing in the log, and the others are not slower."""

import json
import statistics
import time
from collections.abc import Iterator

import pytest

from tests.cast import LOG, Desk, Person, Tab, eventually

pytestmark = pytest.mark.sqlite  # no store is asked
MASK = b"\x00\x00\x00\x00"  # with which a payload stays as it is


@pytest.fixture
def tab(desk: Desk) -> Iterator[Tab]:
    """Somebody's socket who has all she may say still before her."""
    desk.live.buckets.clear()
    yield desk.person("hanna").tab()
    desk.live.buckets.clear()
    assert [one for one in LOG.events if one["level"] in ("error", "exception", "critical", "warning")] == []


@pytest.mark.parametrize(
    "said",
    ["", "no json", "{", "[]", "null", "7", '"hello"', '{"type": "fly"}', '{"type": null}', '{"type": ["hello"]}',
     "{}", '{"type": "watch"}', '{"type": "watch", "place": 7}', '{"type": "watch", "place": "ticket/1/../2"}',
     '{"type": "watch", "place": "ticket/%"}', '{"type": "watch", "place": "ticket/9999999999999999"}',
     '{"type": "watch", "place": "inbox/01"}', '{"type": "watch", "place": "inbox/0"}',
     '{"type": "here", "place": "ticket/1", "doing": "dancing"}', '{"type": "here"}', '{"type": "pong", "n": "1"}',
     '{"type": "watch", "place": "ticket/1 "}', "[" * 30_000, '{"type": "pong", "n": 1' + "0" * 5000 + "}",
     '{"type": "watch", "place": "ticket/1", "known": "yes"}', "\u0000", '{"type": "\\ud800"}'],
)  # fmt: skip
def test_what_is_no_message_gets_an_error_and_the_socket_goes_on(tab: Tab, said: str) -> None:
    tab.says_raw(said)
    wrong = tab.hears("error")["problem"]
    assert (wrong["status"], wrong["type"]) == (422, "/problems/bad-request")
    assert tab.watches("inbox/1")["type"] == "snapshot"


@pytest.mark.parametrize("said", [b"", b"\x00\xff\xfe", b"\x80", b"{", json.dumps({"type": "fly"}).encode()])
def test_bytes_are_read_as_text_or_refused(tab: Tab, said: bytes) -> None:
    tab.says_raw(said)
    assert tab.hears("error")["problem"]["status"] == 422
    tab.says_raw(json.dumps({"type": "watch", "place": "inbox/1"}).encode())
    assert tab.hears("snapshot")["place"] == "inbox/1"


@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024, 2 * 1024 * 1024 - 100])
def test_a_message_of_a_mebibyte_is_refused_in_words(tab: Tab, size: int) -> None:
    tab.says_raw("x" * size)
    assert tab.hears("error")["problem"]["status"] == 413
    assert tab.watches("inbox/1")["type"] == "snapshot"


def test_64_kib_are_fine(tab: Tab) -> None:
    said = json.dumps({"type": "watch", "place": "inbox/1", "more": ""})
    tab.says_raw(said.replace('""', '"' + "x" * (64 * 1024 - len(said)) + '"'))
    assert tab.hears("snapshot")["place"] == "inbox/1"


def test_beyond_two_mebibytes_the_connection_ends(tab: Tab) -> None:
    tab.says_raw("x" * (2 * 1024 * 1024 + 1))
    assert tab.ends() in {1009, 1006}  # 1006: she was still sending when the wire went


@pytest.mark.parametrize("broken", [
    (b"\x81\x82" + MASK + b"\xff\xfe", 1007),  # text that is no UTF-8
    (b"\x81\x02{}", 1002),  # not masked
    (b"\xc1\x80" + MASK, 1002),  # a bit that nobody agreed on
    (b"\x83\x80" + MASK, 1002),  # an unknown opcode
    (b"\x89\xfe\x00\x7e" + MASK + b"x" * 126, 1002),  # a ping too long
    (b"\x80\x80" + MASK, 1002),  # goes on with what was never begun
], ids=["utf-8", "mask", "bit", "opcode", "ping", "continued"])  # fmt: skip
def test_what_is_no_frame_ends_the_connection(tab: Tab, broken: tuple[bytes, int]) -> None:
    written, code = broken
    tab.wire.socket.sendall(written)
    assert tab.ends() == code


def test_after_eight_mistakes_it_is_no_client_of_ours(tab: Tab) -> None:
    for _ in range(20):
        tab.says_raw("no json")
    assert tab.hears("bye")["why"] == "mistakes"
    assert tab.ends() == 4008
    assert len([one for one in tab.heard if one["type"] == "error"]) == 8


def test_a_refusal_is_no_mistake(tab: Tab) -> None:
    for _ in range(20):
        tab.says(type="watch", place="ticket/999999")
    tab.watches("inbox/1")


def test_a_thousand_a_second_are_too_many(tab: Tab) -> None:
    for number in range(1000):
        tab.says(type="pong", n=number)
    refused = tab.hears("error")["problem"]
    assert (refused["status"], refused["retry_after"]) == (429, 1)
    assert tab.ends() == 4008


def test_what_one_may_say_comes_back_with_time(desk: Desk, tab: Tab) -> None:
    for number in range(200):
        tab.says(type="pong", n=number)
    eventually(lambda: desk.live.buckets[tab.person.id].level < 1, "all is said")
    desk.travel(1)
    tab.watches("inbox/1")


def test_her_tabs_share_what_she_may_say(desk: Desk, tab: Tab) -> None:
    other = tab.person.tab()
    for number in range(210):
        tab.says(type="pong", n=number)
    tab.hears("error")
    other.says(type="pong", n=1)
    assert other.hears("error")["problem"]["status"] == 429


def test_the_others_are_not_slower(desk: Desk, tab: Tab, bianca: Person, omid: Person, ticket: int) -> None:
    listening = omid.watches(f"ticket/{ticket}")

    def a_change_is_heard_within() -> float:
        begin = time.monotonic()
        bianca.notes(ticket, "Quick.").ok()
        listening.hears_fact("note_added")
        return time.monotonic() - begin

    quiet = statistics.median(a_change_is_heard_within() for _ in range(5))
    noisy = []
    for said in ("x" * 1024 * 1024, "[" * 60_000, *["no json"] * 300):
        tab.says_raw(said)
        if said != "no json":
            noisy.append(a_change_is_heard_within())
    noisy += [a_change_is_heard_within() for _ in range(5)]
    assert statistics.median(noisy) < quiet * 5 + 0.1


@pytest.mark.parametrize("beyond", [{"position": 10**30}, {"mark": 2**63}, {"position": -1}])
def test_a_resume_point_beyond_all_numbers_is_refused_in_words(
    desk: Desk, bianca: Person, beyond: dict[str, int]
) -> None:
    first = bianca.tab()
    at = {name: first.welcome[name] for name in ("epoch", "position", "mark")}
    wild = Tab(bianca, resume={**at, **beyond})
    bianca.tabs.append(wild)
    assert wild.hears("error")["problem"]["status"] == 422
    assert bianca.tab(resume=at).welcome["resumed"]
