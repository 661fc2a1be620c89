"""Send later: judged when it is scheduled, judged again at its hour; it leaves once, or its author is asked."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from elbowroom.conversations.replying import scheduling
from elbowroom.conversations.tables import held
from elbowroom.people.tables import people
from elbowroom.tickets.tables import tickets
from tests.cast import UNDO_FOR, Desk, Nora, Person, eventually

HOUR = 3600.0


def texts(person: Person, ticket: int) -> list[str]:
    return [one["text"] for one in person.messages(ticket) if one["kind"] == "reply"]


def comes(desk: Desk, ticket: int) -> None:
    """Its hour, and whatever then becomes of it."""
    desk.travel(HOUR)
    eventually(lambda: not desk.read(lambda read: scheduling.of_ticket(read, ticket)), "it is settled")


def test_it_leaves_at_its_hour_and_not_before(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    made = bianca.schedules(ticket, "Change the fuse.", HOUR).ok()["scheduled"]
    assert (made["body"], made["author"]["name"], made["seen"]) == ("Change the fuse.", "Bianca", 1)
    desk.travel(HOUR - 1)
    assert texts(bianca, ticket) == []
    assert desk.postman.carried == []
    desk.travel(1)
    eventually(lambda: bianca.messages(ticket)[-1]["state"] == "left", "it leaves, without waiting for an undo")
    assert texts(bianca, ticket) == ["Change the fuse."]
    assert bianca.scheduled(ticket) == []
    assert bianca.sees(ticket)["status"] == "on_hold"


def test_colleagues_see_it_in_the_ticket_and_an_outsider_nothing(
    bianca: Person, hanna: Person, lena: Person, ticket: int
) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    bianca.schedules(ticket, "Change the fuse.", HOUR).ok()
    told = tab.hears_fact("reply_scheduled")
    assert (told["by"]["name"], told["data"]["waits"]["body"]) == ("Bianca", "Change the fuse.")
    assert [one["body"] for one in hanna.scheduled(ticket)] == ["Change the fuse."]
    assert hanna.tab().watches(f"ticket/{ticket}")["state"]["scheduled"][0]["body"] == "Change the fuse."
    assert lena.get(f"/tickets/{ticket}/scheduled").status == 404
    assert lena.schedules(ticket, "Mine too.", HOUR, seen=1).status == 404


def test_what_she_had_not_seen_holds_it_when_it_is_scheduled(bianca: Person, nora: Nora, ticket: int) -> None:
    nora.answers(ticket, "It works again!")
    answer = bianca.schedules(ticket, "Change the fuse.", HOUR, seen=1)
    assert (answer.problem, answer["reason"]) == ("reply-held", "unseen")
    assert bianca.scheduled(ticket) == []
    entry = bianca.held(ticket)[0]
    bianca.schedules(ticket, "Good.", HOUR, seen=entry["unseen"][0]["number"], held=entry["id"]).ok()
    assert bianca.held(ticket) == []
    assert bianca.replies(ticket, "Change the fuse.", held=entry["id"]).problem == "already-sent"


@pytest.mark.parametrize("who", ["nora", "hanna"])
def test_what_came_until_its_hour_holds_it_and_its_author_is_told(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora, ticket: int, who: str
) -> None:
    bianca.schedules(ticket, "Change the fuse.", HOUR).ok()
    nora.answers(ticket, "It works again!") if who == "nora" else hanna.replies(ticket, "It is the bulb.").ok()
    comes(desk, ticket)
    eventually(lambda: bianca.held(ticket), "it is held")
    [entry] = bianca.held(ticket)
    assert (entry["reason"], entry["body"], len(entry["unseen"])) == ("unseen", "Change the fuse.", 1)
    assert desk.kinds(f"person/{bianca.id}")[-1] == "reply_held"  # told at once to whoever is there
    assert desk.kinds(f"ticket/{ticket}")[-1] == "reply_unscheduled"
    assert "Change the fuse." not in texts(bianca, ticket)


def test_a_note_holds_nothing(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.schedules(ticket, "Change the fuse.", HOUR).ok()
    hanna.notes(ticket, "Well said.").ok()
    comes(desk, ticket)
    assert texts(bianca, ticket) == ["Change the fuse."]


def test_its_author_takes_it_back_into_the_box(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    file = bianca.uploads(b"a lamp", "lamp.txt", "text/plain").ok()["id"]
    entry = bianca.schedules(ticket, "Change the fuse.", HOUR, attachments=[file]).ok()["scheduled"]["id"]
    assert hanna.unschedules(ticket, entry).status == 404
    back = bianca.unschedules(ticket, entry, edit=True).ok()
    assert (back["body"], [one["name"] for one in back["attachments"]]) == ("Change the fuse.", ["lamp.txt"])
    drafts = bianca.tab().watches(f"ticket/{ticket}")["state"]["drafts"]
    assert [one["body"] for one in drafts] == ["Change the fuse."]
    desk.travel(HOUR)
    assert texts(bianca, ticket) == []
    bianca.replies(ticket, "Change it now.", attachments=[file]).ok()


def test_whom_it_is_for_is_shown_beside_it_and_comes_back_with_it(bianca: Person, hanna: Person, ticket: int) -> None:
    """As of a reply that was sent: the ticket's colleagues see all of it."""
    tab, chosen = (
        hanna.watches(f"ticket/{ticket}"),
        {"to": ["eve@elsewhere.example"], "cc": [], "bcc": ["carl@elsewhere.example"]},
    )
    entry = bianca.schedules(ticket, "Change the fuse.", HOUR, recipients=chosen).ok()["scheduled"]["id"]
    assert tab.hears_fact("reply_scheduled")["data"]["waits"]["recipients"] == chosen
    assert bianca.unschedules(ticket, entry, edit=True).ok()["recipients"] == chosen
    plain = bianca.schedules(ticket, "Change the fuse.", HOUR).ok()["scheduled"]
    assert plain["recipients"] is None
    assert bianca.unschedules(ticket, plain["id"]).ok()["recipients"] is None


def test_thrown_away_it_leaves_nothing_behind(desk: Desk, bianca: Person, ticket: int) -> None:
    entry = bianca.schedules(ticket, "Change the fuse.", HOUR).ok()["scheduled"]["id"]
    bianca.unschedules(ticket, entry).ok()
    assert bianca.unschedules(ticket, entry).problem == "has-left"
    assert bianca.tab().watches(f"ticket/{ticket}")["state"]["drafts"] == []
    desk.travel(HOUR)
    assert (texts(bianca, ticket), bianca.held(ticket)) == ([], [])


def test_its_files_go_with_it_and_with_nothing_else(desk: Desk, bianca: Person, ticket: int) -> None:
    file = bianca.uploads(b"a lamp", "lamp.txt", "text/plain").ok()["id"]
    bianca.schedules(ticket, "See this.", HOUR, attachments=[file]).ok()
    assert bianca.notes(ticket, "See this.", attachments=[file]).problem == "bad-request"
    assert bianca.schedules(ticket, "And this.", HOUR, attachments=[file]).problem == "bad-request"
    comes(desk, ticket)
    assert [one["name"] for one in bianca.messages(ticket)[-1]["attachments"]] == ["lamp.txt"]


def test_a_reply_begun_meanwhile_stays_in_her_box_and_so_does_her_lock(desk: Desk, bianca: Person, ticket: int) -> None:
    bianca.schedules(ticket, "Change the fuse.", HOUR).ok()
    desk.travel(HOUR - 1)
    bianca.drafts(ticket, "And another thing").ok()
    tab = bianca.opens(ticket)
    fence = bianca.locks(ticket).ok()["fence"]
    desk.travel(1)
    tab.hears_fact("reply_unscheduled")
    assert texts(bianca, ticket) == ["Change the fuse."]
    again = bianca.tab().watches(f"ticket/{ticket}")
    assert [one["body"] for one in again["state"]["drafts"]] == ["And another thing"]
    assert again["crowds"][0]["lock"]["fence"] == fence


@pytest.mark.parametrize(
    ("what", "reason"),
    [("thrown away", "gone"), ("moved away", "no-access"), ("disabled", "no-access"), ("erased", "no-access")],
)
def test_what_may_not_leave_at_its_hour_is_kept_for_its_author(
    own_desk: Desk, ada: Person, bianca: Person, ticket: int, what: str, reason: str
) -> None:
    bianca.schedules(ticket, "Change the fuse.", HOUR).ok()
    happens: dict[str, Callable[[], Any]] = {
        "thrown away": lambda: ada.throws_away(ticket).ok(),
        "moved away": lambda: ada.changes(ticket, inbox=2).ok(),
        "disabled": lambda: own_desk.write(
            lambda tx: tx.run(update(people).where(people.c.id == bianca.id).values(disabled_at=tx.now))
        ),
        "erased": lambda: own_desk.write(
            lambda tx: tx.run(update(tickets).where(tickets.c.id == ticket).values(department=2))
        ),
    }
    happens[what]()
    comes(own_desk, ticket)
    row = own_desk.read(lambda read: read.first(select(held)))
    assert (row["person"], row["body"], row["reason"]) == (bianca.id, "Change the fuse.", reason)
    assert texts(ada, ticket) == []


def test_in_an_exclusive_inbox_nobody_elses_hold_may_stand_against_it(
    desk: Desk, bianca: Person, hanna: Person, nora: Nora
) -> None:
    mine, theirs = nora.writes(inbox="VIP"), nora.writes(inbox="VIP")
    assert bianca.schedules(mine, "Change the fuse.", HOUR, seen=1).status == 423
    for ticket in (mine, theirs):
        tab = bianca.opens(ticket)
        bianca.schedules(ticket, "Good morning.", HOUR, fence=bianca.locks(ticket).ok()["fence"]).ok()
        bianca.frees(ticket).ok()
        tab.closes()
    desk.travel(HOUR - 1)
    tab = hanna.opens(theirs)
    hanna.locks(theirs).ok()
    desk.travel(1)
    tab.hears_fact("reply_unscheduled")
    eventually(lambda: bianca.scheduled(mine) == [], "it left")
    assert texts(bianca, mine) == ["Good morning."]
    assert texts(bianca, theirs) == []
    assert bianca.held(theirs)[0]["reason"] == "locked"


def test_a_restart_neither_sends_early_nor_twice_nor_forgets(own_desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    entry = bianca.schedules(ticket, "Change the fuse.", HOUR).ok()["scheduled"]["id"]
    own_desk.restart()
    assert texts(bianca, ticket) == []
    own_desk.travel(HOUR)
    eventually(lambda: bianca.messages(ticket)[-1]["state"] == "left", "it leaves")
    own_desk.write(lambda tx: scheduling.leave(tx, entry))  # a worker that took the job over
    own_desk.travel(UNDO_FOR)
    assert texts(bianca, ticket) == ["Change the fuse."]
    assert len(own_desk.postman.carried) == 1
    assert own_desk.read(lambda read: read.first(select(held))) is None


def test_a_key_that_was_taken_keeps_the_text(desk: Desk, bianca: Person, ticket: int) -> None:
    """Whatever refuses it without keeping it, nothing is lost."""
    entry = bianca.schedules(ticket, "Change the fuse.", HOUR).ok()["scheduled"]["id"]
    bianca.send("POST", f"/tickets/{ticket}/notes", {"body": "Mine."}, key=f"scheduled/{entry}").ok()
    comes(desk, ticket)
    assert bianca.held(ticket)[0]["body"] == "Change the fuse."
    assert texts(bianca, ticket) == []


def test_an_hour_that_is_over_is_refused(bianca: Person, ticket: int) -> None:
    assert bianca.schedules(ticket, "Too late.", -1).problem == "bad-request"
    assert bianca.schedules(ticket, "Far off.", 400 * 86_400.0).problem == "bad-request"
    assert bianca.schedules(ticket, "  ", HOUR).problem == "bad-request"
