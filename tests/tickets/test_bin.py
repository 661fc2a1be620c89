"""Thrown away, and back again."""

from tests.cast import Desk, Nora, Person


def test_it_goes_from_lists_counts_and_search_and_lies_in_the_bin(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes("Velvet curtain", "The velvet is torn.", inbox="Advice")
    beside, inside = hanna.watches("inbox/4"), hanna.watches(f"ticket/{ticket}")
    bianca.throws_away(ticket).ok()
    told = beside.hears("rows", lambda one: one["gone"])
    assert [(one["id"], one["why"], one["by"]["name"]) for one in told["gone"]] == [(ticket, "deleted", "Bianca")]
    assert told["counts"]["counts"] == []
    assert inside.hears_fact("ticket_deleted")["data"]["set"]["deleted"] is True
    assert (hanna.finds("velvet"), hanna.lists(inbox=4)) == ([], [])
    assert hanna.lists(inbox=4, bin="true") == [ticket]
    assert hanna.sees(ticket)["deleted"] is True


def test_it_comes_back_as_it_was(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes("Velvet sofa", inbox="Advice")
    before = bianca.sees(ticket)
    bianca.throws_away(ticket).ok()
    tab = hanna.watches("inbox/4")
    after = hanna.restores(ticket).ok().body
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= {"version", "changed_at"}
    tab.hears("rows", lambda one: any(row["id"] == ticket for row in one["rows"]))
    assert ticket in hanna.finds("velvet sofa")


def test_a_second_time_is_no_event(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    for _ in range(2):
        bianca.throws_away(ticket).ok()
    for _ in range(2):
        hanna.restores(ticket).ok()
    kinds = desk.kinds(f"ticket/{ticket}")
    assert (kinds.count("ticket_deleted"), kinds.count("ticket_restored")) == (1, 1)


def test_there_nothing_is_done_with_it_and_everything_can_be_read(bianca: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    refused = (bianca.takes(ticket), bianca.notes(ticket, "x"), bianca.drafts(ticket, "x"), bianca.locks(ticket))
    assert {(one.status, one.problem) for one in refused} == {(410, "gone")}
    assert [one["text"] for one in bianca.messages(ticket)] == ["My lamp is broken."]
    assert "ticket_deleted" in str(bianca.get(f"/tickets/{ticket}/facts").body)


def test_its_bin_is_the_departments_own(bianca: Person, lena: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    assert ticket in bianca.lists(bin="true")
    assert ticket not in lena.lists(bin="true")
    assert lena.restores(ticket).status == 404


def test_what_happens_to_it_in_the_bin_moves_it_nowhere(bianca: Person, hanna: Person, nora: Nora) -> None:
    """A page would forget who is on it. Found by the random walk with seed 1334751225."""
    ticket = nora.writes(inbox="Advice")
    bianca.throws_away(ticket).ok()
    beside = hanna.watches("inbox/4")
    nora.answers(ticket, "It burns again.")
    told = beside.hears("rows", lambda one: one["gone"])
    assert [(one["id"], one["why"]) for one in told["gone"]] == [(ticket, "deleted")]
