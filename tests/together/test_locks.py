"""Who holds a ticket: taken, freed, forced, leased; and the fence that every change of holder raises."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from elbowroom.together.crowds import Crowds
from tests.cast import Desk, Nora, Person, eventually


def test_a_lock_is_shown_to_everyone_on_the_ticket_and_in_its_list(
    bianca: Person, hanna: Person, omid: Person, ticket: int
) -> None:
    inside, beside = hanna.watches(f"ticket/{ticket}"), omid.watches("inbox/1")
    bianca.opens(ticket)
    taken = bianca.locks(ticket).ok()
    assert (taken["holder"]["name"], taken["fence"]) == ("Bianca", 1)
    inside.hears_lock(f"ticket/{ticket}", "Bianca")
    beside.hears_lock(f"ticket/{ticket}", "Bianca")
    bianca.frees(ticket).ok()
    inside.hears_lock(f"ticket/{ticket}", None)


def test_who_comes_second_is_told_the_holder(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    refused = hanna.locks(ticket)
    assert (refused.status, refused.problem) == (409, "locked")
    assert refused["holder"] == {"id": bianca.id, "name": "Bianca"}
    assert bianca.locks(ticket)["fence"] == 1  # hers already: nothing moves
    bianca.frees(ticket).ok()
    assert hanna.locks(ticket)["fence"] == 3


@pytest.mark.two_servers
def test_of_many_who_take_at_once_one_holds(desk: Desk, ticket: int) -> None:
    everyone = [desk.person(name) for name in ("ada", "bianca", "hanna", "omid") for _ in range(3)]
    with ThreadPoolExecutor(len(everyone)) as hands:
        answers = list(hands.map(lambda one: (one.name, one.locks(ticket)), everyone))
    holders = {name for name, answer in answers if answer.status == 200}
    assert len(holders) == 1
    assert {answer["fence"] for _, answer in answers} == {1}


def test_only_the_holder_frees(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    hanna.frees(ticket).ok()
    assert hanna.locks(ticket).status == 409
    bianca.frees(ticket).ok()
    assert hanna.locks(ticket).status == 200


def test_forcing_raises_the_fence_and_tells_by_whom(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = bianca.opens(ticket)
    bianca.locks(ticket).ok()
    hanna.forces(ticket).ok()
    forced = tab.hears_fact("lock_forced")
    assert forced["by"]["name"] == "Hanna"
    assert forced["data"]["former"] == {"id": bianca.id, "name": "Bianca"}
    assert forced["data"]["fence"] == 2
    assert hanna.locks(ticket)["fence"] == 3
    assert bianca.locks(ticket).problem == "locked"


def test_forcing_a_free_ticket_or_ones_own_is_no_event(desk: Desk, bianca: Person, ticket: int) -> None:
    bianca.forces(ticket).ok()
    bianca.locks(ticket).ok()
    bianca.forces(ticket).ok()
    assert "lock_forced" not in desk.kinds(f"ticket/{ticket}")
    assert bianca.locks(ticket).status == 200


def test_where_managers_alone_may_force(bianca: Person, hanna: Person, omid: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Strict")
    bianca.locks(ticket).ok()
    assert hanna.forces(ticket).problem == "forbidden"
    assert hanna.locks(ticket).status == 409
    omid.forces(ticket).ok()
    assert hanna.locks(ticket).status == 200


def test_an_outsider_neither_takes_nor_frees_nor_forces(bianca: Person, lena: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    assert [lena.locks(ticket).status, lena.frees(ticket).status, lena.forces(ticket).status] == [404, 404, 404]
    assert bianca.locks(ticket)["fence"] == 1


def test_exclusive_lets_only_the_holder_send(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="VIP")
    nobody = bianca.replies(ticket, "I never took it.")
    assert (nobody.status, nobody.problem, nobody["reason"]) == (423, "locked", "locked")
    fence = bianca.locks(ticket)["fence"]
    other = hanna.replies(ticket, "Nor I.", fence=fence)
    assert (other.status, other["holder"]["name"]) == (423, "Bianca")
    assert hanna.held(ticket)[0]["body"] == "Nor I."
    assert bianca.replies(ticket, "Without the fence.").status == 423
    assert bianca.replies(ticket, "Dear Nora", fence=fence).status == 201
    assert hanna.locks(ticket).status == 409  # it is hers as long as she is on it


def test_sending_frees_where_the_lock_is_taken_by_writing(bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    bianca.replies(ticket, "Dear Nora").ok()
    assert hanna.locks(ticket).status == 200


def test_exclusive_refuses_a_reply_under_a_forced_lock(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="VIP")
    fence = bianca.locks(ticket)["fence"]
    hanna.forces(ticket).ok()
    newer = hanna.locks(ticket)["fence"]
    assert bianca.replies(ticket, "My text.", fence=fence).status == 423
    assert bianca.held(ticket)[0]["body"] == "My text."
    assert hanna.replies(ticket, "Dear Nora", fence=newer).status == 201


def test_a_fence_that_has_passed_holds_a_reply_also_where_nobody_has_the_lock_now(bianca: Person, ticket: int) -> None:
    fence = bianca.locks(ticket)["fence"]
    bianca.frees(ticket).ok()
    held = bianca.replies(ticket, "Dear Nora", fence=fence)
    assert (held.status, held["reason"], held["title"]) == (409, "took-over", "Your hold on the ticket has ended")
    assert bianca.replies(ticket, "Dear Nora", held=held["held"]).status == 201


def test_a_lock_that_was_lost_and_taken_again_is_another_one(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="VIP")
    old = bianca.locks(ticket)["fence"]
    hanna.forces(ticket).ok()
    new = bianca.locks(ticket)["fence"]
    assert bianca.replies(ticket, "From a tab that slept.", fence=old).status == 423
    assert bianca.replies(ticket, "Dear Nora", fence=new).status == 201


def test_elsewhere_a_lost_lock_holds_the_reply_and_names_who_took_over(
    bianca: Person, hanna: Person, ticket: int
) -> None:
    fence = bianca.locks(ticket)["fence"]
    hanna.forces(ticket).ok()
    hanna.locks(ticket).ok()
    held = bianca.replies(ticket, "My text.", fence=fence)
    assert (held.problem, held["reason"]) == ("reply-held", "took-over")
    assert "Hanna" in held["title"]
    assert bianca.held(ticket)[0]["reason"] == "took-over"
    assert bianca.replies(ticket, "My text.", held=held["held"]).status == 201  # she confirms, without a fence


def test_where_a_lock_is_advice_it_closes_nothing(bianca: Person, hanna: Person, nora: Nora) -> None:
    for inbox in ("Advice", "Support"):
        ticket = nora.writes(inbox=inbox)
        bianca.locks(ticket).ok()
        assert hanna.replies(ticket, "Dear Nora").status == 201
        assert hanna.changes(ticket, subject="Lamp").status == 200


def test_drafts_and_notes_are_never_guarded(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="VIP")
    bianca.locks(ticket).ok()
    assert hanna.notes(ticket, "She called.").status == 201
    assert hanna.drafts(ticket, "Dear").status == 200


def test_a_lock_goes_five_seconds_after_its_tab_closed(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    desk.travel(16)  # a board younger than 15 s frees nothing
    watching = hanna.watches(f"ticket/{ticket}")
    tab = bianca.opens(ticket)
    bianca.locks(ticket).ok()
    watching.hears_lock(f"ticket/{ticket}", "Bianca")
    tab.closes()
    closed_at(desk, tab)
    desk.travel(4.9)
    assert hanna.locks(ticket).status == 409
    desk.travel(0.2)
    watching.hears_lock(f"ticket/{ticket}", None)
    assert hanna.locks(ticket).status == 200


def test_a_second_tab_keeps_the_lock(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    desk.travel(16)
    one, other = bianca.opens(ticket), bianca.opens(ticket)
    hanna_in = hanna.opens(ticket)
    hanna_in.hears_crowd(f"ticket/{ticket}", lambda who: "Bianca" in who)
    bianca.locks(ticket).ok()
    one.closes()
    closed_at(desk, one)
    desk.travel(6)
    assert hanna.locks(ticket).status == 409
    other.is_here(None)
    hanna_in.hears_lock(f"ticket/{ticket}", None)


def test_who_leaves_before_her_lock_is_shown_takes_it_along(
    desk: Desk, bianca: Person, hanna: Person, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Found by test_a_second_tab_keeps_the_lock between two servers: it stayed for another 15 s."""
    desk.travel(16)
    read, may_read = Crowds._read_lock, asyncio.Event()

    async def later(self: Crowds, place: str) -> None:
        await may_read.wait()
        await read(self, place)

    monkeypatch.setattr(Crowds, "_read_lock", later)
    watching, tab = hanna.watches(f"ticket/{ticket}"), bianca.opens(ticket)
    watching.hears_crowd(f"ticket/{ticket}", lambda who: who == {"Bianca": "viewing"})
    bianca.locks(ticket).ok()
    tab.is_here(None)
    watching.hears_crowd(f"ticket/{ticket}", lambda who: who == {"Bianca": "left"})
    desk.on_loop(may_read.set)
    eventually(lambda: hanna.locks(ticket).status == 200, "it went with her")


def test_a_program_leases_and_renews(desk: Desk, hanna: Person, ticket: int) -> None:
    desk.travel(16)
    program = desk.program("bianca", "read", "reply")
    lease = program.locks(ticket).ok()
    assert "until" in lease.body
    desk.travel(50)
    assert program.locks(ticket)["fence"] == lease["fence"]
    desk.travel(50)
    assert hanna.locks(ticket).status == 409
    watching = hanna.watches(f"ticket/{ticket}")  # who is silent for 12 s is hung up on
    desk.travel(11)
    watching.hears_lock(f"ticket/{ticket}", None)
    assert hanna.locks(ticket).status == 200


def test_a_young_board_frees_nothing(own_desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.opens(ticket)
    bianca.locks(ticket).ok()
    own_desk.restart()
    told = hanna.tab().watches(f"ticket/{ticket}")
    assert told["crowds"][0]["lock"]["holder"]["name"] == "Bianca"
    own_desk.travel(14)
    assert hanna.locks(ticket).status == 409
    watching = hanna.watches(f"ticket/{ticket}")
    own_desk.travel(10)
    watching.hears_lock(f"ticket/{ticket}", None)


def test_a_lock_that_is_shown_and_not_there_goes_by_itself(desk: Desk, bianca: Person, nora: Nora) -> None:
    """As when the bus lost the word of its end."""
    desk.travel(16)
    ticket = nora.writes()
    bianca.locks(ticket).ok()
    crowds = desk.live.crowds
    held = eventually(lambda: crowds.mirror.get(f"ticket/{ticket}"), "the mirror knows")
    bianca.frees(ticket).ok()
    eventually(lambda: f"ticket/{ticket}" not in crowds.mirror, "the mirror knows")
    desk.on_loop(lambda: crowds.mirror.update({held.place: held}))
    desk.travel(16)
    eventually(lambda: f"ticket/{ticket}" not in crowds.mirror, "the mirror is mended")


def closed_at(desk: Desk, tab: object) -> None:
    """The server has noticed that the socket is closed."""
    board = desk.live.crowds.board
    name = tab.name  # type: ignore[attr-defined]
    eventually(
        lambda: all(entry.closed is not None for key, entry in list(board.entries.items()) if name in key), "closed"
    )
