"""One command id, one effect, the same answer on each retry, whatever happened in between."""

from typing import Any

import pytest

from tests.cast import Desk, Nora, Person


def test_a_retried_reply_gets_its_answer_though_others_wrote_since(
    bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    first = bianca.replies(ticket, "Change the fuse.", seen=1, key=f"reply {ticket}").ok()
    hanna.replies(ticket, "And the bulb.", seen=2).ok()
    nora.answers(ticket, "Thanks!")
    again = bianca.replies(ticket, "Change the fuse.", seen=1, key=f"reply {ticket}")
    assert (again.status, again.body) == (201, first.body)
    assert [one["text"] for one in bianca.messages(ticket)].count("Change the fuse.") == 1
    assert bianca.held(ticket) == []


def test_a_retried_held_reply_is_held_once(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    first = hanna.replies(ticket, "And the bulb.", seen=1, key=f"held {ticket}")
    again = hanna.replies(ticket, "And the bulb.", seen=1, key=f"held {ticket}")
    assert (again.status, again.body) == (409, first.body)
    assert len(hanna.held(ticket)) == 1


def test_the_same_key_for_another_text_is_refused_and_nothing_is_stored(bianca: Person, ticket: int) -> None:
    bianca.replies(ticket, "Change the fuse.", seen=1, key=f"one {ticket}").ok()
    other = bianca.replies(ticket, "Change the bulb.", seen=2, key=f"one {ticket}")
    assert (other.status, other.problem) == (422, "key-reused")
    assert len(bianca.messages(ticket)) == 2


def test_a_key_is_a_persons_own(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.notes(ticket, "One.").ok()
    sent = {"body": "Same words.", "seen": 1}
    assert bianca.send("POST", f"/tickets/{ticket}/replies", sent, key=f"ours {ticket}").status == 201
    assert hanna.send("POST", f"/tickets/{ticket}/replies", sent, key=f"ours {ticket}").problem == "reply-held"


def test_what_was_refused_and_not_kept_may_be_sent_again_with_its_key(bianca: Person, ticket: int) -> None:
    path = f"/tickets/{ticket}/replies"
    refused = {"body": "Dear Nora", "seen": 1, "attachments": [999]}
    assert bianca.send("POST", path, refused, key=f"k {ticket}").status == 422
    assert bianca.send("POST", path, {"body": "Dear Nora", "seen": 1}, key=f"k {ticket}").status == 201


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "", {"subject": {"to": "Bulb", "from_version": 2}}),
        ("PUT", "/owner", {"agent": 2, "instead_of": None}),
        ("PUT", "/labels/lamp", None),
        ("POST", "/notes", {"body": "She called."}),
        ("POST", "/lock", None),
        ("DELETE", "", None),
    ],
)
def test_a_retry_does_nothing_twice_and_conflicts_not_with_itself(
    desk: Desk, bianca: Person, hanna: Person, ticket: int, method: str, path: str, body: Any
) -> None:
    first = bianca.send(method, f"/tickets/{ticket}{path}", body, key=f"same {ticket}").ok()
    facts = desk.facts(f"ticket/{ticket}")
    again = bianca.send(method, f"/tickets/{ticket}{path}", body, key=f"same {ticket}").ok()
    assert again.body == first.body
    assert desk.facts(f"ticket/{ticket}") == facts


def test_a_command_of_another_epoch_catches_up_first(bianca: Person, ticket: int) -> None:
    epoch = bianca.get("/desk").ok()["epoch"]
    body = {"body": "She called."}
    assert bianca.send("POST", f"/tickets/{ticket}/notes", body, X_Epoch="older").problem == "resync"
    assert bianca.send("POST", f"/tickets/{ticket}/notes", body, X_Epoch=epoch).status == 201
    assert len(bianca.messages(ticket)) == 2


def test_programs_need_no_key(desk: Desk, bianca: Person, ticket: int) -> None:
    program = desk.program("bianca", "read", "reply")
    body = {"body": "Beep.", "seen": 1}
    assert bianca.send("POST", f"/tickets/{ticket}/replies", body, key=None).problem == "key-missing"
    assert program.send("POST", f"/tickets/{ticket}/replies", body, key=None).status == 201
