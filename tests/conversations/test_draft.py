"""What one types is kept on the server, and two devices never overwrite each other silently."""

from typing import Any

from tests.cast import Nora, Person


def drafts(person: Person, ticket: int) -> list[Any]:
    tab = person.tab()
    found = list(tab.watches(f"ticket/{ticket}")["state"]["drafts"])
    tab.closes()
    return found


def test_a_draft_goes_on_where_it_was_left(bianca: Person, ticket: int) -> None:
    first = bianca.drafts(ticket, "Dear").ok()["draft"]
    second = bianca.drafts(ticket, "Dear Nora", first["number"]).ok()["draft"]
    assert second["number"] > first["number"]
    assert [(one["body"], one["device"]) for one in drafts(bianca, ticket)] == [("Dear Nora", "laptop")]


def test_a_note_begun_is_hers_alone(bianca: Person, hanna: Person, lena: Person, ticket: int) -> None:
    watching = hanna.watches(f"ticket/{ticket}")
    bianca.drafts(ticket, "Between me and myself", kind="note").ok()
    bianca.notes(ticket, "Later.").ok()
    watching.hears_fact("note_added")
    assert "Between me" not in str(watching.heard)
    assert drafts(hanna, ticket) == []
    assert hanna.get(f"/tickets/{ticket}/drafts/{bianca.id}").status == 404
    assert lena.drafts(ticket, "Mine?").status == 404


def test_another_device_gets_both_texts(bianca: Person, ticket: int) -> None:
    at = bianca.drafts(ticket, "Dear").ok()["draft"]["number"]
    bianca.drafts(ticket, "Dear Nora", at, "laptop").ok()
    stale = bianca.drafts(ticket, "Dear Mrs Nora", at, "phone")
    assert (stale.status, stale.problem) == (409, "draft-stale")
    assert stale["newer"]["body"] == "Dear Nora"
    assert (stale["sibling"]["body"], stale["sibling"]["device"]) == ("Dear Mrs Nora", "phone")
    kept = drafts(bianca, ticket)[0]
    assert kept["body"] == "Dear Nora"
    assert kept["siblings"] == [stale["sibling"]]


def test_the_same_text_from_two_devices_is_no_conflict(bianca: Person, ticket: int) -> None:
    at = bianca.drafts(ticket, "Dear").ok()["draft"]["number"]
    bianca.drafts(ticket, "Dear Nora", at, "laptop").ok()
    assert bianca.drafts(ticket, "Dear Nora", at, "phone").status == 200
    assert drafts(bianca, ticket)[0]["siblings"] == []


def test_a_draft_that_was_never_begun_can_not_be_continued(bianca: Person, ticket: int) -> None:
    assert bianca.drafts(ticket, "Dear", 7).problem == "draft-stale"
    assert drafts(bianca, ticket) == []


def test_sending_closes_it_and_a_late_autosave_does_not_bring_it_back(bianca: Person, ticket: int) -> None:
    at = bianca.drafts(ticket, "Change the").ok()["draft"]["number"]
    bianca.replies(ticket, "Change the fuse.").ok()
    assert bianca.drafts(ticket, "Change the fuse", at).problem == "draft-stale"
    assert drafts(bianca, ticket) == []
    assert bianca.drafts(ticket, "Something new").status == 200


def test_a_held_reply_keeps_the_draft(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Change the").ok()
    hanna.replies(ticket, "Change the bulb.").ok()
    assert bianca.replies(ticket, "Change the fuse.", seen=1).status == 409
    assert [one["body"] for one in drafts(bianca, ticket)] == ["Change the"]


def test_a_reply_and_a_note_are_two_drafts(bianca: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora").ok()
    bianca.drafts(ticket, "She called", kind="note").ok()
    assert {one["kind"]: one["body"] for one in drafts(bianca, ticket)} == {"reply": "Dear Nora", "note": "She called"}
    bianca.notes(ticket, "She called.").ok()
    assert [one["kind"] for one in drafts(bianca, ticket)] == ["reply"]
    bianca.send("DELETE", f"/tickets/{ticket}/draft?kind=reply").ok()
    assert drafts(bianca, ticket) == []


def test_a_ticket_in_the_bin_takes_no_draft(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    hanna.throws_away(ticket).ok()
    assert bianca.drafts(ticket, "Dear").status == 410
