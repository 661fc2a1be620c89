"""A ticket as it is shown, in as few questions to the store as there are kinds of things on it."""

from elbowroom.conversations.places import TicketPlace
from elbowroom.tickets import followers, rows
from elbowroom.tickets.tables import tickets
from tests.cast import Desk, Nora, Person


def test_however_many_follow_it_and_wait_to_be_accepted(desk: Desk, bianca: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    for name in ("karl", "rosa"):
        bianca.send("PUT", f"/tickets/{ticket}/followers", {"email": f"{name}@customer.example"}).ok()
    rosa = bianca.sees(ticket)["followers"][1]["id"]
    bianca.send("DELETE", f"/tickets/{ticket}/followers/{rosa}").ok()
    stored = desk.read(lambda read: read.first(tickets.select().where(tickets.c.id == ticket)))
    desk.write(lambda tx: followers.propose(tx, stored, rosa))
    seen = bianca.sees(ticket)
    assert [[one["name"] for one in seen[name]] for name in ("followers", "unverified")] == [["karl"], ["rosa"]]
    assert desk.questions(lambda read: rows.whole(read, ticket)) == 4  # itself, labels, people, its mailbox
    viewer = desk.viewer(bianca.id)
    assert desk.questions(lambda read: TicketPlace().snapshot(read, viewer, ticket)) <= 12


def test_a_page_of_tickets_is_two_questions(desk: Desk, nora: Nora) -> None:
    page = [nora.writes() for _ in range(5)]
    assert desk.questions(lambda read: rows.rows(read, page)) == 2
