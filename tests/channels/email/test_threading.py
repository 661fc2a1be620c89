"""To which ticket a mail belongs, and to which it does not."""

from sqlalchemy import select, update

from elbowroom.channels.email import ours
from elbowroom.conversations.tables import messages
from elbowroom.kit.mail import ids
from elbowroom.tickets.tables import followers, tickets
from tests.cast import Person

from .conftest import Mailbox, answer_to, becomes, nora

MALLORY = "Mallory <mallory@elsewhere.example>"


def answered(box: Mailbox, bianca: Person) -> tuple[int, str]:
    """A ticket of Nora's with a reply that went out, and the reply's Message-ID."""
    ticket = box.ticket_of(nora())
    number = bianca.replies(ticket, "Is the cable plugged in?").ok()["message"]["number"]
    becomes(bianca, ticket, number, "left")
    return ticket, str(box.sent().message_id)


def followed(box: Mailbox, ticket: int) -> list[tuple[int, bool]]:
    rows = box.desk.rows(select(followers).where(followers.c.ticket == ticket))
    return [(row["customer"], row["accepted"]) for row in rows]


def test_a_new_mail_opens_a_ticket(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora("Subject: =?utf-8?q?Lampe_f=C3=BCr_K=C3=BCche?=", body="It went dark.\n\n> old\n"))
    seen = bianca.sees(ticket)
    assert (seen["subject"], seen["requester"]["name"], seen["status"]) == ("Lampe für Küche", "Nora Ellis", "open")
    assert (seen["preview"], seen["preview_by"], seen["inbox"]) == ("It went dark.", "customer", 1)
    assert seen["channel"]["address"] == box.address
    message = bianca.messages(ticket)[0]
    assert (message["kind"], message["verified"], message["has_more"]) == ("customer", True, True)


def test_an_answer_to_our_id_lands_on_the_ticket_and_reopens_it(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    assert bianca.sees(ticket)["status"] == "on_hold"
    assert box.ticket_of(answer_to(mail_id, body="It is.")) == ticket
    assert bianca.sees(ticket)["status"] == "open"
    assert bianca.messages(ticket)[-1]["verified"] is True


def test_a_forged_id_binds_nothing(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    row = mail_id.split(".")[1]
    forged = ids.make(b"another secret", row, "desk.example")
    assert forged != mail_id
    assert box.ticket_of(answer_to(forged, who=MALLORY)) != ticket
    assert box.ticket_of(answer_to(mail_id.replace(row, f"{row}0"), who=MALLORY)) != ticket


def test_an_id_of_a_row_that_a_backup_gave_anew_binds_nothing(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    later = update(messages).where(messages.c.ticket == ticket, messages.c.number == 2)
    box.desk.write(lambda tx: tx.run(later.values(at=messages.c.at + 5, mail_id=None)))
    assert box.ticket_of(answer_to(mail_id)) != ticket


def test_a_number_in_the_subject_binds_nothing(box: Mailbox) -> None:
    ticket = box.ticket_of(nora())
    assert box.ticket_of(nora(f"Subject: Re: Lamp broken [#{ticket}] ticket/{ticket} #{ticket}")) != ticket


def test_a_plus_address_of_ours_binds(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora())
    row = ours.row_of(box.last())
    plus = ids.plus_address(ours.secret(box.desk.engines.vault), row, box.address)
    assert box.ticket_of(nora(f"To: {plus}")) == ticket
    assert box.ticket_of(nora("To: undisclosed-recipients:;"), recipients=(plus,)) == ticket
    assert box.ticket_of(nora(f"To: {plus[:-16]}aaaa@desk.example")) != ticket


def test_a_known_id_from_outside_binds_its_own_people(box: Mailbox) -> None:
    ticket = box.ticket_of(nora(number=7001))
    assert box.ticket_of(answer_to("<7001@customer.example>", body="One more thing.")) == ticket


def test_and_nobody_else(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora(number=7002))
    assert box.ticket_of(answer_to("<7002@customer.example>", who=MALLORY)) != ticket
    assert followed(box, ticket) == []


def test_a_stranger_with_a_valid_id_is_an_unverified_participant(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    assert box.ticket_of(answer_to(mail_id, who=MALLORY, body="Send it to me.")) == ticket
    message = bianca.messages(ticket)[-1]
    assert (message["kind"], message["verified"], message["author"]["name"]) == ("customer", False, "Mallory")
    assert [accepted for _, accepted in followed(box, ticket)] == [False]
    assert bianca.sees(ticket)["followers"] == []
    bianca.replies(ticket, "The cable, please.").ok()
    out = box.sent(2)
    assert ([one.email for one in out.to], out.cc) == (["nora@customer.example"], [])


def test_whom_nobody_accepted_may_not_bind_by_an_id_from_outside(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    theirs = box.last()["number"]
    box.takes(answer_to(mail_id, who=MALLORY))
    first = bianca.messages(ticket)[0]
    assert first["number"] < theirs
    known = box.desk.rows(select(messages.c.mail_id).where(messages.c.id == first["id"]))[0]["mail_id"]
    assert box.ticket_of(answer_to(known, who=MALLORY)) != ticket


def test_an_accepted_follower_may(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    box.takes(answer_to(mail_id, who=MALLORY))
    box.desk.write(lambda tx: tx.run(update(followers).where(followers.c.ticket == ticket).values(accepted=True)))
    known = box.desk.rows(select(messages.c.mail_id).where(messages.c.ticket == ticket, messages.c.number == 1))
    assert box.ticket_of(answer_to(known[0]["mail_id"], who=MALLORY)) == ticket
    bianca.replies(ticket, "Both of you, then.").ok()
    assert [one.email for one in box.sent(2).cc] == ["mallory@elsewhere.example"]


def test_cc_gives_no_access(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora("Cc: mallory@elsewhere.example, Eve <eve@elsewhere.example>"))
    assert followed(box, ticket) == []
    bianca.replies(ticket, "For Nora's eyes.").ok()
    box.sent()
    assert box.sink.mails[0].recipients == ["nora@customer.example"]


def test_reply_to_is_not_the_author(box: Mailbox, bianca: Person) -> None:
    ticket = box.ticket_of(nora("Reply-To: mallory@elsewhere.example"))
    assert bianca.sees(ticket)["requester"]["email"] == "nora@customer.example"


def test_a_mail_from_an_agents_address_is_no_agents_reply(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    assert (
        box.ticket_of(answer_to(mail_id, who="Hanna <hanna@desk.example>", body="We refund you all of it.")) == ticket
    )
    message = bianca.messages(ticket)[-1]
    assert (message["kind"], message["author"]["id"], message["verified"]) == ("customer", None, False)
    assert len(box.sink.mails) == 1  # nothing went on to Nora


def test_an_answer_brings_a_thrown_away_ticket_back(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    bianca.throws_away(ticket).ok()
    assert box.ticket_of(answer_to(mail_id)) == ticket
    assert bianca.sees(ticket)["deleted"] is False


def test_but_a_strangers_opens_another_and_a_machines_brings_nothing_back(box: Mailbox, bianca: Person) -> None:
    ticket, mail_id = answered(box, bianca)
    bianca.throws_away(ticket).ok()
    assert box.ticket_of(answer_to(mail_id, who=MALLORY)) != ticket
    away = answer_to(mail_id, body="I am away.").replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")
    assert box.ticket_of(away) == ticket
    assert box.desk.rows(select(tickets.c.deleted_at).where(tickets.c.id == ticket))[0]["deleted_at"] is not None


def test_lena_learns_nothing_of_it(box: Mailbox, lena: Person) -> None:
    ticket = box.ticket_of(nora("Subject: A secret lamp"))
    assert lena.get(f"/tickets/{ticket}").status == 404
    assert ticket not in lena.lists()
    assert lena.finds("secret lamp") == []
