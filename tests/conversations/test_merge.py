"""Two tickets about the same thing become one, and two again; nothing is lost, doubled or answered unseen."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from elbowroom.conversations import incoming
from elbowroom.people.customers import find_or_make
from elbowroom.tickets import followers
from elbowroom.tickets.tables import tickets
from tests.cast import UNDO_FOR, Desk, Nora, Person, eventually

DAY = 86_400.0


@pytest.fixture
def other(bianca: Person) -> int:
    """Karl's ticket about the same lamp."""
    asked = {"subject": "Dark stairs", "requester": "karl@customer.example", "body": "The stairs are dark.", "inbox": 1}
    return int(bianca.send("POST", "/tickets", asked).ok()["id"])


def texts(person: Person, ticket: int) -> list[tuple[int, str]]:
    return [(one["number"], one["text"]) for one in person.messages(ticket)]


def head(person: Person, ticket: int) -> int:
    return int(person.sees(ticket)["head"])


def test_what_was_said_stands_after_the_targets_own(bianca: Person, nora: Nora, ticket: int, other: int) -> None:
    nora.answers(ticket, "Hurry, please.")
    answer = bianca.merges(ticket, other).ok()
    assert texts(bianca, other) == [(1, "The stairs are dark."), (2, "My lamp is broken."), (3, "Hurry, please.")]
    assert (answer["target"]["head"], answer["target"]["messages"], head(bianca, other)) == (3, 3, 3)
    assert texts(bianca, ticket) == []
    assert answer["ticket"]["merged_into"] == other


def test_it_is_out_of_lists_counts_and_search_and_its_number_leads_there(
    bianca: Person, hanna: Person, nora: Nora, other: int
) -> None:
    ticket = nora.writes("Velvet chair", "The velvet is torn.", inbox="Advice")
    beside = hanna.watches("inbox/4")
    bianca.merges(ticket, other).ok()
    told = beside.hears("rows", lambda one: one["gone"])
    assert [(one["id"], one["why"], one["by"]["name"]) for one in told["gone"]] == [(ticket, "merged", "Bianca")]
    assert told["counts"]["counts"] == []
    assert (hanna.lists(inbox=4), hanna.finds("velvet"), hanna.finds(f"#{ticket}")) == ([], [other], [other])


def test_its_requester_follows_and_labels_join(bianca: Person, ticket: int, other: int) -> None:
    for one, name in ((ticket, "lamp"), (ticket, "late"), (other, "late")):
        bianca.labels(one, name).ok()
    bianca.merges(ticket, other).ok()
    seen = bianca.sees(other)
    assert seen["labels"] == ["lamp", "late"]
    assert [one["email"] for one in seen["followers"]] == ["nora@customer.example"]


def test_who_only_spoke_up_gets_nothing_there_either_until_she_is_accepted(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora, ticket: int, other: int
) -> None:
    def spoke_up(tx: Any) -> None:
        stored = tx.first(tickets.select().where(tickets.c.id == ticket))
        for who in ("carl", "eve", "karl"):  # Karl asked for the other one
            followers.propose(tx, stored, find_or_make(tx, f"{who}@customer.example"))

    def unverified(one: int) -> list[str]:
        return [who["email"].partition("@")[0] for who in hanna.sees(one)["unverified"]]

    desk.write(spoke_up)
    tab = hanna.watches(f"ticket/{other}")
    bianca.merges(ticket, other).ok()
    assert unverified(other) == ["carl", "eve"]
    assert tab.hears_fact("ticket_merged")["data"]["set"]["unverified"] == hanna.sees(other)["unverified"]
    assert [one["email"] for one in hanna.sees(other)["followers"]] == ["nora@customer.example"]
    bianca.send("PUT", f"/tickets/{other}/followers", {"email": "eve@customer.example"}).ok()
    bianca.parts(ticket).ok()
    assert (unverified(other), sorted(unverified(ticket))) == ([], ["carl", "eve", "karl"])
    assert [one["email"] for one in hanna.sees(other)["followers"]] == ["eve@customer.example"]


def test_a_reply_to_it_is_held_on_the_target_with_everything_unseen(
    bianca: Person, hanna: Person, ticket: int, other: int
) -> None:
    hanna.merges(ticket, other).ok()
    refused = bianca.replies(ticket, "Dear Nora", seen=1)
    assert (refused.status, refused.problem, refused["reason"], refused["into"]) == (409, "reply-held", "merged", other)
    assert [one["number"] for one in refused["unseen"]] == [1, 2]
    assert [one["body"] for one in bianca.held(other)] == ["Dear Nora"]
    assert bianca.replies(other, "Dear both", seen=2, held=refused["held"]).status == 201
    assert bianca.held(other) == []


def test_who_answers_the_target_must_have_seen_what_came(
    bianca: Person, hanna: Person, ticket: int, other: int
) -> None:
    hanna.merges(ticket, other).ok()
    refused = bianca.replies(other, "Dear Karl", seen=1)
    assert (refused.problem, [one["text"] for one in refused["unseen"]]) == ("reply-held", ["My lamp is broken."])


def test_a_waiting_reply_does_not_leave_to_who_was_not_meant(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket, other = nora.writes(inbox="Post"), nora.writes(inbox="Post")
    bianca.replies(ticket, "Change the fuse.").ok()
    bianca.merges(ticket, other).ok()
    desk.travel(UNDO_FOR + 1)
    assert [(one["body"], one["reason"]) for one in bianca.held(other)] == [("Change the fuse.", "merged")]
    assert [one["state"] for one in bianca.messages(other)] == [None, None, "paused"]
    assert bianca.held(ticket) == []


def test_what_may_be_tried_again_goes_to_whom_it_was_written(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket, other = nora.writes(inbox="Post"), nora.writes(inbox="Post")
    bianca.send("PUT", f"/tickets/{other}/followers", {"email": "karl@customer.example"}).ok()
    desk.postman.words = "550 No such user"
    bianca.replies(ticket, "Change the fuse.").ok()
    desk.travel(UNDO_FOR)
    eventually(lambda: bianca.messages(ticket)[-1]["state"] == "refused", "it is refused")
    desk.postman.begins()
    bianca.merges(ticket, other).ok()
    assert bianca.messages(other)[-1]["recipients"] == {"to": ["nora@customer.example"], "cc": [], "bcc": []}


def test_everyones_texts_come_along(bianca: Person, hanna: Person, ticket: int, other: int) -> None:
    bianca.drafts(ticket, "Dear Nora, half").ok()
    hanna.drafts(ticket, "Mine of the one").ok()
    hanna.drafts(other, "Mine of the other").ok()
    hanna.replies(ticket, "Too early", seen=0)
    bianca.merges(ticket, other).ok()
    assert [one["body"] for one in bianca.get(f"/tickets/{other}/drafts").ok()["drafts"]] == ["Dear Nora, half"]
    both = hanna.get(f"/tickets/{other}/drafts").ok()["drafts"][0]
    assert (both["body"], both["siblings"][0]["body"]) == ("Mine of the other", "Mine of the one")
    assert [(one["body"], one["seen"]) for one in hanna.held(other)] == [("Too early", 0)]
    assert bianca.get(f"/tickets/{ticket}/drafts").ok()["drafts"] == []


def test_what_its_customer_writes_lands_on_the_target(bianca: Person, nora: Nora, ticket: int, other: int) -> None:
    bianca.merges(ticket, other).ok()
    nora.answers(ticket, "Still dark.")
    assert texts(bianca, other)[-1] == (3, "Still dark.")
    assert texts(bianca, ticket) == []


def test_nothing_else_is_done_with_it(bianca: Person, ticket: int, other: int) -> None:
    bianca.merges(ticket, other).ok()
    refused = (bianca.takes(ticket), bianca.notes(ticket, "x"), bianca.drafts(ticket, "x"), bianca.locks(ticket))
    assert {(one.status, one.problem, one["into"]) for one in refused} == {(409, "merged", other)}


def test_of_two_opposite_merges_one_wins_and_the_other_is_told(
    bianca: Person, hanna: Person, ticket: int, other: int
) -> None:
    with ThreadPoolExecutor(2) as both:
        one = both.submit(bianca.merges, ticket, other)
        two = both.submit(hanna.merges, other, ticket)
        answers = {"Bianca": one.result(), "Hanna": two.result()}
    assert sorted(answer.status for answer in answers.values()) == [200, 409]
    winner, loser = sorted(answers, key=lambda name: answers[name].status)
    refused = answers[loser]
    assert (refused.problem, refused["by"]["name"]) == ("merged", winner)
    assert refused["at"]
    seen = {bianca.sees(one)["merged_into"] for one in (ticket, other)}
    assert (len(seen), None in seen) == (2, True)


def test_none_is_merged_into_itself_or_into_what_is_not_hers(
    bianca: Person, lena: Person, nora: Nora, ticket: int
) -> None:
    theirs = nora.writes(inbox="Billing")
    assert bianca.merges(ticket, ticket).status == 422
    assert bianca.merges(ticket, theirs).status == 404
    assert lena.merges(ticket, theirs).status == 404


def test_between_departments_the_result_lies_where_the_target_lies(
    ada: Person, bianca: Person, hanna: Person, lena: Person, nora: Nora, ticket: int
) -> None:
    theirs = nora.writes("Bill", inbox="Billing")
    hanna.notes(ticket, "She is angry.").ok()
    tab = hanna.watches(f"ticket/{ticket}")
    ada.merges(ticket, theirs).ok()
    assert tab.hears("gone")["why"] == "moved"
    assert str(theirs) not in str([one for one in tab.heard if one["type"] == "gone"])
    assert (hanna.get(f"/tickets/{ticket}").status, lena.sees(ticket)["merged_into"]) == (404, theirs)
    assert [one["kind"] for one in lena.messages(theirs)] == ["customer", "customer", "note"]
    ada.parts(ticket).ok()
    assert [one["kind"] for one in hanna.messages(ticket)] == ["customer", "note"]
    assert lena.get(f"/tickets/{ticket}").status == 404


def test_in_an_exclusive_inbox_the_holder_is_not_disturbed(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket, other = nora.writes(inbox="VIP"), nora.writes(inbox="VIP")
    hanna.locks(other).ok()
    for refused in (bianca.merges(ticket, other), bianca.merges(other, ticket)):
        assert (refused.status, refused.problem, refused["holder"]["name"]) == (423, "locked", "Hanna")
    assert hanna.merges(ticket, other).status == 200


def test_undone_each_has_its_own_and_what_came_since_stays(
    bianca: Person, hanna: Person, nora: Nora, ticket: int, other: int
) -> None:
    bianca.replies(ticket, "Which lamp?").ok()
    nora.answers(ticket, "The green one.")
    before = (texts(bianca, ticket), head(bianca, ticket))
    bianca.merges(ticket, other).ok()
    hanna.replies(other, "Both tomorrow.").ok()
    hanna.parts(ticket).ok()
    assert (texts(bianca, ticket), head(bianca, ticket)) == before
    assert texts(bianca, other) == [(1, "The stairs are dark."), (5, "Both tomorrow.")]
    assert head(bianca, other) == 5
    assert bianca.sees(other)["followers"] == []
    assert nora.answers(ticket, "Thanks.") == 4
    assert bianca.replies(other, "Done.", seen=5)["message"]["number"] == 6


def test_undone_the_head_falls_back_to_what_stands(bianca: Person, ticket: int, other: int) -> None:
    bianca.merges(ticket, other).ok()
    bianca.parts(ticket).ok()
    assert (head(bianca, other), head(bianca, ticket)) == (1, 1)
    assert bianca.replies(other, "Dear Karl", seen=1)["message"]["number"] == 3
    refused = bianca.parts(ticket)
    assert (refused.status, refused.problem) == (409, "not-merged")


def test_after_thirty_days_it_stays(desk: Desk, bianca: Person, ticket: int, other: int) -> None:
    bianca.merges(ticket, other).ok()
    desk.travel(30 * DAY + 1)
    refused = desk.person("hanna").parts(ticket)
    assert (refused.status, refused.problem) == (409, "too-late")


def test_it_can_be_undone_for_as_many_days_as_the_bin_keeps(own_desk: Desk, ada: Person, nora: Nora) -> None:
    first, second, third = (nora.writes() for _ in range(3))
    ada.send("PATCH", "/bin", {"days": 60}).ok()
    ada.merges(first, third).ok()
    ada.merges(second, third).ok()
    own_desk.travel(50 * DAY)
    own_desk.person("ada").parts(first).ok()
    own_desk.travel(11 * DAY)
    assert own_desk.person("ada").parts(second).problem == "too-late"


def test_one_after_the_other_they_go_along_and_come_back(bianca: Person, nora: Nora, ticket: int, other: int) -> None:
    third = nora.writes("Third", "A third.")
    bianca.merges(ticket, other).ok()
    bianca.merges(other, third).ok()
    assert len(texts(bianca, third)) == 3
    nora.answers(ticket, "Where am I?")
    assert texts(bianca, third)[-1] == (4, "Where am I?")
    assert bianca.parts(ticket)["into"] == third
    bianca.parts(other).ok()
    bianca.parts(ticket).ok()
    assert texts(bianca, ticket) == [(1, "My lamp is broken.")]
    assert texts(bianca, other) == [(1, "The stairs are dark.")]


def test_a_new_message_of_who_was_only_proposed_makes_her_no_stranger(
    desk: Desk, bianca: Person, ticket: int, other: int
) -> None:
    def writes(tx: Any) -> int:
        return incoming.answer(tx, ticket, find_or_make(tx, "karl@customer.example"), "It is me.")

    bianca.merges(other, ticket).ok()
    desk.write(writes)
    assert [one["email"] for one in bianca.sees(ticket)["followers"]] == ["karl@customer.example"]
    eventually(lambda: texts(bianca, ticket)[-1][1] == "It is me.", "it is there")


# split
def test_what_is_about_something_else_goes_to_a_ticket_of_its_own(
    bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    number = nora.answers(ticket, "By the way, the bill is wrong.")
    tab = hanna.watches(f"ticket/{ticket}")
    made = bianca.splits(ticket, number).ok()
    assert tab.hears_fact("ticket_split")["data"]["taken"] == [number]
    assert texts(bianca, made["id"])[0] == (1, "By the way, the bill is wrong.")
    assert (made["requester"]["email"], made["head"], head(bianca, ticket)) == ("nora@customer.example", 1, 1)
    assert texts(bianca, ticket)[-1] == (3, f"Split off into #{made['id']}.")
    assert texts(bianca, made["id"])[-1] == (2, f"Split off from #{ticket}.")
    assert bianca.finds("the bill is wrong") == [made["id"]]
    assert bianca.replies(ticket, "Dear Nora", seen=1).status == 201


def test_who_had_not_seen_what_went_has_nothing_to_see(bianca: Person, hanna: Person, nora: Nora, ticket: int) -> None:
    number = nora.answers(ticket, "The bill is wrong.")
    made = hanna.splits(ticket, number).ok()["id"]
    assert bianca.replies(ticket, "Dear Nora", seen=1).status == 201
    assert bianca.replies(made, "About the bill", seen=0).problem == "reply-held"


def test_of_a_follower_it_becomes_hers(desk: Desk, bianca: Person, ticket: int, other: int) -> None:
    bianca.merges(other, ticket).ok()
    made = bianca.splits(ticket, 2).ok()
    assert made["requester"]["email"] == "karl@customer.example"


@pytest.mark.parametrize("numbers", [[1], [9], [1, 9]])
def test_something_stays_and_nothing_is_guessed(bianca: Person, ticket: int, numbers: list[int]) -> None:
    assert bianca.splits(ticket, *numbers).status == 422


def test_a_reply_that_is_about_to_leave_is_not_moved(bianca: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    assert (bianca.splits(ticket, number).status, bianca.splits(ticket, number).problem) == (409, "waiting")
