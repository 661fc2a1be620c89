"""What lay in the bin long enough is gone for good; what came back in time is whole."""

from typing import Any

import pytest
from sqlalchemy import func, select

from elbowroom.conversations import erasing
from elbowroom.conversations.tables import attachments, drafts, messages
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
    own_desk.travel(29 * DAY)
    assert is_there(own_desk, ticket)
    bianca, hanna = own_desk.person("bianca"), own_desk.person("hanna")
    tab = hanna.watches(f"ticket/{ticket}")
    own_desk.travel(2 * DAY)
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
    assert [one["ticket"] for one in hanna.get("/notices").ok()["notices"]] == [other]
    bianca.throws_away(other).ok()
    own_desk.travel(31 * DAY)
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
