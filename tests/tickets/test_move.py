"""A ticket goes to another inbox: within its department a row moves, out of it a curtain falls."""

from tests.cast import INBOXES, Desk, Nora, Person, doings, eventually

BILLING, VIP = INBOXES["Billing"], INBOXES["VIP"]


def test_within_a_department_a_row_goes_from_one_list_to_the_other(
    bianca: Person, hanna: Person, omid: Person, ticket: int
) -> None:
    old, new, inside = hanna.watches("inbox/1"), hanna.watches(f"inbox/{VIP}"), omid.watches(f"ticket/{ticket}")
    bianca.takes(ticket).ok()
    bianca.changes(ticket, inbox=VIP).ok()
    gone = old.hears("rows", lambda one: one["gone"])["gone"]
    assert [(one["id"], one["why"], one["by"]["name"]) for one in gone] == [(ticket, "moved", "Bianca")]
    new.hears("rows", lambda one: any(row["id"] == ticket and row["inbox"] == VIP for row in one["rows"]))
    assert inside.hears_fact("ticket_moved")["data"]["set"] == {"inbox": VIP, "department": 1}
    assert bianca.sees(ticket)["owner"] == bianca.id


def test_who_loses_it_hears_one_last_word_and_nothing_after(
    desk: Desk, ada: Person, bianca: Person, nora: Nora, ticket: int
) -> None:
    inside, beside = bianca.watches(f"ticket/{ticket}"), bianca.watches("inbox/1")
    ada.changes(ticket, inbox=BILLING).ok()
    word = inside.hears("gone", place=f"ticket/{ticket}")
    assert (word["why"], word["by"]["name"]) == ("moved", "Ada")
    assert beside.hears("rows", lambda one: one["gone"])["gone"][0]["why"] == "moved"
    nora.answers(ticket, "What about my invoice?")
    ada.notes(ticket, "Over to Billing.").ok()
    other = nora.writes()
    beside.hears("rows", lambda one: any(row["id"] == other for row in one["rows"]))
    inside.watches(f"ticket/{other}")
    after = inside.heard[inside.heard.index(word) + 1 :]
    assert [one for one in after if one.get("place") == f"ticket/{ticket}"] == []
    said = str([one for tab in (inside, beside) for one in tab.heard])
    assert "invoice" not in said
    assert "Billing" not in said
    assert bianca.get(f"/tickets/{ticket}").status == 404


def test_who_gets_it_has_the_whole_ticket_in_her_list(ada: Person, lena: Person, ticket: int) -> None:
    tab = lena.watches(f"inbox/{BILLING}")
    ada.changes(ticket, inbox=BILLING).ok()
    tab.hears("rows", lambda one: any(row["id"] == ticket for row in one["rows"]))
    assert [one["text"] for one in lena.messages(ticket)] == ["My lamp is broken."]


def test_the_owner_stays_behind_and_labels_come_along(
    desk: Desk, ada: Person, bianca: Person, lena: Person, nora: Nora, ticket: int
) -> None:
    lena.labels(nora.writes(inbox="Billing"), "Shared").ok()
    bianca.labels(ticket, "shared").ok()
    bianca.labels(ticket, "only ours").ok()
    bianca.takes(ticket).ok()
    ada.changes(ticket, inbox=BILLING).ok()
    assert lena.sees(ticket)["owner"] is None
    assert lena.sees(ticket)["labels"] == ["only ours", "Shared"]
    assert ticket in lena.lists(label="shared")
    assert ticket not in bianca.lists(label="shared")


def test_its_crowd_and_lock_are_not_shown_to_the_others(ada: Person, bianca: Person, lena: Person, ticket: int) -> None:
    tab, beside = bianca.opens(ticket, "writing_reply"), lena.watches(f"inbox/{BILLING}")
    bianca.locks(ticket).ok()
    ada.changes(ticket, inbox=BILLING).ok()
    tab.hears("gone", place=f"ticket/{ticket}")
    inside = lena.watches(f"ticket/{ticket}")
    lena.opens(ticket)
    crowd = inside.hears_crowd(f"ticket/{ticket}", lambda who: "Lena" in who)
    assert doings(crowd) == {"Lena": "viewing"}
    assert "Bianca" not in str([one for tab in (inside, beside) for one in tab.heard if one["type"] != "resumed"])


def test_an_administrator_in_both_watches_anew_and_goes_on(ada: Person, bianca: Person, ticket: int) -> None:
    tab = ada.watches(f"ticket/{ticket}")
    ada.changes(ticket, inbox=BILLING).ok()
    tab.hears("behind", place=f"ticket/{ticket}")
    state = tab.watches(f"ticket/{ticket}")["state"]
    assert state["ticket"]["inbox"] == BILLING
    ada.notes(ticket, "Here it is.").ok()
    assert tab.hears_fact("note_added")["data"]["message"]["text"] == "Here it is."


def test_its_mover_learns_only_that_it_left(own_desk: Desk, ada: Person, nora: Nora) -> None:
    ticket = nora.writes()
    omid = own_desk.person("omid")
    version = next(one["version"] for one in ada.get("/people")["people"] if one["id"] == omid.id)
    ada.send("PATCH", f"/people/{omid.id}", {"from_version": version, "departments": [1, 2]}).ok()
    moved = omid.changes(ticket, inbox=BILLING).ok()
    assert moved["inbox"] == BILLING
    assert omid.changes(ticket, inbox=1).ok()["department"] == 1


def test_nobody_moves_to_where_she_may_not_look(bianca: Person, ticket: int) -> None:
    for inbox in (BILLING, 999):
        assert bianca.changes(ticket, inbox=inbox).status == 404
    assert bianca.sees(ticket)["inbox"] == 1


def test_a_move_beside_a_change_is_one(ada: Person, lena: Person, ticket: int) -> None:
    ada.changes(ticket, inbox=BILLING, subject="Invoice").ok()
    assert (lena.sees(ticket)["subject"], lena.sees(ticket)["inbox"]) == ("Invoice", BILLING)


def test_of_two_moves_the_second_is_told(ada: Person, bianca: Person, ticket: int) -> None:
    seen = bianca.sees(ticket)["version"]
    bianca.changes(ticket, inbox=VIP).ok()
    refused = ada.changes(ticket, from_version=seen, inbox=4)
    assert (refused.problem, refused["fields"]["inbox"]["value"]) == ("stale", VIP)


def test_counts_follow_on_both_sides(ada: Person, bianca: Person, lena: Person, nora: Nora) -> None:
    def open_in(person: Person, inbox: int) -> int:
        counts = next(one["counts"] for one in person.get("/desk")["counts"] if one["inbox"] == inbox)
        return sum(one["n"] for one in counts if one["queue"] == "new")

    here, there = open_in(bianca, 1), open_in(lena, BILLING)
    ticket = nora.writes()
    tab = lena.watches(f"inbox/{BILLING}")
    ada.changes(ticket, inbox=BILLING).ok()
    told = tab.hears("rows", lambda one: one["counts"])["counts"]["counts"]
    assert sum(one["n"] for one in told if one["queue"] == "new") == there + 1
    assert (open_in(bianca, 1), open_in(lena, BILLING)) == (here, there + 1)
    eventually(lambda: ticket in lena.lists(inbox=BILLING), "it is in her list")
