"""One function admits replies: what its author had not seen holds it, and no text is ever lost."""

import pytest

from tests.cast import UNDO_FOR, Desk, Nora, Person


def test_a_reply_leaves_and_answers_with_itself(desk: Desk, bianca: Person, ticket: int) -> None:
    answer = bianca.replies(ticket, "Change the fuse.", seen=1)
    assert answer.status == 201
    assert answer["message"]["number"] == 2
    assert answer["message"]["author"]["name"] == "Bianca"
    assert answer["message"]["state"] == "left"
    assert answer["ticket"]["head"] == 2
    kinds = [fact["kind"] for fact in answer["facts"]]
    assert kinds == ["reply_submitted", "field_changed", "reply_left"]


def test_a_reply_waits_for_its_undo_time_and_not_a_second_longer(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    tab = bianca.watches(f"ticket/{ticket}")
    message = bianca.replies(ticket, "Change the fuse.")["message"]
    desk.travel(UNDO_FOR - 1)
    assert bianca.messages(ticket)[-1]["state"] == "waiting"
    assert message["id"] not in desk.postman.carried
    desk.travel(1)
    assert tab.hears_fact("reply_left")["data"]["message"]["state"] == "left"
    assert message["id"] in desk.postman.carried


def test_of_two_replies_the_second_is_held_with_the_first_shown(bianca: Person, hanna: Person, ticket: int) -> None:
    assert bianca.replies(ticket, "Change the fuse.", seen=1).status == 201
    held = hanna.replies(ticket, "Change the bulb.", seen=1)
    assert (held.status, held.problem, held["reason"]) == (409, "reply-held", "unseen")
    assert [one["text"] for one in held["unseen"]] == ["Change the fuse."]
    assert held["head"] == 2
    assert "Bianca" in held["title"]
    assert [one["body"] for one in hanna.held(ticket)] == ["Change the bulb."]
    assert [one["text"] for one in bianca.messages(ticket)] == ["My lamp is broken.", "Change the fuse."]


def test_a_customers_new_message_holds_a_reply(bianca: Person, nora: Nora, ticket: int) -> None:
    nora.answers(ticket, "It works again!")
    held = bianca.replies(ticket, "Change the fuse.", seen=1)
    assert held.problem == "reply-held"
    assert held["unseen"][0]["text"] == "It works again!"
    assert bianca.replies(ticket, "Glad to hear.", seen=2, held=held["held"]).status == 201
    assert bianca.held(ticket) == []


def test_neither_a_note_nor_a_machine_holds_a_reply(bianca: Person, hanna: Person, nora: Nora, ticket: int) -> None:
    hanna.notes(ticket, "She called before.").ok()
    nora.answers(ticket, "I am out of office.", is_auto=True)
    assert bianca.replies(ticket, "Change the fuse.", seen=1).status == 201


def test_her_own_reply_from_another_tab_counts_as_unseen(bianca: Person, ticket: int) -> None:
    assert bianca.replies(ticket, "Change the fuse.", seen=1).status == 201
    assert bianca.replies(ticket, "Change the bulb.", seen=1).problem == "reply-held"
    assert bianca.replies(ticket, "Change the bulb too.", seen=2).status == 201


def test_a_confirmed_reply_goes_when_nothing_newer_came(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    held = hanna.replies(ticket, "And the bulb.", seen=1)
    confirmed = hanna.replies(ticket, "And the bulb.", seen=held["head"], held=held["held"])
    assert confirmed.status == 201
    assert hanna.held(ticket) == []


def test_confirmed_too_late_it_is_held_again_as_the_same_entry(
    bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    held = hanna.replies(ticket, "And the bulb.", seen=1)
    nora.answers(ticket, "Which fuse?")
    again = hanna.replies(ticket, "And the bulb, Nora.", seen=2, held=held["held"])
    assert (again.problem, again["held"]) == ("reply-held", held["held"])
    assert [one["text"] for one in again["unseen"]] == ["Which fuse?"]
    assert [one["body"] for one in hanna.held(ticket)] == ["And the bulb, Nora."]


def test_a_held_text_that_was_settled_meanwhile_is_kept_when_it_is_sent(
    bianca: Person, hanna: Person, ticket: int
) -> None:
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    held = hanna.replies(ticket, "And the bulb.", seen=1)["held"]
    hanna.send("DELETE", f"/held/{held}").ok()
    late = hanna.replies(ticket, "And the bulb, from my other tab.", seen=2, held=held)
    assert late.status == 404
    assert [one["body"] for one in hanna.held(ticket)] == ["And the bulb, from my other tab."]
    assert len(bianca.messages(ticket)) == 2


def test_a_held_text_that_was_sent_from_another_tab_is_not_offered_once_more(
    bianca: Person, hanna: Person, ticket: int
) -> None:
    """Found by the random walk with seed 1334751225."""
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    held = hanna.replies(ticket, "And the bulb.", seen=1)["held"]
    hanna.replies(ticket, "And the bulb.", seen=2, held=held).ok()
    late = hanna.replies(ticket, "And the bulb.", seen=2, held=held)
    assert (late.status, late.problem) == (409, "already-sent")
    assert hanna.held(ticket) == []
    edited = hanna.replies(ticket, "And the bulb, please.", seen=2, held=held)
    assert edited.status == 404
    assert [one["body"] for one in hanna.held(ticket)] == ["And the bulb, please."]


def test_a_page_ahead_of_the_desk_catches_up_and_keeps_its_text(bianca: Person, ticket: int) -> None:
    answer = bianca.replies(ticket, "Change the fuse.", seen=7)
    assert (answer.status, answer.problem, answer["reason"]) == (409, "resync", "resync")
    assert bianca.held(ticket)[0]["body"] == "Change the fuse."
    assert len(bianca.messages(ticket)) == 1


def test_a_reply_must_say_what_was_seen(bianca: Person, ticket: int) -> None:
    answer = bianca.send("POST", f"/tickets/{ticket}/replies", {"body": "Change the fuse."})
    assert (answer.status, answer["errors"][0]["field"]) == (422, "seen")
    assert bianca.replies(ticket, "Change the fuse.", seen=1).status == 201


@pytest.mark.parametrize("body", ["", "  \n\t ", "x" * 200_001])
def test_nothing_and_too_much_are_no_reply(bianca: Person, ticket: int, body: str) -> None:
    assert bianca.replies(ticket, body, seen=1).problem == "bad-request"
    assert len(bianca.messages(ticket)) == 1
    assert bianca.replies(ticket, "x" * 200_000, seen=1).status == 201


def test_a_stranger_to_the_ticket_gets_404_and_her_text_back(bianca: Person, lena: Person, ticket: int) -> None:
    answer = lena.replies(ticket, "Pay first.", seen=1)
    assert (answer.status, answer.problem, answer["reason"]) == (404, "not-found", "no-access")
    kept = lena.held(ticket)[0]
    assert (kept["body"], kept["subject"], kept["unseen"]) == ("Pay first.", "", [])
    nowhere = lena.replies(999_999, "Pay first.", seen=1)
    same = ("type", "title", "status", "detail", "reason")
    assert [nowhere[name] for name in same] == [answer[name] for name in same]
    assert len(bianca.messages(ticket)) == 1


def test_a_ticket_in_the_bin_takes_no_reply_and_loses_none(bianca: Person, hanna: Person, ticket: int) -> None:
    hanna.throws_away(ticket).ok()
    answer = bianca.replies(ticket, "Change the fuse.", seen=1)
    assert (answer.status, answer["reason"]) == (410, "gone")
    assert bianca.held(ticket)[-1]["body"] == "Change the fuse."
    hanna.restores(ticket).ok()
    assert bianca.replies(ticket, "Change the fuse.", seen=1, held=answer["held"]).status == 201


def test_a_program_without_the_scope_may_not_reply(desk: Desk, ticket: int) -> None:
    assert desk.program("bianca", "read", "draft").replies(ticket, "Beep.", seen=1).status == 403
    assert desk.program("bianca", "read", "reply").replies(ticket, "Beep.", seen=1).status == 201


def test_an_answered_ticket_waits_for_the_customer_who_reopens_it(bianca: Person, nora: Nora, ticket: int) -> None:
    assert bianca.sees(ticket)["status"] == "open"
    assert bianca.replies(ticket, "Change the fuse.")["ticket"]["status"] == "on_hold"
    nora.answers(ticket, "Which one?")
    assert (bianca.sees(ticket)["status"], bianca.sees(ticket)["queue"]) == ("open", "new")
    bianca.replies(ticket, "The left one.").ok()
    nora.answers(ticket, "I am out of office.", is_auto=True)
    assert bianca.sees(ticket)["status"] == "on_hold"


def test_colleagues_hear_the_reply_as_it_is_submitted(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    bianca.replies(ticket, "Change the fuse.").ok()
    told = tab.hears_fact("reply_submitted")
    assert told["data"]["message"]["text"] == "Change the fuse."
    assert told["by"] == {"id": bianca.id, "name": "Bianca"}
    assert (told["data"]["set"]["head"], told["data"]["set"]["preview"]) == (2, "Change the fuse.")


def test_the_author_hears_in_every_tab_that_it_was_held_and_nobody_else_does(
    bianca: Person, hanna: Person, ticket: int
) -> None:
    hers, colleague = hanna.watches(f"person/{hanna.id}"), bianca.watches(f"ticket/{ticket}")
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    hanna.replies(ticket, "My secret text.", seen=1)
    assert hers.hears_fact("reply_held")["data"]["entry"]["body"] == "My secret text."
    bianca.notes(ticket, "The last word.").ok()
    colleague.hears_fact("note_added")
    assert "My secret text." not in str(colleague.heard)
