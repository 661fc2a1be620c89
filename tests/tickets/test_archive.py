"""Put away, found again, brought back by whoever says something to the customer."""

from tests.cast import Desk, Nora, Person

ADVICE = 4


def test_it_goes_from_lists_and_counts_and_is_found_by_search_and_in_the_archive(
    bianca: Person, hanna: Person, nora: Nora
) -> None:
    ticket = nora.writes("Cotton curtain", inbox="Advice")
    beside, inside = hanna.watches("inbox/4"), hanna.watches(f"ticket/{ticket}")
    bianca.archives(ticket).ok()
    told = beside.hears("rows", lambda one: one["gone"])
    assert [(one["id"], one["why"], one["by"]["name"]) for one in told["gone"]] == [(ticket, "archived", "Bianca")]
    assert told["counts"]["counts"] == []
    assert inside.hears_fact("ticket_archived")["data"]["set"]["archived"] is True
    assert hanna.lists(inbox=ADVICE) == []
    assert hanna.lists(inbox=ADVICE, archive="true") == [ticket]
    assert hanna.finds("cotton") == [ticket]
    seen = hanna.sees(ticket)
    assert (seen["archived"], seen["archived_by"]) == (True, bianca.id)


def test_a_customers_answer_brings_it_back_and_what_a_machine_wrote_does_not(
    bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    bianca.archives(ticket).ok()
    nora.answers(ticket, "I am away.", is_auto=True)
    assert hanna.sees(ticket)["archived"] is True
    tab = hanna.watches("inbox/1")
    nora.answers(ticket, "It burns again.")
    tab.hears("rows", lambda one: any(row["id"] == ticket for row in one["rows"]))
    assert hanna.sees(ticket)["archived"] is False
    assert ticket in hanna.lists(inbox=1)


def test_an_agents_reply_brings_it_back_and_a_note_does_not(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.archives(ticket).ok()
    hanna.notes(ticket, "She called.").ok()
    assert hanna.sees(ticket)["archived"] is True
    answer = hanna.replies(ticket, "Change the fuse.").ok()
    assert answer["ticket"]["archived"] is False


def test_a_reply_that_is_held_brings_nothing_back(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.archives(ticket).ok()
    assert hanna.replies(ticket, "Change the fuse.", seen=0).status == 409
    assert hanna.sees(ticket)["archived"] is True


def test_a_second_time_is_no_event(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    for _ in range(2):
        bianca.archives(ticket).ok()
    for _ in range(2):
        hanna.unarchives(ticket).ok()
    kinds = desk.kinds(f"ticket/{ticket}")
    assert (kinds.count("ticket_archived"), kinds.count("ticket_unarchived")) == (1, 1)


def test_from_the_bin_it_comes_back_into_the_archive(bianca: Person, ticket: int) -> None:
    bianca.archives(ticket).ok()
    bianca.throws_away(ticket).ok()
    assert bianca.archives(ticket).status == 410
    assert ticket not in bianca.lists(archive="true")
    bianca.restores(ticket).ok()
    assert ticket in bianca.lists(archive="true")


def test_its_archive_is_the_departments_own(bianca: Person, lena: Person, ticket: int) -> None:
    assert lena.archives(ticket).status == 404
    bianca.archives(ticket).ok()
    assert ticket in bianca.lists(archive="true")
    assert ticket not in lena.lists(archive="true")
    assert lena.unarchives(ticket).status == 404
