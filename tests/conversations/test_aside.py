"""Texts put aside: whatever comes to stand in front, the other words stay until their author lets them go."""

from typing import Any

from elbowroom.conversations.drafting import drafts
from tests.cast import INBOXES, Desk, Nora, Person


def front(person: Person, ticket: int) -> Any:
    (draft,) = person.get(f"/tickets/{ticket}/drafts").ok()["drafts"]
    return draft


def beside(person: Person, ticket: int) -> list[str]:
    return [one["body"] for one in front(person, ticket)["siblings"]]


def writes_from_two_others(bianca: Person, ticket: int) -> None:
    """The laptop's text is in front; what phone and tablet wrote meanwhile stands beside it."""
    at = bianca.drafts(ticket, "Dear").ok()["draft"]["number"]
    bianca.drafts(ticket, "Dear Nora", at, "laptop").ok()
    assert bianca.drafts(ticket, "Hello from the phone", at, "phone").status == 409
    assert bianca.drafts(ticket, "Hello from the tablet", at, "tablet").status == 409


def test_three_devices_three_texts(bianca: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    assert front(bianca, ticket)["body"] == "Dear Nora"
    assert beside(bianca, ticket) == ["Hello from the tablet", "Hello from the phone"]


def test_the_same_words_are_kept_once(bianca: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    bianca.drafts(ticket, "Hello  from the phone\n", 1, "tablet")
    assert len(beside(bianca, ticket)) == 2


def test_what_a_device_types_on_is_one_text(desk: Desk, bianca: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    desk.travel(1)
    bianca.drafts(ticket, "Hello from the phone, and more", 1, "phone")
    assert beside(bianca, ticket) == ["Hello from the phone, and more", "Hello from the tablet"]


def test_undo_hand_over_and_a_stale_save_push_out_nothing(bianca: Person, hanna: Person, ticket: int) -> None:
    writes_from_two_others(hanna, ticket)
    bianca.drafts(ticket, "Bianca's words").ok()
    bianca.locks(ticket).ok()
    hanna.opens(ticket)
    hanna.asks_for(ticket).ok()
    bianca.hands_over(ticket, draft=True).ok()
    assert front(hanna, ticket)["body"] == "Dear Nora"
    assert beside(hanna, ticket) == ["Bianca's words", "Hello from the tablet", "Hello from the phone"]


def test_sending_drops_what_went_along_and_keeps_the_rest(bianca: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    bianca.replies(ticket, "Hello from the phone. It is the fuse.").ok()
    assert (front(bianca, ticket)["body"], beside(bianca, ticket)) == ("", ["Hello from the tablet"])


def test_what_is_thrown_away_is_the_text_in_front_alone(bianca: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    bianca.send("DELETE", f"/tickets/{ticket}/draft?kind=reply").ok()
    assert front(bianca, ticket)["body"] == ""
    assert len(beside(bianca, ticket)) == 2
    at = front(bianca, ticket)["number"]
    assert bianca.drafts(ticket, "Anew", at).ok()["draft"]["siblings"] == front(bianca, ticket)["siblings"]


def test_a_text_that_she_chooses_changes_places_with_the_one_in_front(bianca: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    at = front(bianca, ticket)["number"]
    bianca.drafts(ticket, "Hello from the phone", at, aside=["Dear Nora"]).ok()
    assert front(bianca, ticket)["body"] == "Hello from the phone"
    assert beside(bianca, ticket) == ["Dear Nora", "Hello from the tablet"]


def test_one_is_dropped_by_its_number_and_by_its_author_alone(bianca: Person, hanna: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    aside = front(bianca, ticket)["siblings"][1]["id"]
    assert hanna.send("DELETE", f"/tickets/{ticket}/draft/aside/{aside}").status == 404
    bianca.send("DELETE", f"/tickets/{ticket}/draft/aside/{aside}").ok()
    assert beside(bianca, ticket) == ["Hello from the tablet"]
    assert bianca.send("DELETE", f"/tickets/{ticket}/draft/aside/{aside}").status == 404


def test_a_note_has_its_own(bianca: Person, ticket: int) -> None:
    writes_from_two_others(bianca, ticket)
    bianca.drafts(ticket, "She called", kind="note").ok()
    bianca.notes(ticket, "Hello from the phone").ok()
    assert len(beside(bianca, ticket)) == 2


def test_draft_and_texts_aside_outlive_force_owner_move_bin_and_sign_out(own_desk: Desk) -> None:
    ticket = Nora(own_desk).writes()
    bianca, hanna, omid = map(own_desk.person, ("bianca", "hanna", "omid"))
    writes_from_two_others(bianca, ticket)
    bianca.locks(ticket).ok()
    omid.forces(ticket).ok()
    hanna.takes(ticket).ok()
    hanna.changes(ticket, inbox=INBOXES["VIP"]).ok()
    hanna.throws_away(ticket).ok()
    hanna.restores(ticket).ok()
    bianca.signs_out().ok()
    own_desk.restart()
    again = own_desk.person("bianca")
    assert front(again, ticket)["body"] == "Dear Nora"
    assert len(beside(again, ticket)) == 2


def test_where_a_ticket_goes_on_in_another_its_drafts_go_along(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    target = nora.writes()
    writes_from_two_others(bianca, ticket)
    hanna.drafts(ticket, "Hanna's").ok()
    bianca.drafts(target, "Begun there").ok()
    desk.write(lambda tx: drafts.carry(tx, ticket, target))
    assert front(bianca, target)["body"] == "Begun there"
    assert sorted(beside(bianca, target)) == ["Dear Nora", "Hello from the phone", "Hello from the tablet"]
    assert front(hanna, target)["body"] == "Hanna's"
    for person in (bianca, hanna):
        assert person.get(f"/tickets/{ticket}/drafts")["drafts"] == []
