"""Who is where, as the others see it over the wire."""

from tests.cast import Desk, Nora, Person, Tab, doings, eventually


def place(ticket: int) -> str:
    return f"ticket/{ticket}"


def test_hanna_sees_that_bianca_is_there_and_writes(bianca: Person, hanna: Person, ticket: int) -> None:
    inside, beside = hanna.watches(place(ticket)), hanna.watches("inbox/1")
    tab = bianca.opens(ticket)
    inside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    tab.writes(ticket)
    inside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})
    beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})


def test_who_comes_late_sees_the_same_in_her_first_message(bianca: Person, hanna: Person, ticket: int) -> None:
    witness = bianca.watches(place(ticket))
    bianca.opens(ticket).writes(ticket)
    witness.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})
    for watched in (place(ticket), "inbox/1"):
        first = hanna.tab().watches(watched)
        crowd = next(one for one in first["crowds"] if one["place"] == place(ticket))
        assert doings(crowd) == {"Bianca": "writing_reply"}


def test_writing_lapses_by_the_servers_clock(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(place(ticket))
    bianca.opens(ticket).writes(ticket)
    tab.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})
    desk.travel(10)
    tab.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})


def test_a_second_tab_changes_nothing_and_takes_nothing_away(
    desk: Desk, bianca: Person, hanna: Person, ticket: int
) -> None:
    watching = hanna.watches(place(ticket))
    bianca.opens(ticket).writes(ticket)
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})
    second = bianca.opens(ticket)
    second.is_here(None)
    second.closes()
    noticed(desk, second)
    desk.travel(6)
    hanna.opens(ticket)
    crowd = watching.hears_crowd(place(ticket), lambda who: "Hanna" in who)
    assert doings(crowd)["Bianca"] == "writing_reply"


def test_a_killed_browser_is_gone_six_seconds_later(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    watching = hanna.watches(place(ticket))
    tab = bianca.opens(ticket)
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    tab.is_killed()
    noticed(desk, tab)
    desk.travel(4.9)
    assert doings(hanna.tab().watches(place(ticket))["crowds"][0]) == {"Bianca": "viewing"}
    desk.travel(0.2)
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})


def test_a_silent_cut_is_gone_after_twelve_seconds(own_desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    watching = hanna.watches(place(ticket))
    tab = bianca.opens(ticket)
    tab.falls_silent()
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    for _ in range(2):
        own_desk.travel(5.5)
        answers(watching)
    assert doings(hanna.tab().watches(place(ticket))["crowds"][0]) == {"Bianca": "viewing"}
    own_desk.travel(1.5)
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})


def test_a_reload_does_not_flicker(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    watching = hanna.watches(place(ticket))
    tab = bianca.opens(ticket)
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    tab.is_killed()
    noticed(desk, tab)
    desk.travel(1)
    again = bianca.tab(tab=tab.name)
    again.watches(place(ticket))
    again.is_here(place(ticket))
    desk.travel(5)
    hanna.opens(ticket)
    watching.hears_crowd(place(ticket), lambda who: "Hanna" in who)
    seen = [doings(crowd) for one in watching.heard if one["type"] == "crowd" for crowd in one["crowds"]]
    assert all(who["Bianca"] == "viewing" for who in seen if "Bianca" in who)


def test_signing_out_is_seen_at_once(bianca: Person, hanna: Person, ticket: int) -> None:
    watching = hanna.watches(place(ticket))
    bianca.opens(ticket)
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    bianca.signs_out().ok()
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})


def test_going_to_another_ticket_is_seen_at_once(bianca: Person, hanna: Person, nora: Nora, ticket: int) -> None:
    other = nora.writes()
    watching = hanna.watches(place(ticket))
    tab = bianca.opens(ticket)
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})
    tab.is_here(place(other))
    watching.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})


def test_nobody_is_on_a_place_that_is_not_hers(bianca: Person, lena: Person, ticket: int) -> None:
    watching = bianca.watches(place(ticket))
    stranger = lena.tab()
    stranger.is_here(place(ticket), "writing_reply")
    assert stranger.hears("error")["problem"]["status"] == 404
    bianca.opens(ticket)
    seen = watching.hears_crowd(place(ticket), lambda who: "Bianca" in who)
    assert doings(seen) == {"Bianca": "viewing"}


def test_a_moved_ticket_takes_its_crowd_along(
    desk: Desk, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    bianca.opens(ticket)
    beside = hanna.watches("inbox/4")
    omid.changes(ticket, inbox=4).ok()
    beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "viewing"})


def test_a_left_ticket_that_goes_there_and_back_shows_who_left(
    desk: Desk, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    """Found by the random walk with seed 1334751222."""
    ticket = nora.writes()
    tab = bianca.opens(ticket)
    beside, elsewhere = hanna.watches("inbox/1"), hanna.watches("inbox/4")
    tab.is_here(None)
    beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})
    omid.changes(ticket, inbox=4).ok()
    elsewhere.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})
    omid.changes(ticket, inbox=1).ok()
    beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})
    fresh = hanna.tab().watches("inbox/1")["crowds"]
    assert next(one for one in fresh if one["place"] == place(ticket))["people"]


def test_whoever_steps_on_a_moved_ticket_is_seen_around_its_new_inbox(
    desk: Desk, bianca: Person, hanna: Person, omid: Person, nora: Nora
) -> None:
    ticket = nora.writes()
    tab = bianca.opens(ticket)
    tab.is_here(None)
    beside = hanna.watches("inbox/4")
    omid.changes(ticket, inbox=4).ok()
    beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "left"})
    tab.is_here(place(ticket), "writing_reply")
    beside.hears_crowd(place(ticket), lambda who: who == {"Bianca": "writing_reply"})
    assert place(ticket) not in str(hanna.tab().watches("inbox/1")["crowds"])


def test_whoever_goes_where_she_may_not_has_left_all_the_same(
    desk: Desk, lena: Person, omid: Person, ada: Person, ticket: int, nora: Nora
) -> None:
    """Found by the random walk between two servers."""
    invoice = nora.writes(inbox="Billing")
    tab, watching = lena.opens(invoice), ada.watches(place(invoice))
    tab.is_here(place(ticket))
    assert tab.hears("error")["problem"]["status"] == 404
    watching.hears_crowd(place(invoice), lambda who: who == {"Lena": "left"})


def test_losing_one_place_leaves_her_on_another(own_desk: Desk, ada: Person, bianca: Person, nora: Nora) -> None:
    here, there = nora.writes(), nora.writes()
    tab = bianca.opens(here)
    tab.watches(place(there))
    ada.changes(there, inbox=2).ok()
    tab.hears("gone", place=place(there))
    crowd = ada.tab().watches(place(here))["crowds"][0]
    assert doings(crowd) == {"Bianca": "viewing"}


def test_whoever_lost_a_place_leaves_no_trace_there(own_desk: Desk, ada: Person, bianca: Person, ticket: int) -> None:
    tab = bianca.opens(ticket)
    ada.changes(ticket, inbox=2).ok()
    tab.hears("gone", place=place(ticket))
    watching = ada.watches(place(ticket))
    ada.opens(ticket)
    seen = watching.hears_crowd(place(ticket), lambda who: "Ada" in who)
    assert "Bianca" not in doings(seen)


def test_who_may_stay_on_a_moved_ticket_stays_and_the_others_are_never_shown(
    own_desk: Desk, ada: Person, bianca: Person, lena: Person, nora: Nora, ticket: int
) -> None:
    beside = lena.watches("inbox/2")
    bianca.opens(ticket).writes(ticket)
    bianca.locks(ticket).ok()
    killed = bianca.opens(ticket)
    killed.is_killed()  # her ghost stands there for five seconds more
    staying = ada.opens(ticket)
    staying.hears_crowd(place(ticket), lambda who: "Ada" in who and "Bianca" in who)
    ada.changes(ticket, inbox=2).ok()
    beside.hears_crowd(place(ticket), lambda who: who == {"Ada": "viewing"})
    assert lena.locks(ticket).status == 200
    assert "Bianca" not in str([one for one in beside.heard if one["type"] == "crowd"])


def answers(tab: Tab) -> None:
    """Her page answered a ping just now, and the server has heard that."""
    tab.says(type="pong", n=1)
    tab.watches(f"person/{tab.person.id}")


def noticed(desk: Desk, tab: Tab) -> None:
    board = desk.live.crowds.board
    mine = [entry for key, entry in board.entries.items() if tab.name in key and tab.nonce in key]
    eventually(lambda: all(entry.closed is not None for entry in mine), "the server noticed the closed socket")
