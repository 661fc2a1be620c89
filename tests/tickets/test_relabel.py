"""A label is renamed, merged, deleted: on all its tickets at once, by one word."""

from typing import Any

import pytest
from sqlalchemy import insert

from elbowroom.tickets.tables import labels, ticket_labels, tickets
from tests.cast import Answer, Desk, Nora, Person


def label(person: Person, name: str, department: int = 1) -> dict[str, Any]:
    return next(one for one in person.get(f"/departments/{department}/labels").body if one["name"] == name)


def renames(person: Person, which: dict[str, Any], name: str) -> Answer:
    return person.send("PATCH", f"/labels/{which['id']}", {"name": name, "from_version": which["version"]})


def merges(person: Person, which: dict[str, Any], into: dict[str, Any]) -> Answer:
    asked = {"into": into["id"], "from_version": which["version"]}
    return person.send("POST", f"/labels/{which['id']}/merge", asked)


def deletes(person: Person, which: dict[str, Any]) -> Answer:
    return person.send("DELETE", f"/labels/{which['id']}?from_version={which['version']}")


def test_the_list_says_on_how_many_tickets_each_stands(bianca: Person, nora: Nora) -> None:
    for _ in range(2):
        bianca.labels(nora.writes(), "velvet").ok()
    ticket = nora.writes()
    bianca.labels(ticket, "linen").ok()
    bianca.unlabels(ticket, "linen").ok()
    assert (label(bianca, "velvet")["tickets"], label(bianca, "linen")["tickets"]) == (2, 0)


def test_a_rename_shows_on_every_ticket_and_the_old_name_lands_on_it(
    bianca: Person, hanna: Person, omid: Person, nora: Nora, ticket: int
) -> None:
    bianca.labels(ticket, "silk").ok()
    tab = hanna.watches("department/1")
    renames(omid, label(omid, "silk"), "Fine silk").ok()
    assert bianca.sees(ticket)["labels"] == ["Fine silk"]
    fact = tab.hears_fact("label_renamed")
    assert (fact["by"]["name"], fact["data"]["was"], fact["data"]["label"]["name"]) == ("Omid", "silk", "Fine silk")
    late = nora.writes()
    assert bianca.labels(late, "SILK")["labels"] == ["Fine silk"]
    assert bianca.lists(label="silk") == bianca.lists(label="fine silk")


def test_it_goes_by_its_former_name_again(bianca: Person, omid: Person, ticket: int) -> None:
    bianca.labels(ticket, "wool").ok()
    renames(omid, label(omid, "wool"), "cotton").ok()
    renames(omid, label(omid, "cotton"), "Wool").ok()
    assert bianca.labels(ticket, "cotton")["labels"] == ["Wool"]


def test_a_name_that_is_taken_is_offered_for_merging(bianca: Person, omid: Person, ticket: int) -> None:
    for name in ("blue", "azure"):
        bianca.labels(ticket, name).ok()
    refused = renames(omid, label(omid, "blue"), "Azure")
    assert (refused.status, refused.problem) == (409, "name-taken")
    assert refused["label"]["id"] == label(omid, "azure")["id"]
    assert bianca.sees(ticket)["labels"] == ["azure", "blue"]


def test_who_looked_at_an_older_name_is_told(omid: Person, ada: Person, ticket: int) -> None:
    omid.labels(ticket, "red").ok()
    seen = label(omid, "red")
    renames(ada, seen, "crimson").ok()
    for refused in (renames(omid, seen, "scarlet"), deletes(omid, seen)):
        assert (refused.status, refused.problem, refused["label"]["name"]) == (409, "stale", "crimson")


def test_a_ticket_that_wore_both_wears_one(bianca: Person, omid: Person, nora: Nora, ticket: int) -> None:
    other = nora.writes()
    for worn, names in ((ticket, ("sofa", "couch")), (other, ("couch",))):
        for name in names:
            bianca.labels(worn, name).ok()
    merges(omid, label(omid, "couch"), label(omid, "sofa")).ok()
    assert [bianca.sees(one)["labels"] for one in (ticket, other)] == [["sofa"], ["sofa"]]
    assert bianca.labels(nora.writes(), "Couch")["labels"] == ["sofa"]
    assert label(omid, "sofa")["tickets"] == 3
    assert "couch" not in str(omid.get("/departments/1/labels").body)


def test_who_merges_a_merged_one_brings_both_names_along(bianca: Person, omid: Person, nora: Nora, ticket: int) -> None:
    for name in ("one", "two", "three"):
        bianca.labels(ticket, name).ok()
    merges(omid, label(omid, "one"), label(omid, "two")).ok()
    merges(omid, label(omid, "two"), label(omid, "three")).ok()
    assert bianca.labels(nora.writes(), "one")["labels"] == ["three"]


def test_taken_off_it_goes_by_every_number_it_ever_had(bianca: Person, omid: Person, nora: Nora, ticket: int) -> None:
    """A page may know the ticket by the number of a label that was merged long ago, and whose name is another's now."""
    other = nora.writes()
    for worn, name in ((ticket, "ochre"), (other, "umber"), (other, "sienna"), (other, "sepia")):
        bianca.labels(worn, name).ok()
    first, second, third = (label(omid, name)["id"] for name in ("ochre", "umber", "sienna"))
    merges(omid, label(omid, "ochre"), label(omid, "umber")).ok()
    renames(omid, label(omid, "sepia"), "ochre").ok()
    merges(omid, label(omid, "umber"), label(omid, "sienna")).ok()
    tab = bianca.watches(f"ticket/{ticket}")
    bianca.unlabels(ticket, "sienna").ok()
    assert set(tab.hears_fact("label_removed")["data"]["ids"]) >= {first, second, third}


def test_a_deleted_one_is_off_all_tickets_and_its_name_is_new_again(bianca: Person, omid: Person, ticket: int) -> None:
    bianca.labels(ticket, "spam").ok()
    gone = label(omid, "spam")
    deletes(omid, gone).ok()
    assert bianca.sees(ticket)["labels"] == []
    assert bianca.labels(ticket, "spam")["labels"] == ["spam"]
    assert label(omid, "spam")["id"] != gone["id"]


@pytest.mark.parametrize("deed", [lambda who, one: renames(who, one, "x y"), deletes])
def test_only_managers_do(bianca: Person, lena: Person, omid: Person, ticket: int, deed: Any) -> None:
    bianca.labels(ticket, f"mine {ticket}").ok()
    one = label(bianca, f"mine {ticket}")
    assert (deed(bianca, one).status, deed(lena, one).status) == (403, 404)
    assert lena.get("/departments/1/labels").status == 404
    assert deed(omid, one).status == 200


def test_none_is_merged_into_another_departments(bianca: Person, ada: Person, nora: Nora, ticket: int) -> None:
    bianca.labels(ticket, "ours").ok()
    ada.labels(nora.writes(inbox="Billing"), "theirs").ok()
    refused = merges(ada, label(ada, "ours"), label(ada, "theirs", 2))
    assert (refused.status, refused.problem) == (422, "bad-request")


def test_ten_thousand_tickets_are_one_fact(desk: Desk, bianca: Person, omid: Person, ticket: int) -> None:
    bianca.labels(ticket, "plenty").ok()

    def many(tx: Any) -> None:
        plenty = tx.value(labels.select().where(labels.c.name == "plenty"))
        row = {"inbox": 4, "department": 1, "requester": 1, "subject": "x", "status": "open", "queue": "resolved"}
        row |= {"made_at": 1.0, "changed_at": 1.0, "last_message_at": 1.0, "deleted_at": 1.0}
        first = tx.value(insert(tickets).values(**row).returning(tickets.c.id))
        tx.run(insert(tickets), [row] * 9_999)
        tx.run(insert(ticket_labels), [{"ticket": first + n, "label": plenty} for n in range(10_000)])

    desk.write(many)
    bianca.labels(ticket, "more").ok()
    before = len(desk.kinds("department/1"))
    assert label(omid, "plenty")["tickets"] == 10_001
    answer = merges(omid, label(omid, "plenty"), label(omid, "more")).ok()
    assert [fact["kind"] for fact in answer["facts"]] == ["label_merged"]
    assert len(desk.kinds("department/1")) == before + 1
    assert label(omid, "more")["tickets"] == 10_001
