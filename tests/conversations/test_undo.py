"""Between sending and leaving: taken back, paused, or gone. Nothing leaves early, nothing leaves that may not."""

import pytest
from sqlalchemy import update

from elbowroom.conversations.replying import release
from elbowroom.tickets.tables import channels
from tests.cast import UNDO_FOR, Desk, Nora, Person, eventually


@pytest.fixture
def ticket(nora: Nora) -> int:
    """In the inbox whose replies wait for ten seconds."""
    return nora.writes(inbox="Post")


def test_competitors_are_held_while_a_reply_waits(bianca: Person, hanna: Person, ticket: int) -> None:
    waiting = bianca.replies(ticket, "Change the fuse.", seen=1)["message"]
    assert waiting["state"] == "waiting"
    assert waiting["leaves_at"] is not None
    assert hanna.replies(ticket, "And the bulb.", seen=1)["unseen"][0]["state"] == "waiting"


def test_a_reply_taken_back_is_a_draft_again_and_status_goes_back(desk: Desk, bianca: Person, ticket: int) -> None:
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    assert bianca.sees(ticket)["status"] == "on_hold"
    back = bianca.withdraws(ticket, number).ok()
    assert (back["body"], back["message"]["state"], back["message"]["text"]) == ("Change the fuse.", "withdrawn", "")
    assert bianca.sees(ticket)["status"] == "open"
    state = bianca.tab().watches(f"ticket/{ticket}")["state"]
    assert [one["body"] for one in state["drafts"]] == ["Change the fuse."]
    desk.travel(UNDO_FOR + 1)
    assert bianca.messages(ticket)[-1]["state"] == "withdrawn"
    assert back["message"]["id"] not in desk.postman.carried


def test_a_status_that_someone_set_meanwhile_is_not_taken_back(bianca: Person, hanna: Person, ticket: int) -> None:
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    hanna.changes(ticket, status="escalated").ok()
    bianca.withdraws(ticket, number).ok()
    assert bianca.sees(ticket)["status"] == "escalated"


def test_a_colleagues_reply_in_the_undo_time_pauses_it_and_its_status_stays(
    bianca: Person, hanna: Person, ticket: int
) -> None:
    """Hanna saw it waiting and answered all the same: Bianca is asked, and the ticket has its answer by Hanna."""
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    hanna.replies(ticket, "And the bulb.", seen=number).ok()
    held = bianca.held(ticket)[0]
    assert (held["reason"], [one["text"] for one in held["unseen"]]) == ("paused", ["And the bulb."])
    assert bianca.sees(ticket)["status"] == "on_hold"
    assert bianca.withdraws(ticket, number).problem == "has-left"


def test_her_own_further_reply_stops_none_of_hers(desk: Desk, bianca: Person, ticket: int) -> None:
    first = bianca.replies(ticket, "Change the fuse.")["message"]
    second = bianca.replies(ticket, "And the bulb.", seen=first["number"])["message"]
    desk.travel(UNDO_FOR)
    eventually(lambda: {first["id"], second["id"]} <= set(desk.postman.carried), "both leave")
    assert bianca.held(ticket) == []


def test_the_number_of_a_withdrawn_reply_stays_taken(bianca: Person, hanna: Person, ticket: int) -> None:
    number = bianca.replies(ticket, "Change the fuse.", seen=1)["message"]["number"]
    held = hanna.replies(ticket, "And the bulb.", seen=1)
    bianca.withdraws(ticket, number).ok()
    assert bianca.sees(ticket)["head"] == number
    assert hanna.held(ticket)[0]["unseen"] == []
    assert hanna.replies(ticket, "And the bulb.", seen=number, held=held["held"])["message"]["number"] > number


def test_only_its_author_takes_a_reply_back(bianca: Person, hanna: Person, lena: Person, ticket: int) -> None:
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    assert hanna.withdraws(ticket, number).status == 404
    assert lena.withdraws(ticket, number).status == 404
    assert bianca.withdraws(ticket, 1).status == 404
    assert bianca.withdraws(ticket, number).status == 200


def test_what_has_left_is_not_taken_back(desk: Desk, bianca: Person, ticket: int) -> None:
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    desk.travel(UNDO_FOR)
    assert bianca.withdraws(ticket, number).problem == "has-left"


def test_a_customers_message_in_the_undo_time_pauses_the_reply_at_once(
    desk: Desk, bianca: Person, nora: Nora, ticket: int
) -> None:
    tab, own = bianca.watches(f"ticket/{ticket}"), bianca.watches(f"person/{bianca.id}")
    message = bianca.replies(ticket, "Change the fuse.")["message"]["id"]
    nora.answers(ticket, "It works again!")
    paused = tab.hears_fact("reply_paused")["data"]["message"]
    assert (paused["state"], paused["text"]) == ("paused", "")
    assert own.hears_fact("reply_held")["data"]["entry"]["reason"] == "paused"
    held = bianca.held(ticket)[0]
    assert (held["body"], held["reason"]) == ("Change the fuse.", "paused")
    assert [one["text"] for one in held["unseen"]] == ["It works again!"]
    assert bianca.sees(ticket)["status"] == "open"
    desk.travel(UNDO_FOR)
    assert bianca.replies(ticket, "Good.", seen=held["unseen"][0]["number"], held=held["id"]).status == 201
    assert message not in desk.postman.carried
    assert desk.kinds(f"ticket/{ticket}").count("reply_paused") == 1


@pytest.mark.one_server
def test_what_was_overlooked_as_it_landed_is_seen_as_it_leaves(
    desk: Desk, bianca: Person, nora: Nora, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = bianca.replies(ticket, "Change the fuse.")["message"]["id"]
    with monkeypatch.context() as patched:
        patched.setattr(release, "landed", lambda *_: None)
        nora.answers(ticket, "It works again!")
    assert bianca.held(ticket) == []
    desk.travel(UNDO_FOR)
    eventually(lambda: [one["reason"] for one in bianca.held(ticket)] == ["paused"], "it is held")
    assert message not in desk.postman.carried


def test_a_machines_answer_in_the_undo_time_pauses_nothing(desk: Desk, bianca: Person, nora: Nora, ticket: int) -> None:
    tab = bianca.watches(f"ticket/{ticket}")
    bianca.replies(ticket, "Change the fuse.").ok()
    nora.answers(ticket, "Out of office.", is_auto=True)
    desk.travel(UNDO_FOR)
    assert tab.hears_fact("reply_left")


def test_in_a_chat_another_senders_reply_alone_pauses(
    own_desk: Desk, bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    own_desk.write(lambda tx: tx.run(update(channels).values(kind="chat")))
    first = bianca.replies(ticket, "Change the fuse.")["message"]
    nora.answers(ticket, "And then?")
    assert bianca.messages(ticket)[1]["state"] == "waiting"
    own_desk.travel(UNDO_FOR)
    eventually(lambda: first["id"] in own_desk.postman.carried, "it leaves")
    second = bianca.replies(ticket, "Then switch it on.")["message"]
    hanna.replies(ticket, "Mind the wet hands.", seen=second["number"]).ok()
    assert bianca.held(ticket)[0]["reason"] == "paused"


def test_where_the_undo_time_is_none_it_leaves_at_once(own_desk: Desk, bianca: Person, ticket: int) -> None:
    own_desk.write(lambda tx: tx.run(update(channels).values(undo_for=0)))
    message = bianca.replies(ticket, "Change the fuse.")["message"]
    assert message["leaves_at"] is None
    eventually(lambda: message["id"] in own_desk.postman.carried, "it leaves")


def test_a_note_in_the_undo_time_pauses_nothing(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    tab = bianca.watches(f"ticket/{ticket}")
    bianca.replies(ticket, "Change the fuse.").ok()
    hanna.notes(ticket, "Well said.").ok()
    desk.travel(UNDO_FOR)
    assert tab.hears_fact("reply_left")


def test_a_ticket_in_the_bin_sends_nothing(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    message = bianca.replies(ticket, "Change the fuse.")["message"]["id"]
    hanna.throws_away(ticket).ok()
    desk.travel(UNDO_FOR)
    eventually(lambda: bianca.held(ticket), "the reply is held")
    assert message not in desk.postman.carried


def test_an_author_who_lost_the_ticket_sends_nothing(
    own_desk: Desk, ada: Person, bianca: Person, hanna: Person, ticket: int
) -> None:
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    ada.changes(ticket, inbox=2).ok()
    assert bianca.withdraws(ticket, number).status == 404
    own_desk.travel(UNDO_FOR)
    eventually(lambda: bianca.held(ticket), "the reply is held")
    assert bianca.held(ticket)[0]["body"] == "Change the fuse."
    assert own_desk.postman.carried == []


def test_a_forced_lock_does_not_stop_what_was_sent(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    bianca.locks(ticket).ok()
    bianca.replies(ticket, "Change the fuse.").ok()
    hanna.locks(ticket).ok()
    tab = hanna.watches(f"ticket/{ticket}")
    desk.travel(UNDO_FOR)
    assert tab.hears_fact("reply_left")


def test_a_restart_neither_sends_early_nor_forgets(own_desk: Desk, bianca: Person, ticket: int) -> None:
    bianca.replies(ticket, "Change the fuse.").ok()
    own_desk.restart()
    assert bianca.messages(ticket)[-1]["state"] == "waiting"
    own_desk.travel(UNDO_FOR)
    eventually(lambda: bianca.messages(ticket)[-1]["state"] == "left", "the reply leaves")
    assert len(own_desk.postman.carried) == 1


def test_a_refused_reply_shows_the_servers_words_and_can_be_sent_again(
    desk: Desk, bianca: Person, lena: Person, ticket: int
) -> None:
    tab = bianca.watches(f"ticket/{ticket}")
    desk.postman.words = "550 no such user"
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    assert bianca.send("POST", f"/tickets/{ticket}/replies/{number}/resend").problem == "has-left"
    desk.travel(UNDO_FOR)
    refused = tab.hears_fact("reply_refused")["data"]["message"]
    assert (refused["state"], refused["words"]) == ("refused", "550 no such user")
    desk.postman.words = ""
    assert lena.send("POST", f"/tickets/{ticket}/replies/{number}/resend").status == 404
    bianca.send("POST", f"/tickets/{ticket}/replies/{number}/resend").ok()
    assert tab.hears_fact("reply_left")["data"]["message"]["words"] is None


def test_a_draft_begun_meanwhile_stays_and_stands_beside_the_text(bianca: Person, ticket: int) -> None:
    number = bianca.replies(ticket, "Change the fuse.")["message"]["number"]
    bianca.drafts(ticket, "And another thing").ok()
    bianca.withdraws(ticket, number).ok()
    draft = bianca.tab().watches(f"ticket/{ticket}")["state"]["drafts"][0]
    assert (draft["body"], draft["siblings"][0]["body"]) == ("Change the fuse.", "And another thing")
