"""An edited note is marked, keeps its former texts, and is its author's alone to edit."""

from tests.cast import Desk, Person


def test_it_is_marked_and_keeps_what_it_said(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    note = bianca.notes(ticket, "She called.").ok()["message"]
    assert (note["edits"], note["edited_at"]) == (0, None)
    desk.travel(60)
    edited = bianca.edits(ticket, note["number"], "She called twice.").ok()["message"]
    assert (edited["text"], edited["edits"], edited["number"]) == ("She called twice.", 1, note["number"])
    assert edited["edited_at"] > edited["at"]
    assert tab.hears_fact("note_edited")["data"]["message"] == edited
    bianca.edits(ticket, note["number"], "She called thrice.", edits=1).ok()
    former = hanna.get(f"/messages/{note['id']}/former").ok()["former"]
    assert [one["text"] for one in former] == ["She called twice.", "She called."]
    assert [one["at"] for one in former] == [edited["edited_at"], note["at"]]


def test_it_is_found_and_shown_by_its_words_of_now(bianca: Person, ticket: int) -> None:
    note = bianca.notes(ticket, "A giraffe.").ok()["message"]["number"]
    bianca.edits(ticket, note, "An elephant.").ok()
    assert (bianca.finds("giraffe"), bianca.finds("elephant")) == ([], [ticket])
    assert bianca.sees(ticket)["head"] == 1
    row = bianca.get("/tickets", inbox=1).ok()["tickets"][0]
    assert row["preview"] == "An elephant."


def test_two_tabs_of_hers_never_overwrite_each_other_silently(bianca: Person, ticket: int) -> None:
    note = bianca.notes(ticket, "She called.").ok()["message"]["number"]
    bianca.edits(ticket, note, "She called twice.").ok()
    late = bianca.edits(ticket, note, "She wrote.")
    assert (late.status, late.problem) == (409, "stale")
    assert (late["newer"]["body"], late["newer"]["edits"]) == ("She called twice.", 1)
    bianca.edits(ticket, note, "She wrote.", edits=1).ok()


def test_saving_what_stands_there_changes_nothing(desk: Desk, bianca: Person, ticket: int) -> None:
    note = bianca.notes(ticket, "She called.").ok()["message"]["number"]
    before = desk.kinds(f"ticket/{ticket}")
    assert bianca.edits(ticket, note, "She called.", edits=7).ok()["message"]["edits"] == 0
    assert desk.kinds(f"ticket/{ticket}") == before


def test_only_its_author_edits_it_and_only_a_note(bianca: Person, hanna: Person, lena: Person, ticket: int) -> None:
    note = bianca.notes(ticket, "She called.").ok()["message"]
    assert hanna.edits(ticket, note["number"], "Nonsense.").status == 404
    assert lena.edits(ticket, note["number"], "Nonsense.").status == 404
    assert lena.get(f"/messages/{note['id']}/former").status == 404
    assert bianca.edits(ticket, 1, "It works.").status == 404
    assert bianca.edits(ticket, note["number"], "  ").problem == "bad-request"
    bianca.throws_away(ticket).ok()
    assert bianca.edits(ticket, note["number"], "She called twice.").status == 410
    assert bianca.messages(ticket)[-1]["text"] == "She called."
