"""The desk as one person sees it when she opens it."""

from tests.cast import Desk, Person


def test_one_answer_holds_all_that_the_page_begins_with(desk: Desk, bianca: Person) -> None:
    told = bianca.get("/desk").ok().body
    assert told["me"] == bianca.get("/me").body
    assert told["inboxes"] == bianca.get("/inboxes").body
    assert told["departments"] == bianca.get("/departments")["departments"]
    assert told["statuses"] == bianca.get("/statuses").body
    assert (told["demo"], told["url"]) == (False, desk.origin)
    assert {"epoch", "position", "mark", "version"} <= told.keys()


def test_it_is_the_state_of_one_moment_that_a_socket_can_go_on_from(bianca: Person, hanna: Person, ticket: int) -> None:
    told = bianca.get("/desk").ok().body
    hanna.changes(ticket, subject="Two lamps").ok()
    tab = bianca.tab(resume={name: told[name] for name in ("epoch", "position", "mark")})
    assert tab.welcome["resumed"] is True
    rows = tab.watches("inbox/1", known=True)["rows"]
    assert "Two lamps" in [row["subject"] for row in rows]


def test_each_sees_her_own(ada: Person, bianca: Person, lena: Person) -> None:
    seen = {one.name: [place["name"] for place in one.get("/desk")["departments"]] for one in (ada, bianca, lena)}
    assert seen == {"Ada": ["Support", "Billing"], "Bianca": ["Support"], "Lena": ["Billing"]}
    assert "Lena" not in [one["name"] for one in bianca.get("/desk")["people"]]
    assert [one["name"] for one in lena.get("/desk")["people"]] == ["Ada", "Lena"]
    assert {one["id"]: one["departments"] for one in bianca.get("/desk")["people"]}[1] == [1]
