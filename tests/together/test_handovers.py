"""Asking for a ticket that a colleague holds: given, refused, run out, let go of; and what goes along."""

from sqlalchemy import select

from elbowroom.kit.clock import moment
from elbowroom.kit.jobs import jobs
from tests.cast import Answer, Desk, Nora, Person, eventually


def asked(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    hanna.asks_for(ticket).ok()


def holder(someone: Person, ticket: int) -> str:
    """Who has it, as a third one is told."""
    refused = someone.locks(ticket)
    assert refused.problem == "locked"
    return str(refused["holder"]["name"])


def test_the_holder_learns_who_asks_and_until_when(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = bianca.opens(ticket)
    bianca.locks(ticket).ok()
    answer = hanna.asks_for(ticket)
    assert (answer.status, answer["holder"]["name"]) == (201, "Bianca")
    assert tab.hears_request(f"ticket/{ticket}", "Hanna")["asked"]["until"] == answer["asked"]["until"]


def test_who_joins_now_sees_that_it_is_asked_for(bianca: Person, hanna: Person, omid: Person, ticket: int) -> None:
    asked(bianca, hanna, ticket)
    (crowd,) = omid.tab().watches(f"ticket/{ticket}")["crowds"]
    assert crowd["lock"]["asked"]["by"]["name"] == "Hanna"


def test_given_it_is_hers_under_a_new_fence(bianca: Person, hanna: Person, omid: Person, ticket: int) -> None:
    tab = hanna.opens(ticket)
    asked(bianca, hanna, ticket)
    bianca.hands_over(ticket).ok()
    handed = tab.hears_fact("lock_handed")
    assert handed["data"] == {
        "former": {"id": bianca.id, "name": "Bianca"}, "to": {"id": hanna.id, "name": "Hanna"}, "fence": 2,
        "why": "given", "draft": False,
    }  # fmt: skip
    assert holder(omid, ticket) == "Hanna"
    assert bianca.replies(ticket, "Too late", fence=1).problem == "reply-held"


def test_the_draft_goes_along_where_its_author_gives_it(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora, your").ok()
    asked(bianca, hanna, ticket)
    bianca.hands_over(ticket, draft=True, note="She wants a green one.").ok()
    (draft,) = hanna.get(f"/tickets/{ticket}/drafts")["drafts"]
    assert (draft["body"], draft["device"]) == ("Dear Nora, your", "Bianca")
    assert bianca.get(f"/tickets/{ticket}/drafts")["drafts"] == []
    assert [one["text"] for one in hanna.messages(ticket)][-1] == "She wants a green one."
    assert hanna.messages(ticket)[-1]["kind"] == "note"


def test_a_given_draft_stands_beside_what_the_other_wrote(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora, your").ok()
    hanna.drafts(ticket, "Hello Nora").ok()
    asked(bianca, hanna, ticket)
    bianca.hands_over(ticket, draft=True).ok()
    (draft,) = hanna.get(f"/tickets/{ticket}/drafts")["drafts"]
    assert (draft["body"], draft["siblings"][0]["body"]) == ("Hello Nora", "Dear Nora, your")


def loses_support(ada: Person, hanna: Person) -> None:
    version = next(one["version"] for one in ada.get("/people")["people"] if one["id"] == hanna.id)
    ada.send("PATCH", f"/people/{hanna.id}", {"from_version": version, "departments": [2]}).ok()


def test_nothing_is_given_to_who_may_not_see_it_any_more(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    bianca.drafts(ticket, "Dear Nora, your").ok()
    asked(bianca, hanna, ticket)
    loses_support(ada, hanna)
    refused = bianca.hands_over(ticket, draft=True)
    assert (refused.status, refused.problem) == (409, "asker-gone")
    assert [one["body"] for one in bianca.get(f"/tickets/{ticket}/drafts")["drafts"]] == ["Dear Nora, your"]
    bianca.keeps(ticket).ok()
    assert holder(omid, ticket) == "Bianca"


def test_let_go_of_it_is_free_where_who_asked_may_not_see_it_any_more(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    asked(bianca, hanna, ticket)
    loses_support(ada, hanna)
    bianca.replies(ticket, "Done with it", fence=1).ok()
    omid.locks(ticket).ok()
    assert holder(bianca, ticket) == "Omid"


def test_nor_is_it_hers_when_the_time_has_run_out(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    waits_for(ada, 10).ok()
    bianca.opens(ticket)
    asked(bianca, hanna, ticket)
    loses_support(ada, hanna)
    own_desk.travel(10)
    eventually(lambda: own_desk.read(lambda read: read.rows(select(jobs))) == [], "the request's time has come")
    assert holder(omid, ticket) == "Bianca"
    assert bianca.hands_over(ticket).problem == "not-asked"


def test_without_her_giving_it_the_draft_stays_hers(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.drafts(ticket, "Dear Nora, your").ok()
    asked(bianca, hanna, ticket)
    bianca.hands_over(ticket).ok()
    assert [one["body"] for one in bianca.get(f"/tickets/{ticket}/drafts")["drafts"]] == ["Dear Nora, your"]
    assert hanna.get(f"/tickets/{ticket}/drafts")["drafts"] == []


def test_refused_it_stays_where_it_is(bianca: Person, hanna: Person, omid: Person, ticket: int) -> None:
    tab = hanna.opens(ticket)
    asked(bianca, hanna, ticket)
    bianca.keeps(ticket).ok()
    refused = tab.hears_fact("lock_refused")
    assert (refused["by"]["name"], refused["data"]["to"]["name"]) == ("Bianca", "Hanna")
    (crowd,) = hanna.tab().watches(f"ticket/{ticket}")["crowds"]
    assert "asked" not in crowd["lock"]
    assert holder(omid, ticket) == "Bianca"
    assert bianca.replies(ticket, "Still mine", fence=1).status == 201


def waits_for(ada: Person, seconds: int) -> Answer:
    """In Support. Shorter than a silent tab lives, so that it is the time that runs out."""
    version = next(one["version"] for one in ada.get("/inboxes").body if one["id"] == 1)
    return ada.send("PATCH", "/inboxes/1", {"from_version": version, "handover_for": seconds})


def test_when_the_time_has_run_out_it_is_hers(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    waits_for(ada, 10).ok()
    bianca.opens(ticket)
    tab = hanna.opens(ticket)
    asked(bianca, hanna, ticket)
    own_desk.travel(9)
    assert holder(omid, ticket) == "Bianca"
    own_desk.travel(1)
    handed = tab.hears_fact("lock_handed")
    assert (handed["data"]["why"], handed["by"]["name"]) == ("lapsed", "Hanna")
    assert holder(omid, ticket) == "Hanna"


def test_how_long_she_may_take_is_the_inboxes_word(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    assert waits_for(ada, 60).ok()["handover_for"] == 60
    bianca.locks(ticket).ok()
    assert hanna.asks_for(ticket)["asked"]["until"] == moment(own_desk.clock.now() + 60)
    assert waits_for(ada, 1).status == 422


def test_letting_go_of_it_gives_it_to_who_asks(bianca: Person, hanna: Person, omid: Person, ticket: int) -> None:
    asked(bianca, hanna, ticket)
    bianca.replies(ticket, "Done with it", fence=1).ok()  # a sent reply ends a write lock
    assert holder(omid, ticket) == "Hanna"


def test_who_takes_the_request_back_gets_nothing(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    waits_for(ada, 10).ok()
    bianca.opens(ticket)
    asked(bianca, hanna, ticket)
    hanna.asks_no_more(ticket).ok()
    own_desk.travel(10)
    eventually(lambda: own_desk.read(lambda read: read.rows(select(jobs))) == [], "the old request's time has come")
    assert holder(omid, ticket) == "Bianca"
    assert bianca.hands_over(ticket).problem == "not-asked"


def test_a_forced_release_ends_the_request(bianca: Person, hanna: Person, omid: Person, ticket: int) -> None:
    asked(bianca, hanna, ticket)
    omid.forces(ticket).ok()
    omid.locks(ticket).ok()
    assert holder(hanna, ticket) == "Omid"
    assert bianca.hands_over(ticket).problem == "not-asked"


def test_one_asks_at_a_time_and_asking_twice_is_asking_once(
    desk: Desk, bianca: Person, hanna: Person, omid: Person, ticket: int
) -> None:
    asked(bianca, hanna, ticket)
    assert hanna.asks_for(ticket).status == 201
    second = omid.asks_for(ticket)
    assert (second.status, second.problem, second["by"]["name"]) == (409, "already-asked", "Hanna")
    assert desk.kinds(f"ticket/{ticket}").count("lock_asked") == 1


def test_what_nobody_holds_is_taken_and_not_asked_for(bianca: Person, hanna: Person, ticket: int) -> None:
    assert hanna.asks_for(ticket).problem == "not-held"
    hanna.locks(ticket).ok()
    assert hanna.asks_for(ticket).problem == "not-held"


def test_only_the_holder_answers(bianca: Person, hanna: Person, omid: Person, lena: Person, ticket: int) -> None:
    asked(bianca, hanna, ticket)
    assert [one.hands_over(ticket).status for one in (hanna, omid, lena)] == [409, 409, 404]
    assert [one.keeps(ticket).status for one in (hanna, omid, lena)] == [409, 409, 404]
    assert lena.asks_for(ticket).status == 404
    assert holder(omid, ticket) == "Bianca"


def test_each_step_stands_in_the_history(bianca: Person, hanna: Person, ticket: int) -> None:
    asked(bianca, hanna, ticket)
    bianca.keeps(ticket).ok()
    hanna.asks_for(ticket).ok()
    bianca.hands_over(ticket).ok()
    told = [fact for fact in bianca.get(f"/tickets/{ticket}/facts")["facts"] if fact["kind"].startswith("lock_")]
    assert [(fact["kind"], fact["by"]["name"]) for fact in told] == [
        ("lock_asked", "Hanna"), ("lock_refused", "Bianca"), ("lock_asked", "Hanna"), ("lock_handed", "Bianca"),
    ]  # fmt: skip
    assert told[-1]["version"] == bianca.sees(ticket)["version"]
