"""An agent answers by mail: by the one function that admits replies, and as nobody but herself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select, update

from elbowroom.channels.email.tables import mail_notices
from elbowroom.conversations.tables import held, messages
from elbowroom.kit.mail import ids
from elbowroom.kit.mail.parsed import ParsedMail
from tests.cast import INBOXES, Person
from tests.kit.mail.letters import multipart

from .agents import US, VOUCHED, address, all_told, answer, heard, nobody_wants, settled, told, vouching, wants
from .conftest import NORA, Mailbox, MailDesk, answer_to, becomes, nora

FORGED = f"Authentication-Results: {US}; dmarc=fail header.from=desk.example"


@pytest.fixture(autouse=True)
def answers(desk: MailDesk, bianca: Person, hanna: Person) -> Iterator[None]:
    """Both are told of everything, and the operator named his server."""
    for person in (bianca, hanna):
        wants(person, "all")
    with vouching(desk):
        yield
    nobody_wants(desk)


@dataclass
class Told:
    box: Mailbox
    ticket: int
    notice: ParsedMail
    person: Person

    def answers(self, text: str = "Is it plugged in?", *headers: str, **more: object) -> str:
        return self.box.takes(answer(self.notice, self.person, text, *headers, **more))  # type: ignore[arg-type]

    def said(self) -> list[str]:
        return [one["text"] for one in self.person.messages(self.ticket)]

    def is_refused(self, because: str, text: str = "Is it plugged in?", *headers: str, **more: object) -> None:
        """No reply, no new ticket, no mail to anyone; an administrator sees why."""
        settled(self.box)
        mails, said = len(self.box.sink.mails), count(self.box)
        assert self.answers(text, *headers, **more) == "quarantine"
        assert because in self.box.quarantined()[0]
        settled(self.box)
        assert (len(self.box.sink.mails), count(self.box)) == (mails, said)


def count(box: Mailbox) -> int:
    return int(box.desk.rows(select(func.count().label("n")).select_from(messages))[0]["n"])


@pytest.fixture
def tell(box: Mailbox) -> Callable[..., Told]:
    def make(person: Person, **mail: object) -> Told:
        ticket = box.ticket_of(nora(**mail))  # type: ignore[arg-type]
        return Told(box, ticket, told(box, person), person)

    return make


@pytest.fixture
def bianca_told(tell: Callable[..., Told], bianca: Person) -> Told:
    return tell(bianca)


# what is a reply
def test_her_answer_goes_to_the_customer_without_quote_and_signature(bianca_told: Told, hanna: Person) -> None:
    assert bianca_told.answers("Hello Nora,\n\nis it plugged in?\n\n-- \nBianca, Support") == "reply"
    reply = hanna.messages(bianca_told.ticket)[-1]
    assert (reply["kind"], reply["author"]["name"]) == ("reply", "Bianca")
    assert reply["text"] == "Hello Nora,\n\nis it plugged in?"
    becomes(hanna, bianca_told.ticket, 2, "left")
    out = next(one for one in bianca_told.box.sink.mails if one.recipients == [NORA])
    assert b"Write above this line" not in out.raw
    assert hanna.sees(bianca_told.ticket)["status"] == "on_hold"


def test_the_address_alone_names_the_notice(bianca_told: Told) -> None:
    assert bianca_told.answers(plus=True) == "reply"


def test_files_are_carried_and_the_pictures_of_her_signature_are_not(bianca_told: Told, hanna: Person) -> None:
    notice, me = bianca_told.notice, bianca_told.person
    part = 'Content-Type: text/html; charset=utf-8\n\n<p>See the plan.</p><img src="cid:logo">'
    logo = "Content-Type: image/png\nContent-ID: <logo>\nContent-Disposition: inline\n\nPNG"
    plan = 'Content-Type: application/pdf; name="plan.pdf"\nContent-Disposition: attachment\n\nPDF'
    raw = multipart("mixed", part, logo, plan, headers=(
        VOUCHED, f"From: {address(me)}", f"In-Reply-To: {notice.message_id}", "Message-ID: <files@desk.example>"
    ))  # fmt: skip
    assert bianca_told.box.takes(raw) == "reply"
    reply = hanna.messages(bianca_told.ticket)[-1]
    assert (reply["text"], [one["name"] for one in reply["attachments"]]) == ("See the plan.", ["plan.pdf"])
    assert hanna.get(f"/attachments/{reply['attachments'][0]['id']}").body == b"PDF"


def test_a_mail_that_comes_twice_is_one_reply(connect: Callable[..., Mailbox], bianca_told: Told) -> None:
    raw = answer(bianca_told.notice, bianca_told.person, "Is it plugged in?")
    assert bianca_told.box.takes(raw) == "reply"
    assert bianca_told.box.takes(raw) == "known"
    assert connect().takes(raw) == "known"
    assert bianca_told.said()[1:] == ["Is it plugged in?"]


def test_her_draft_on_the_desk_stays(bianca_told: Told, bianca: Person) -> None:
    bianca.drafts(bianca_told.ticket, "Begun at the desk").ok()
    assert bianca_told.answers() == "reply"
    assert bianca.get(f"/tickets/{bianca_told.ticket}/drafts").ok()["drafts"][0]["body"] == "Begun at the desk"


def test_undo_time_goes_by_before_it_leaves(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(undo_for=10)
    ticket = box.ticket_of(nora())
    assert box.takes(answer(told(box, bianca), bianca, "Is it plugged in?")) == "reply"
    assert bianca.messages(ticket)[-1]["state"] == "waiting"
    box.desk.travel(11)
    becomes(bianca, ticket, 2, "left")


# what is none
def test_a_notice_without_a_signature_is_none(bianca_told: Told) -> None:
    row = str(bianca_told.notice.message_id).split(".")[1]
    forged = ids.make(b"another secret", row, "desk.example")
    assert forged != bianca_told.notice.message_id
    notice = bianca_told.notice
    bianca_told.notice = _named(notice, forged)
    bianca_told.is_refused("did not send")
    plus = ids.plus_address(b"another secret", row, bianca_told.box.address)
    raw = answer(notice, bianca_told.person, "Hi", plus=True).replace(notice.reply_to[0].email.encode(), plus.encode())
    assert bianca_told.box.takes(raw) == "quarantine"
    assert bianca_told.said()[1:] == []


def _named(notice: ParsedMail, message_id: str) -> ParsedMail:
    return replace(notice, message_id=message_id, reply_to=[])


def test_the_notice_of_a_row_that_a_backup_gave_anew_is_none(bianca_told: Told) -> None:
    later = update(mail_notices).where(mail_notices.c.person == bianca_told.person.id)
    bianca_told.box.desk.write(lambda tx: tx.run(later.values(at=mail_notices.c.at + 5)))
    bianca_told.is_refused("before it was restored")


@pytest.mark.parametrize("who", ["Nora <nora@customer.example>", "Bianca <bianca@desk.example.evil.example>"])
def test_a_customer_who_got_the_notice_forwarded_answers_nothing(bianca_told: Told, who: str) -> None:
    passed = f"Authentication-Results: {US}; dmarc=pass header.from={who.rpartition('@')[2][:-1]}"
    bianca_told.is_refused("went to someone else", who=who, seen_by=passed)


def test_another_persons_notice_is_none(bianca_told: Told, hanna: Person) -> None:
    bianca_told.person = hanna
    bianca_told.is_refused("went to someone else")


@pytest.mark.parametrize(
    "said",
    [
        "",
        FORGED,
        f"Authentication-Results: {US}; dmarc=pass header.from=elsewhere.example",
        "Authentication-Results: mx.elsewhere.example; dmarc=pass header.from=desk.example",
        f"{FORGED}\r\n{VOUCHED}",  # the sender's own, below that of our server
        f"Authentication-Results: {US}; none\r\n{VOUCHED}",
    ],
)
def test_a_forged_sender_is_none(bianca_told: Told, said: str) -> None:
    bianca_told.is_refused("does not vouch", seen_by=said)


def test_without_a_named_server_nobody_vouches(bianca_told: Told, desk: MailDesk) -> None:
    with vouching(desk, ""):
        bianca_told.is_refused("ELBOWROOM_MAIL_AUTHSERV")
    with vouching(desk, "other@desk.example=mx.desk.example"):
        bianca_told.is_refused("ELBOWROOM_MAIL_AUTHSERV", "Is it plugged in at all?")
    with vouching(desk, f"{bianca_told.box.address}={US}"):
        assert bianca_told.answers("Is it?") == "reply"


@pytest.mark.parametrize("change", [{"departments": []}, {"disabled": True}])
def test_who_may_not_see_the_ticket_any_more_answers_nothing(
    bianca_told: Told, ada: Person, change: dict[str, object]
) -> None:
    me = bianca_told.person.id
    version = next(one["version"] for one in ada.get("/people").ok()["people"] if one["id"] == me)
    gone = ada.send("PATCH", f"/people/{me}", {"from_version": version, **change}).ok()
    try:
        bianca_told.is_refused("disabled" if "disabled" in change else "may not see that ticket")
    finally:
        back = {"from_version": gone["version"], "departments": [1], "disabled": False}
        ada.send("PATCH", f"/people/{me}", back).ok()


def test_a_ticket_that_moved_away_is_none_of_hers(bianca_told: Told, ada: Person) -> None:
    ada.changes(bianca_told.ticket, inbox=INBOXES["Billing"]).ok()
    bianca_told.is_refused("may not see that ticket")


@pytest.mark.parametrize(
    "header", ["Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All", "Precedence: auto_reply"]
)
def test_her_out_of_office_note_is_no_reply_and_nobody_is_bothered(bianca_told: Told, header: str) -> None:
    settled(bianca_told.box)
    mails = len(bianca_told.box.sink.mails)
    assert bianca_told.answers("I am on holiday.", header) == "dropped"
    settled(bianca_told.box)
    assert (len(bianca_told.said()), len(bianca_told.box.sink.mails)) == (1, mails)


@pytest.mark.parametrize("header", ["List-Id: <team.desk.example>", "Precedence: bulk"])
def test_what_came_through_a_list_is_no_reply(bianca_told: Told, header: str) -> None:
    bianca_told.is_refused("through a list or as bulk mail", "Is it plugged in?", header)


@pytest.mark.parametrize("text", ["", "Sent from my iPhone", "Von meinem Gerät gesendet"])
def test_an_empty_answer_is_none_and_the_notice_never_leaves(bianca_told: Told, text: str) -> None:
    bianca_told.is_refused("no text", text)


def test_an_answer_between_the_lines_of_the_notice_is_kept_and_not_sent(bianca_told: Told) -> None:
    lines = bianca_told.notice.text.splitlines()
    between = "\n".join([*(f"> {one}" for one in lines[:4]), "Is it plugged in?", *(f"> {one}" for one in lines[4:])])
    raw = answer(bianca_told.notice, bianca_told.person, "Hello", who="").split(b"\r\n\r\n", 1)
    assert bianca_told.box.takes(raw[0] + b"\r\n\r\n" + f"See below\n{between}\n".encode()) == "quarantine"
    assert "can't be told apart" in bianca_told.box.quarantined()[0]


# what is held
def test_something_newer_holds_it_and_she_gets_it_back(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    assert bianca_told.answers("Is it plugged in?") == "held"
    assert bianca_told.said()[1:] == ["Try another bulb."]
    back = told(bianca_told.box, bianca, 2)
    entry = bianca.held(bianca_told.ticket)[0]
    assert (entry["body"], entry["reason"], entry["seen"]) == ("Is it plugged in?", "unseen", 1)
    assert back.subject == "Not sent: Lamp broken"
    assert back.text.index("Hanna wrote:\nTry another bulb.") < back.text.index("Your text:\n\nIs it plugged in?")
    assert f"/held/{entry['id']}\n" in back.text
    assert f"/ticket/{bianca_told.ticket}\n" in back.text


def test_to_answer_that_mail_is_to_confirm(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    bianca_told.answers("Is it plugged in?")
    back = told(bianca_told.box, bianca, 2)
    assert bianca_told.box.takes(answer(back, bianca, "Or: is it plugged in?")) == "reply"
    assert bianca_told.said()[2:] == ["Or: is it plugged in?"]
    assert bianca.held(bianca_told.ticket) == []


def test_an_empty_answer_confirms_the_held_text_as_it_is(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    bianca_told.answers("Is it plugged in?")
    back = told(bianca_told.box, bianca, 2)
    assert bianca_told.box.takes(answer(back, bianca, "")) == "reply"
    assert bianca_told.said()[2:] == ["Is it plugged in?"]


@pytest.mark.parametrize("text", ["", "Or: is it plugged in?"])
def test_confirmed_it_goes_to_whom_she_had_chosen(bianca_told: Told, hanna: Person, bianca: Person, text: str) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    bianca_told.answers("Is it plugged in?")
    back = told(bianca_told.box, bianca, 2)
    entry = bianca.held(bianca_told.ticket)[0]["id"]
    chosen = {"to": ["eve@elsewhere.example"], "cc": [], "bcc": []}
    bianca.replies(bianca_told.ticket, "Is it plugged in?", seen=1, held=entry, recipients=chosen)  # still held
    assert bianca_told.box.takes(answer(back, bianca, text)) == "reply"
    assert bianca.messages(bianca_told.ticket)[-1]["recipients"] == chosen
    becomes(bianca, bianca_told.ticket, 3, "left")
    assert ["eve@elsewhere.example"] in [one.recipients for one in bianca_told.box.sink.mails]


def test_something_newer_still_holds_the_confirmed_one_too(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    bianca_told.answers("Is it plugged in?")
    back = told(bianca_told.box, bianca, 2)
    hanna.replies(bianca_told.ticket, "Or another lamp.").ok()
    assert bianca_told.box.takes(answer(back, bianca, "Really: is it plugged in?")) == "held"
    again = told(bianca_told.box, bianca, 3)
    assert "Or another lamp." in again.text
    assert "Try another bulb." not in again.text
    assert [one["body"] for one in bianca.held(bianca_told.ticket)] == ["Really: is it plugged in?"]


def test_what_she_decided_on_the_desk_is_not_said_twice(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    bianca_told.answers("Is it plugged in?")
    back = told(bianca_told.box, bianca, 2)
    entry = bianca.held(bianca_told.ticket)[0]["id"]
    bianca.replies(bianca_told.ticket, "Is it plugged in?", held=entry).ok()
    bianca_told.notice = back
    bianca_told.is_refused("sent this text already")
    bianca_told.is_refused("no text", "")


def test_the_customers_own_message_holds_it_as_well(bianca_told: Told, bianca: Person) -> None:
    bianca_told.box.takes(answer_to(_of_nora(bianca_told), body="It works again."))
    assert bianca_told.answers() == "held"
    assert "It works again." in told(bianca_told.box, bianca, 3).text


def _of_nora(one: Told) -> str:
    return str(one.box.desk.rows(select(messages.c.mail_id).where(messages.c.ticket == one.ticket))[0]["mail_id"])


def test_in_an_exclusive_inbox_only_the_holder_sends(connect: Callable[..., Mailbox], bianca: Person) -> None:
    box = connect(inbox=INBOXES["VIP"])
    ticket = box.ticket_of(nora())
    assert box.takes(answer(told(box, bianca), bianca, "Is it plugged in?")) == "held"
    assert [(one["body"], one["reason"]) for one in bianca.held(ticket)] == [("Is it plugged in?", "locked")]
    assert "only whoever holds the ticket can send" in told(box, bianca, 2).text
    assert len(bianca.messages(ticket)) == 1


def test_on_a_ticket_in_the_bin_it_is_held(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.throws_away(bianca_told.ticket).ok()
    assert bianca_told.answers() == "held"
    assert "lies in the bin" in told(bianca_told.box, bianca, 2).text
    hanna.restores(bianca_told.ticket).ok()


def test_a_reply_by_mail_that_may_not_leave_any_more_comes_back(
    connect: Callable[..., Mailbox], bianca: Person
) -> None:
    box = connect(undo_for=10)
    ticket = box.ticket_of(nora(number=7601))
    assert box.takes(answer(told(box, bianca), bianca, "Is it plugged in?")) == "reply"
    box.takes(answer_to("<7601@customer.example>", body="It works again."))
    box.desk.travel(11)
    becomes(bianca, ticket, 2, "paused")
    # Of the message itself, and of her answer, which it stopped: in no promised order.
    back = next(one for one in all_told(box, bianca, 3) if "/held/" in one.text)
    assert "It works again." in back.text
    assert box.takes(answer(back, bianca, "")) == "reply"
    assert bianca.messages(ticket)[-1]["text"] == "Is it plugged in?"


def test_a_reply_by_mail_that_a_merge_stopped_comes_back_and_is_confirmed_on_the_other(
    connect: Callable[..., Mailbox], bianca: Person, hanna: Person
) -> None:
    box = connect(undo_for=10)
    ticket = box.ticket_of(nora())
    assert box.takes(answer(told(box, bianca), bianca, "Is it plugged in?")) == "reply"
    other = box.ticket_of(nora("From: Karl <karl@customer.example>", body="The stairs are dark."))
    hanna.merges(ticket, other).ok()
    # Of either ticket's message, and of the reply that did not leave.
    back = next(one for one in all_told(box, bianca, 3) if "/held/" in one.text)
    assert ("Is it plugged in?" in back.text, back.subject.startswith("Not sent: ")) == (True, True)
    settled(box)
    assert heard(box, bianca) == 3
    assert box.takes(answer(back, bianca, "")) == "held"  # she has seen nothing of the other yet
    again = told(box, bianca, 4)
    assert "The stairs are dark." in again.text
    assert box.takes(answer(again, bianca, "")) == "reply"
    assert [one["text"] for one in bianca.messages(other)][-1] == "Is it plugged in?"


def test_a_reply_from_the_desk_that_is_held_is_no_mail(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    assert bianca.replies(bianca_told.ticket, "Is it plugged in?", seen=1).status == 409
    settled(bianca_told.box)
    assert heard(bianca_told.box, bianca) == 1


def test_a_held_mail_is_sent_once_whatever_its_server_says(bianca_told: Told, hanna: Person, bianca: Person) -> None:
    hanna.replies(bianca_told.ticket, "Try another bulb.").ok()
    becomes(hanna, bianca_told.ticket, 2, "left")
    raw = answer(bianca_told.notice, bianca, "Is it plugged in?")
    assert [bianca_told.box.takes(raw) for _ in range(3)] == ["held", "known", "known"]
    told(bianca_told.box, bianca, 2)
    entries = select(func.count().label("n")).select_from(held).where(held.c.ticket == bianca_told.ticket)
    assert bianca_told.box.desk.rows(entries)[0]["n"] == 1
    assert heard(bianca_told.box, bianca) == 2
