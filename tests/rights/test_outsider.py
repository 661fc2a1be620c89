"""Lena, of the other department, gets nothing of Support: not by list, search, count, address, socket or number."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from tests.cast import UNDO_FOR, Answer, Desk, Nora, Person, Tab
from tests.rights.scene import picture

WORD = "zanzibar"
FROM = {"tickets": 770_000, "messages": 880_000, "attachments": 660_000, "held": 550_000, "labels": 440_000}
OWN = ("/me", "/desk", "/tickets", "/tickets?bin=true", "/tickets?owner=none", "/tickets?owner=2", "/inboxes",
       "/statuses", "/departments", "/held", "/sessions", f"/search?q={WORD}", "/search?q=770001",
       "/search?q=%23770001", f"/tickets?label={WORD}", "/tickets?sort=subject")  # fmt: skip


@pytest.fixture
def invoice(nora: Nora) -> int:
    """Something for Lena too."""
    return nora.writes("Invoice", "Where is it?", inbox="Billing")


@pytest.fixture
def numbered(own_desk: Desk, invoice: int) -> Desk:
    """What is made from now on has numbers that stand out."""

    def verb(tx: Any) -> None:
        for table, first in FROM.items():
            values = {"name": table, "seq": first}
            if tx.is_postgres:
                tx.run(text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :seq)"), values)
                continue
            tx.run(text("DELETE FROM sqlite_sequence WHERE name = :name"), values)
            tx.run(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :seq)"), values)

    own_desk.write(verb)
    return own_desk


def a_day_in_support(desk: Desk, ada: Person, bianca: Person, hanna: Person, nora: Nora) -> int:
    """Everything that can happen to a ticket there; returns its number."""
    ticket = nora.writes(f"{WORD} broken", f"My {WORD} is broken.", inbox="Post")
    bianca.opens(ticket, "writing_reply")
    bianca.locks(ticket).ok()
    hanna.forces(ticket).ok()
    bianca.labels(ticket, WORD).ok()
    bianca.takes(ticket).ok()
    bianca.changes(ticket, subject=f"Two {WORD}s", status="escalated", priority="urgent", inbox=3).ok()
    file = bianca.uploads(picture(), f"{WORD}.png").ok()["id"]
    bianca.notes(ticket, f"About the {WORD}", attachments=[file]).ok()
    bianca.drafts(ticket, f"Dear {WORD}").ok()
    fence = bianca.locks(ticket)["fence"]
    bianca.replies(ticket, f"Change the {WORD}.", fence=fence).ok()
    hanna.replies(ticket, f"And the {WORD}.", seen=0)
    desk.travel(UNDO_FOR)
    nora.answers(ticket, f"Still {WORD}.")
    ada.send("POST", "/inboxes", {"department": 1, "name": f"{WORD} inbox"}).ok()
    bianca.throws_away(ticket).ok()
    bianca.restores(ticket).ok()
    return ticket


def listens(person: Person, *places: str) -> Tab:
    tab = person.tab()
    for place in places:
        tab.says(type="watch", place=place)
        tab.hears(("snapshot", "error"), place=place)
        tab.is_here(place)
    return tab


def traces(heard: Any) -> list[str]:
    """Words and numbers of Support in what someone got."""
    written = json.dumps(heard)
    return [one for one in (WORD, *(str(first)[:3] + "00" for first in FROM.values())) if one in written]


def test_lena_gets_nothing_of_support_whatever_happens_there(
    numbered: Desk, ada: Person, bianca: Person, hanna: Person, lena: Person, nora: Nora, invoice: int
) -> None:
    places = ("inbox/1", "inbox/3", "inbox/6", "department/1", "ticket/770001", f"person/{bianca.id}")
    outside, inside = listens(lena, "inbox/2", "department/2", f"person/{lena.id}", *places), listens(ada, *places[:3])
    ticket = a_day_in_support(numbered, ada, bianca, hanna, nora)
    inside.hears("rows", lambda one: any(row["id"] == ticket for row in one["rows"]))
    lena.changes(invoice, subject="Reminder").ok()
    outside.hears("rows", place="inbox/2")
    got = {path: reads(lena, path).body for path in OWN}
    assert {path: found for path, told in got.items() if (found := traces(told))} == {}
    assert traces([one for one in outside.heard if one["type"] != "error"]) == []
    assert {"zanzibar", "77000"} <= set(traces(inside.heard)), "the others hear it, or this test proves nothing"
    assert {"zanzibar", "77000"} <= set(traces({path: reads(ada, path).body for path in OWN}))


def test_no_number_of_supports_leads_lena_anywhere(
    numbered: Desk, ada: Person, bianca: Person, hanna: Person, lena: Person, nora: Nora
) -> None:
    ticket = a_day_in_support(numbered, ada, bianca, hanna, nora)
    messages = [one["id"] for one in bianca.messages(ticket)]
    files = [file["id"] for one in bianca.messages(ticket) for file in one["attachments"]]
    paths = [f"/tickets/{ticket}", f"/tickets/{ticket}/messages", f"/tickets/{ticket}/facts", "/tickets?inbox=3"]
    paths += [f"/messages/{one}/full" for one in messages] + [f"/messages/{one}/html" for one in messages]
    paths += [f"/attachments/{one}" for one in files] + [f"/attachments/{one}/image" for one in files]
    assert files
    for path in paths:
        answer, nowhere = reads(lena, path), reads(lena, path.replace(str(ticket), "999999"))
        assert (answer.status, traces(answer.body)) == (404, []), path
        assert answer.body.keys() == nowhere.body.keys()
        assert answer["title"] == nowhere["title"]


def test_a_command_on_an_unseen_ticket_is_answered_like_one_on_no_ticket(
    numbered: Desk, bianca: Person, lena: Person, nora: Nora
) -> None:
    ticket = nora.writes(WORD, WORD)
    for way in (lena.takes, lena.locks, lena.throws_away, lena.restores, lambda one: lena.labels(one, "x"),
                lambda one: lena.notes(one, "x"), lambda one: lena.drafts(one, "x"),
                lambda one: lena.changes(one, from_version=1, subject="x")):  # fmt: skip
        there, nowhere = way(ticket), way(999_999)
        assert (there.status, there.body) == (404, nowhere.body)
    assert bianca.sees(ticket)["labels"] == []


def test_a_file_of_hers_on_anothers_ticket_is_no_way_in(desk: Desk, bianca: Person, lena: Person, nora: Nora) -> None:
    hers = lena.uploads(picture()).ok()["id"]
    ticket = nora.writes()
    assert bianca.notes(ticket, "I guessed a number.", attachments=[hers]).status == 422
    assert lena.get(f"/attachments/{hers}").status == 200
    assert bianca.get(f"/attachments/{hers}").status == 404


def reads(person: Person, path: str) -> Answer:
    return person.send("GET", path, key=None)
