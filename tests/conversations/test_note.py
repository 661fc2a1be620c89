"""Notes: words between colleagues. They have numbers, hold up nobody, and never leave."""

from tests.cast import UNDO_FOR, Desk, Nora, Person


def test_a_note_is_told_to_colleagues_with_its_number(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    note = bianca.notes(ticket, "She called.").ok()["message"]
    assert (note["kind"], note["number"], note["state"]) == ("note", 2, None)
    told = tab.hears_fact("note_added")["data"]
    assert told["message"] == note
    assert "head" not in told["set"]
    assert (bianca.sees(ticket)["head"], bianca.sees(ticket)["preview_by"]) == (1, "note")


def test_it_never_leaves(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    note = bianca.notes(ticket, "Rude customer.").ok()["message"]["id"]
    sent = bianca.replies(ticket, "Dear Nora").ok()["message"]["id"]
    tab = bianca.watches(f"ticket/{ticket}")
    desk.travel(UNDO_FOR)
    tab.hears_fact("reply_left")
    assert (sent in desk.postman.carried, note in desk.postman.carried) == (True, False)


def test_it_changes_neither_status_nor_owner(bianca: Person, ticket: int) -> None:
    before = bianca.sees(ticket)
    bianca.notes(ticket, "She called.").ok()
    after = bianca.sees(ticket)
    assert [after[name] for name in ("status", "owner", "head")] == [
        before[name] for name in ("status", "owner", "head")
    ]


def test_an_empty_one_is_none(bianca: Person, ticket: int) -> None:
    assert bianca.notes(ticket, " \n ").problem == "bad-request"
    assert bianca.notes(ticket, "x" * 200_001).problem == "bad-request"
    assert len(bianca.messages(ticket)) == 1


def test_an_outsider_writes_and_reads_none(bianca: Person, lena: Person, ticket: int) -> None:
    assert lena.notes(ticket, "Hello?").status == 404
    note = bianca.notes(ticket, "She called.").ok()["message"]["id"]
    assert lena.get(f"/messages/{note}/full").status == 404
    assert bianca.get(f"/messages/{note}/full").ok()["text"] == "She called."


def test_a_ticket_in_the_bin_takes_none(bianca: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    assert bianca.notes(ticket, "She called.").status == 410


def test_a_note_begun_outlives_those_that_are_written_otherwise(
    bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    """Split off, handed over with a word: none of it is the text in her box."""
    bianca.drafts(ticket, "She is angry, but", kind="note").ok()
    bianca.splits(ticket, nora.answers(ticket, "The bill is wrong.")).ok()
    bianca.locks(ticket).ok()
    tab = hanna.opens(ticket)
    hanna.asks_for(ticket).ok()
    bianca.hands_over(ticket, note="She wants a green one.").ok()
    tab.hears_fact("note_added")
    drafts = bianca.get(f"/tickets/{ticket}/drafts").ok()["drafts"]
    assert [one["body"] for one in drafts] == ["She is angry, but"]
    bianca.notes(ticket, "She is angry, but right.").ok()
    assert bianca.get(f"/tickets/{ticket}/drafts").ok()["drafts"] == []
