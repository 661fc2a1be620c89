"""The doors of a held text: edit, send all the same, keep as note, discard."""

from typing import Any

import pytest

from elbowroom.conversations.held.holding import of_person
from tests.cast import Desk, Nora, Person


@pytest.fixture
def held(bianca: Person, hanna: Person, ticket: int) -> int:
    """Hanna's text, which Bianca's reply holds."""
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    return int(hanna.replies(ticket, "And the bulb.", seen=1)["held"])


def test_it_stands_in_her_list_with_what_came(hanna: Person, ticket: int, held: int) -> None:
    entry = hanna.held(ticket)[0]
    assert (entry["id"], entry["body"], entry["reason"], entry["seen"]) == (held, "And the bulb.", "unseen", 1)
    assert entry["subject"] == "Lamp broken"
    assert [one["text"] for one in entry["unseen"]] == ["Change the fuse."]


def test_keeping_it_as_a_note_settles_it(bianca: Person, hanna: Person, ticket: int, held: int) -> None:
    tab = hanna.watches(f"person/{hanna.id}")
    note = hanna.send("POST", f"/held/{held}/note").ok()["message"]
    assert (note["kind"], note["text"], note["author"]["name"]) == ("note", "And the bulb.", "Hanna")
    assert tab.hears_fact("held_settled")["data"]["held"] == held
    assert hanna.held(ticket) == []
    assert bianca.messages(ticket)[-1]["id"] == note["id"]
    assert bianca.sees(ticket)["head"] == 2  # a note holds nobody


def test_kept_as_a_note_it_leaves_the_box_and_another_text_stays_there(
    bianca: Person, hanna: Person, ticket: int, held: int
) -> None:
    bianca.replies(ticket, "Which lamp?", seen=2).ok()
    second = int(hanna.replies(ticket, "It is the bulb.", seen=2)["held"])
    begun_at = hanna.drafts(ticket, "And the bulb.").ok()["draft"]["number"]  # brought into the box to be edited
    hanna.send("POST", f"/held/{held}/note").ok()
    assert hanna.get(f"/tickets/{ticket}/drafts").ok()["drafts"] == []
    hanna.drafts(ticket, "Dear Nora, once more", begun_at + 1).ok()
    hanna.send("POST", f"/held/{second}/note").ok()
    assert [one["body"] for one in hanna.get(f"/tickets/{ticket}/drafts").ok()["drafts"]] == ["Dear Nora, once more"]


def test_discarding_it_settles_it(bianca: Person, hanna: Person, ticket: int, held: int) -> None:
    hanna.send("DELETE", f"/held/{held}").ok()
    assert hanna.held(ticket) == []
    assert len(bianca.messages(ticket)) == 2
    assert hanna.send("DELETE", f"/held/{held}").status == 404
    assert hanna.send("POST", f"/held/{held}/note").status == 404


def test_it_is_its_authors_alone(bianca: Person, omid: Person, hanna: Person, ticket: int, held: int) -> None:
    for other in (bianca, omid):
        assert other.send("POST", f"/held/{held}/note").status == 404
        assert other.send("DELETE", f"/held/{held}").status == 404
        assert other.held(ticket) == []
    assert hanna.held(ticket)[0]["id"] == held


def test_another_persons_entry_can_not_be_settled_by_sending(
    bianca: Person, hanna: Person, ticket: int, held: int
) -> None:
    assert bianca.replies(ticket, "My own words.", held=held).status == 404
    assert [one["body"] for one in hanna.held(ticket)] == ["And the bulb."]
    assert [one["body"] for one in bianca.held(ticket)] == ["My own words."]


def test_sent_on_where_another_tab_let_it_go_the_text_is_held_as_that(hanna: Person, ticket: int, held: int) -> None:
    hanna.send("DELETE", f"/held/{held}").ok()
    answer = hanna.replies(ticket, "And the bulb, please.", seen=2, held=held)
    assert (answer.status, answer["reason"]) == (404, "settled")
    assert [(one["body"], one["reason"]) for one in hanna.held(ticket)] == [("And the bulb, please.", "settled")]


def test_her_other_tab_hears_of_it_and_of_its_end(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(f"person/{hanna.id}")
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    held = hanna.replies(ticket, "And the bulb.", seen=1)
    entry: Any = tab.hears_fact("reply_held")["data"]["entry"]
    assert (entry["id"], entry["unseen"][0]["text"]) == (held["held"], "Change the fuse.")
    hanna.replies(ticket, "And the bulb.", seen=held["head"], held=held["held"]).ok()
    assert tab.hears_fact("held_settled")["data"]["held"] == held["held"]


def test_of_a_ticket_that_left_her_view_the_text_stays_and_nothing_else(
    ada: Person, bianca: Person, hanna: Person, nora: Nora, held: int, ticket: int
) -> None:
    ada.changes(ticket, inbox=2, subject="Secret").ok()
    entry = hanna.held(ticket)[0]
    assert (entry["body"], entry["subject"], entry["unseen"]) == ("And the bulb.", "", [])
    assert hanna.send("POST", f"/held/{held}/note").status == 404
    assert (hanna.held(ticket)[0]["id"], entry["sendable"]) == (held, False)  # a refused note settles nothing
    ada.changes(ticket, inbox=1).ok()
    assert hanna.held(ticket)[0]["sendable"]


def test_it_opens_by_its_own_address(hanna: Person, bianca: Person, omid: Person, ticket: int, held: int) -> None:
    assert hanna.get(f"/held/{held}").ok()["held"]["body"] == "And the bulb."
    assert (bianca.get(f"/held/{held}").status, omid.get(f"/held/{held}").status) == (404, 404)
    hanna.send("DELETE", f"/held/{held}").ok()
    assert hanna.get(f"/held/{held}").problem == "decided"


def test_it_tells_what_colleagues_changed_since(
    bianca: Person, hanna: Person, ada: Person, nora: Nora, ticket: int
) -> None:
    ada.changes(ticket, priority="high").ok()  # before Nora's second message, which Hanna had seen
    seen = nora.answers(ticket, "And it smells.")
    bianca.takes(ticket).ok()
    hanna.changes(ticket, subject="Lamp smells").ok()  # by herself
    bianca.replies(ticket, "Switch it off.", seen=seen).ok()
    hanna.replies(ticket, "Change the fuse.", seen=seen)
    changed = [(one["field"], one["to"], one["by"]["name"]) for one in hanna.held(ticket)[0]["changed"]]
    assert changed == [("status", "on_hold", "Bianca"), ("owner", bianca.id, "Bianca")]


def test_its_files_stand_with_it(bianca: Person, hanna: Person, ticket: int) -> None:
    file = hanna.uploads(b"a lamp", "lamp.txt", "text/plain").ok()["id"]
    bianca.replies(ticket, "Change the fuse.", seen=1).ok()
    held = hanna.replies(ticket, "And the bulb.", seen=1, attachments=[file])
    assert [one["id"] for one in hanna.held(ticket)[0]["attachments"]] == [file]
    hanna.replies(ticket, "And the bulb.", held=held["held"], attachments=[file]).ok()
    assert [one["name"] for one in hanna.messages(ticket)[-1]["attachments"]] == ["lamp.txt"]


def test_each_of_many_stands_with_what_it_had_not_seen(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora, ticket: int, held: int
) -> None:
    def asks() -> int:
        viewer = desk.viewer(hanna.id)
        return desk.questions(lambda read: of_person(read, viewer))

    bianca.takes(ticket).ok()
    few = asks()
    bianca.replies(ticket, "Change the plug.", seen=2).ok()
    hanna.replies(ticket, "And the plug.", seen=2)
    other = nora.writes("Kettle")
    bianca.replies(other, "Descale it.", seen=1).ok()
    hanna.replies(other, "Boil vinegar.", seen=1)
    hanna.replies(other, "With lemon.", seen=1)
    told = {one["body"]: [came["text"] for came in one["unseen"]] for at in (ticket, other) for one in hanna.held(at)}
    assert told == {
        "And the bulb.": ["Change the fuse.", "Change the plug."], "And the plug.": ["Change the plug."],
        "Boil vinegar.": ["Descale it."], "With lemon.": ["Descale it."],
    }  # fmt: skip
    assert asks() == few
