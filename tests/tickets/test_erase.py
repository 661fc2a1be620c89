"""What lay in the bin long enough is gone for good; what came back in time is whole."""

from typing import Any

import pytest
from sqlalchemy import Column, Table, func, insert, select

from elbowroom.channels.email.tables import mail_notices, mailboxes, received
from elbowroom.conversations import erasing
from elbowroom.conversations.tables import attachments, drafts, messages
from elbowroom.kit import commands
from elbowroom.kit.db import metadata
from elbowroom.overview.search import found_in
from elbowroom.tickets.tables import tickets
from tests.cast import Desk, Nora, Person, eventually

DAY = 86_400


def binned(person: Person, ticket: int) -> Any:
    return next((one for one in person.get("/bin")["tickets"] if one["id"] == ticket), None)


def is_there(desk: Desk, ticket: int) -> bool:
    return bool(desk.read(lambda read: read.value(select(tickets.c.id).where(tickets.c.id == ticket))))


def left_of(desk: Desk, ticket: int) -> dict[str, int]:
    def question(read: Any) -> dict[str, int]:
        of = {"messages": messages.c.ticket, "drafts": drafts.c.ticket, "found": found_in.c.ticket}
        return {name: read.value(select(func.count()).where(column == ticket)) for name, column in of.items()}

    found: dict[str, int] = desk.read(question)
    return found


def test_the_bin_says_who_when_and_when_it_goes(own_desk: Desk, bianca: Person, lena: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    row = binned(bianca, ticket)
    assert row["deleted_by"] == {"id": bianca.id, "name": "Bianca"}
    assert (row["deleted_at"][:10], row["goes_at"] > row["deleted_at"]) == (
        bianca.sees(ticket)["deleted_at"][:10],
        True,
    )
    assert bianca.get("/bin")["days"] == 30
    assert binned(lena, ticket) is None


def test_its_pages_are_the_whole_bin(
    own_desk: Desk, bianca: Person, nora: Nora, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("elbowroom.tickets.bin.PAGE", 2)
    thrown = [nora.writes() for _ in range(5)]
    for ticket in thrown:
        bianca.throws_away(ticket).ok()
    found, after = [], None
    while True:
        page = bianca.get("/bin", **({"after": after} if after else {})).ok()
        found += [one["id"] for one in page["tickets"]]
        if (after := page["next"]) is None:
            break
    assert found == thrown[::-1]
    assert bianca.get("/bin", after="nonsense").status == 422


def test_within_its_days_all_of_it_comes_back(own_desk: Desk, bianca: Person, nora: Nora, ticket: int) -> None:
    file = int(bianca.uploads(b"the plan", "plan.txt", "text/plain").ok()["id"])
    bianca.notes(ticket, "See the plan.", attachments=[file]).ok()
    bianca.drafts(ticket, "Dear Nora").ok()
    before = bianca.messages(ticket)
    bianca.throws_away(ticket).ok()
    own_desk.travel(29 * DAY)
    bianca = own_desk.person("bianca")
    bianca.restores(ticket).ok()
    own_desk.travel(5 * DAY)
    assert bianca.messages(ticket) == before
    assert bianca.get(f"/tickets/{ticket}/drafts")["drafts"][0]["body"] == "Dear Nora"
    assert ticket in bianca.finds("lamp")


def test_after_its_days_nothing_is_left_but_the_bare_facts(
    own_desk: Desk, bianca: Person, hanna: Person, nora: Nora, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasing, "AT_ONCE", 2)
    file = int(bianca.uploads(b"the plan", "plan.txt", "text/plain").ok()["id"])
    bianca.notes(ticket, "See the plan.", attachments=[file]).ok()
    blob = own_desk.read(lambda read: read.value(select(attachments.c.blob).where(attachments.c.id == file)))
    for _ in range(5):
        nora.answers(ticket, "Velvet.")
    bianca.changes(ticket, subject="Nora's lamp").ok()
    bianca.drafts(ticket, "Dear Nora").ok()
    held = hanna.replies(ticket, "Change the fuse.", seen=0)["held"]
    bianca.throws_away(ticket).ok()
    own_desk.travel(30 * DAY - 5)
    assert is_there(own_desk, ticket)
    bianca, hanna = own_desk.person("bianca"), own_desk.person("hanna")
    tab = hanna.watches(f"ticket/{ticket}")
    own_desk.travel(10)  # for longer nobody's page is silent
    assert tab.hears("gone", place=f"ticket/{ticket}")["why"] == "erased"
    eventually(lambda: not is_there(own_desk, ticket), "it is erased")
    assert left_of(own_desk, ticket) == {"messages": 0, "drafts": 0, "found": 0}
    assert bianca.finds("velvet") == []
    assert bianca.get(f"/tickets/{ticket}").status == 404
    assert bianca.restores(ticket).status == 404
    assert binned(bianca, ticket) is None
    files = own_desk.engines.files
    eventually(lambda: not (files.folder / blob[:2] / blob).exists(), "its file is gone")
    facts = own_desk.facts(f"ticket/{ticket}")
    assert "ticket_opened" in [one["kind"] for one in facts]
    assert "Nora's lamp" not in str(facts)
    text = next(one for one in hanna.get("/held")["held"] if one["id"] == held)
    assert (text["body"], text["subject"]) == ("Change the fuse.", "")


def test_what_is_thrown_away_again_has_its_days_anew(own_desk: Desk, bianca: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    own_desk.travel(20 * DAY)
    bianca = own_desk.person("bianca")
    bianca.restores(ticket).ok()
    bianca.throws_away(ticket).ok()
    own_desk.travel(20 * DAY)
    assert is_there(own_desk, ticket)
    own_desk.travel(11 * DAY)
    eventually(lambda: not is_there(own_desk, ticket), "it is erased")


def test_an_administrator_says_for_how_long(own_desk: Desk, ada: Person, bianca: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    inside = bianca.watches("department/1")
    for days in (0, 366, -1):
        assert ada.send("PATCH", "/bin", {"days": days}).status == 422
    assert ada.send("PATCH", "/bin", {"days": 60}).ok()["days"] == 60
    assert inside.hears_fact("bin_changed")["data"]["days"] == 60
    own_desk.travel(40 * DAY)
    assert is_there(own_desk, ticket)
    own_desk.person("ada").send("PATCH", "/bin", {"days": 10}).ok()
    own_desk.travel(DAY)
    eventually(lambda: not is_there(own_desk, ticket), "its days are over")


def test_nothing_leads_to_what_is_being_erased(own_desk: Desk, bianca: Person, ticket: int) -> None:
    bianca.throws_away(ticket).ok()
    own_desk.write(lambda tx: tx.run(tickets.update().where(tickets.c.id == ticket).values(erased_at=tx.now)))
    assert bianca.get(f"/tickets/{ticket}").status == 404
    assert bianca.restores(ticket).status == 404
    assert binned(bianca, ticket) is None
    assert ticket not in bianca.lists(bin="true")
    tab = bianca.tab()
    tab.says(type="watch", place=f"ticket/{ticket}", known=False)
    assert tab.hears("error")["place"] == f"ticket/{ticket}"


def test_a_notice_goes_with_the_message_it_is_about_wherever_that_went(
    own_desk: Desk, bianca: Person, hanna: Person, nora: Nora, ticket: int
) -> None:
    """The message came by a merge, so the notice was made on another ticket."""
    other = nora.writes("Another lamp")
    bianca.notes(ticket, "@Hanna?", mentions=[hanna.id]).ok()
    bianca.merges(ticket, other).ok()
    [notice] = hanna.get("/notices").ok()["notices"]
    assert notice["ticket"] == other
    bianca.throws_away(other).ok()
    own_desk.travel(30 * DAY - 5)
    tab = own_desk.person("hanna").watches(f"person/{hanna.id}")
    own_desk.travel(10)
    assert tab.hears_fact("notice_read")["data"]["notices"] == [notice["id"]]
    eventually(lambda: not is_there(own_desk, other), "it is erased")
    assert own_desk.person("hanna").get("/notices").ok()["notices"] == []


def test_what_was_merged_into_it_goes_with_it(own_desk: Desk, bianca: Person, nora: Nora) -> None:
    first, second, last = (nora.writes(f"{name} lamp") for name in ("Velvet", "Satin", "Silk"))
    bianca.merges(first, second).ok()
    bianca.merges(second, last).ok()
    bianca.throws_away(last).ok()
    own_desk.travel(31 * DAY)
    bianca = own_desk.person("bianca")
    for ticket, name in ((first, "Velvet"), (second, "Satin"), (last, "Silk")):
        eventually(lambda ticket=ticket: not is_there(own_desk, ticket), "it is erased")  # type: ignore[misc]
        facts = own_desk.facts(f"ticket/{ticket}")
        assert (facts[-1]["kind"], name in str(facts)) == ("ticket_erased", False)
        assert bianca.get(f"/tickets/{ticket}").status == 404


OF = {"source": "ticket", "target": "ticket", "merged_into": "ticket", "requester": "customer"}  # by column
NOUNS = {"tickets": "ticket", "conversations": "conversation", "messages": "message", "customers": "customer"}
UNUSED = {"notices.ticket"}
THEIRS = {"held", "scheduled"}  # of these what its author has not decided on stays hers, and nothing else


def references() -> list[tuple[Column[Any], str]]:
    """Every column of the store that says which ticket, conversation, message or customer, and which of these."""
    found = []
    for column in (column for table in metadata.tables.values() for column in table.columns):
        named = {NOUNS.get(key.column.table.name) for key in column.foreign_keys} - {None}
        noun = OF.get(column.name, column.name)
        if (noun in named or noun in NOUNS.values()) and str(column) not in UNUSED:
            found.append((column, noun))
    return found


def test_nothing_that_refers_to_it_is_left_in_any_table(
    own_desk: Desk, bianca: Person, hanna: Person, nora: Nora
) -> None:
    """A new table that refers to one stands among these by itself: let something of it happen here."""
    other, ticket = nora.writes("Velvet", "Velvet chair.", "Post"), nora.writes("Velvet", "Velvet lamp.", "Post")
    bianca.merges(other, ticket).ok()
    _everything_happens(own_desk, bianca, hanna, ticket)
    read = own_desk.read
    ids = {noun: read(lambda read, t=t: set(read.run(select(t.c.id)).scalars())) for noun, t in by_noun().items()}
    refers = references()
    assert {str(one) for one, noun in refers if not rows_of(own_desk, one, ids[noun])} == set()
    bianca.throws_away(ticket).ok()
    own_desk.travel(31 * DAY)
    for one in (other, ticket):
        eventually(lambda one=one: not is_there(own_desk, one), "it is erased")  # type: ignore[misc]
    own_desk.write(commands.forget_old)
    left = {str(one): rows_of(own_desk, one, ids[noun]) for one, noun in refers}
    theirs = [row for found in left.values() for row in found if "settled_at" in row]
    assert {name.partition(".")[0] for name, found in left.items() if found} == THEIRS
    assert [row for row in theirs if row["settled_at"] or row["recipients"]] == []
    whole = {table.name: str(read(lambda read, t=table: read.rows(select(t)))) for table in metadata.sorted_tables}
    assert {name for name, rows in whole.items() if "elvet" in rows} == THEIRS


def by_noun() -> dict[str, Table]:
    return {noun: metadata.tables[name] for name, noun in NOUNS.items()}


def rows_of(desk: Desk, column: Column[Any], ids: set[int]) -> list[Any]:
    found: list[Any] = desk.read(lambda read: read.rows(select(column.table).where(column.in_(ids))))
    return found


def _everything_happens(desk: Desk, bianca: Person, hanna: Person, ticket: int) -> None:
    file = int(bianca.uploads(b"the plan", "velvet.txt", "text/plain").ok()["id"])
    note = bianca.notes(ticket, "Velvet, @Hanna?", attachments=[file], mentions=[hanna.id]).ok()["message"]["number"]
    bianca.edits(ticket, note, "Velvet it is.").ok()
    bianca.labels(ticket, "torn").ok()
    bianca.send("PUT", f"/tickets/{ticket}/followers", {"email": "karl@customer.example"}).ok()
    bianca.drafts(ticket, "Velvet draft").ok()
    bianca.drafts(ticket, "Velvet draft aside", device="phone")
    to = {"to": ["boss@velvet.example"]}
    chosen: tuple[dict[str, Any], ...] = ({}, {"recipients": to})
    for more in chosen:
        hanna.replies(ticket, "Held velvet", seen=0, **more)
        bianca.schedules(ticket, "Velvet later", 100 * DAY, **more).ok()
    hanna.send("DELETE", f"/held/{hanna.held(ticket)[0]['id']}").ok()
    bianca.unschedules(ticket, bianca.scheduled(ticket)[0]["id"]).ok()
    bianca.send("POST", f"/tickets/{ticket}/forwards", {"number": 1, "recipients": to, "body": "Velvet!"}).ok()

    def mails(tx: Any) -> None:
        message = tx.value(select(messages.c.id).where(messages.c.ticket == ticket).limit(1))
        both = {f"{way}_{name}": "" for way in ("in", "out") for name in ("host", "security", "user", "password")}
        tx.run(insert(mailboxes).values(id=1, in_kind="smtp", start="now", in_port=1, out_port=1, **both))
        came = {"mailbox": 1, "mail_id": "<1@c>", "content": "1", "became": "message", "at": 1.0}
        tx.run(insert(received).values(message=message, **came))
        tx.run(insert(mail_notices).values(ticket=ticket, person=bianca.id, mailbox=1, number=1, at=1.0))

    desk.write(mails)


def test_a_held_text_that_lost_its_ticket_waits_before_no_managers_eyes(
    own_desk: Desk, bianca: Person, hanna: Person, ticket: int
) -> None:
    """It is its author's as ever; what it was about is gone."""
    held = hanna.replies(ticket, "Change the fuse.", seen=0)["held"]
    bianca.throws_away(ticket).ok()
    own_desk.travel(30 * DAY - 5)
    omid = own_desk.person("omid")
    tab = omid.watches("managers/1")
    assert [one["id"] for one in omid.get("/held/waiting").ok()["waiting"]] == [held]
    own_desk.write(lambda tx: tx.run(tickets.update().where(tickets.c.id == ticket).values(erased_at=tx.now)))
    assert omid.get("/held/waiting").ok()["waiting"] == []
    own_desk.write(lambda tx: tx.run(tickets.update().where(tickets.c.id == ticket).values(erased_at=None)))
    own_desk.travel(10)
    assert tab.hears_fact("held_changed")["data"] == {"held": held, "awaiting": None}
    assert [one["id"] for one in own_desk.person("hanna").get("/held").ok()["held"]] == [held]
