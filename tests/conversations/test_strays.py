"""Texts whose ticket went out of their author's reach are hers all the same."""

from typing import Any

from tests.cast import BILLING, Person


def strays(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.get("/strays").ok()["strays"]
    return found


def of(person: Person, ticket: int) -> list[tuple[str, str, str]]:
    return [(one["body"], one["why"], one["subject"]) for one in strays(person) if one["ticket"] == ticket]


def test_of_a_ticket_that_left_her_sight_she_has_her_own_words(ada: Person, bianca: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora").ok()
    assert of(bianca, ticket) == []
    ada.changes(ticket, subject="Of no concern", inbox=BILLING).ok()
    assert of(bianca, ticket) == [("Dear Nora", "moved", "")]
    assert of(ada, ticket) == []
    ada.changes(ticket, inbox=1).ok()
    assert of(bianca, ticket) == []
    assert bianca.get(f"/tickets/{ticket}/drafts")["drafts"][0]["body"] == "Dear Nora"


def test_of_a_ticket_in_the_bin_too(bianca: Person, hanna: Person, ticket: int) -> None:
    hanna.drafts(ticket, "Dear Nora", kind="note").ok()
    bianca.throws_away(ticket).ok()
    assert of(hanna, ticket) == [("Dear Nora", "deleted", "Lamp broken")]
    assert hanna.send("DELETE", f"/strays/{ticket}?kind=reply").status == 404
    assert bianca.send("DELETE", f"/strays/{ticket}?kind=note").status == 404
    hanna.send("DELETE", f"/strays/{ticket}?kind=note").ok()
    assert of(hanna, ticket) == []


def test_one_text_is_let_go_and_the_others_stay(bianca: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora", device="phone").ok()
    for words in ("Hello", "Good day"):
        assert bianca.drafts(ticket, words, 9, device=words).status == 409
    bianca.throws_away(ticket).ok()
    asides = {one["body"]: one["aside"] for one in strays(bianca) if one["ticket"] == ticket}
    assert asides["Dear Nora"] is None
    bianca.send("DELETE", f"/strays/{ticket}?aside={asides['Hello']}").ok()
    assert {one[0] for one in of(bianca, ticket)} == {"Good day", "Dear Nora"}
    bianca.send("DELETE", f"/strays/{ticket}").ok()
    assert [one[0] for one in of(bianca, ticket)] == ["Good day"]
    assert bianca.send("DELETE", f"/strays/{ticket}").status == 404


def test_only_her_own_texts_that_lost_their_ticket_are_let_go_here(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora", device="phone").ok()
    aside = bianca.drafts(ticket, "Hello", 9).body["sibling"]["id"]
    assert bianca.send("DELETE", f"/strays/{ticket}?aside={aside}").status == 404
    bianca.throws_away(ticket).ok()
    assert hanna.send("DELETE", f"/strays/{ticket}?aside={aside}").status == 404
    assert bianca.send("DELETE", f"/strays/{ticket}?kind=note&aside={aside}").status == 404
    bianca.send("DELETE", f"/strays/{ticket}?aside={aside}").ok()


def test_blanks_are_no_text(bianca: Person, ticket: int) -> None:
    bianca.drafts(ticket, " \n ").ok()
    bianca.throws_away(ticket).ok()
    assert of(bianca, ticket) == []


def test_the_last_words_of_what_she_had_begun_are_saved_too(
    ada: Person, bianca: Person, hanna: Person, ticket: int
) -> None:
    """An autosave on its way when the ticket goes."""
    number = bianca.drafts(ticket, "Dear").ok()["draft"]["number"]
    ada.changes(ticket, inbox=BILLING).ok()
    bianca.drafts(ticket, "Dear Nora", number).ok()
    assert of(bianca, ticket) == [("Dear Nora", "moved", "")]
    assert hanna.drafts(ticket, "Dear Nora").status == 404


def test_what_stands_in_a_box_is_no_stray(bianca: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora").ok()
    assert bianca.send("DELETE", f"/strays/{ticket}").status == 404
    assert bianca.get(f"/tickets/{ticket}/drafts")["drafts"][0]["body"] == "Dear Nora"
