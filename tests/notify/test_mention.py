"""Who is named in a note is told at once, and only she; until she has read it, it stands in her list."""

from typing import Any

from tests.cast import Desk, Nora, Person


def test_hanna_is_told_at_once(bianca: Person, hanna: Person, ticket: int) -> None:
    tab = hanna.watches(f"person/{hanna.id}")
    note = bianca.notes(ticket, "@Hanna, is it in stock?", mentions=[hanna.id]).ok()["message"]
    assert note["mentions"] == [hanna.id]
    told = tab.hears_fact("notice_made")["data"]["told"]
    assert (told["ticket"], told["number"], told["words"]) == (ticket, 2, "@Hanna, is it in stock?")
    assert told["by"] == {"id": bianca.id, "name": "Bianca"}
    assert waiting(hanna, ticket) == [told]
    assert waiting(bianca, ticket) == []


def test_it_goes_when_she_has_read_it(bianca: Person, hanna: Person, ticket: int) -> None:
    phone = hanna.watches(f"person/{hanna.id}")
    for words in ("One", "Two"):
        bianca.notes(ticket, f"{words}, @Hanna", mentions=[hanna.id]).ok()
    first = waiting(hanna, ticket)[-1]["id"]
    hanna.send("DELETE", f"/notices/{first}").ok()
    assert phone.hears_fact("notice_read")["data"]["notices"] == [first]
    assert [one["words"] for one in waiting(hanna, ticket)] == ["Two, @Hanna"]
    hanna.send("DELETE", f"/notices?ticket={ticket}").ok()
    assert waiting(hanna, ticket) == []
    hanna.send("DELETE", f"/notices/{first}").ok()


def test_an_edit_tells_those_whom_it_names_for_the_first_time(
    bianca: Person, hanna: Person, omid: Person, ticket: int
) -> None:
    note = bianca.notes(ticket, "@Hanna?", mentions=[hanna.id]).ok()["message"]["number"]
    hanna.send("DELETE", "/notices").ok()
    bianca.edits(ticket, note, "@Hanna? @Omid?", mentions=[hanna.id, omid.id]).ok()
    assert (waiting(hanna, ticket), len(waiting(omid, ticket))) == ([], 1)


def test_nobody_is_told_of_herself(bianca: Person, ticket: int) -> None:
    bianca.notes(ticket, "@Bianca: remember", mentions=[bianca.id]).ok()
    assert waiting(bianca, ticket) == []


def test_who_may_not_see_the_ticket_is_not_called_to_it(bianca: Person, lena: Person, ticket: int) -> None:
    refused = bianca.notes(ticket, "@Lena?", mentions=[lena.id])
    assert (refused.status, refused.problem) == (422, "bad-request")
    assert bianca.notes(ticket, "@Nobody?", mentions=[4711]).status == 422
    assert len(bianca.messages(ticket)) == 1
    assert waiting(lena, ticket) == []


def test_who_lost_the_ticket_reads_nothing_of_it(own_desk: Desk) -> None:
    ada, bianca = own_desk.person("ada"), own_desk.person("bianca")
    ticket = Nora(own_desk).writes("A lamp")
    ada.notes(ticket, "@Bianca: the secret lamp", mentions=[bianca.id]).ok()
    ada.changes(ticket, inbox=2).ok()
    [told] = waiting(bianca, ticket)
    assert (told["subject"], told["words"]) == ("", "")
    assert "secret" not in str(bianca.watches(f"person/{bianca.id}").heard)


def test_a_notice_is_its_persons_alone(bianca: Person, hanna: Person, omid: Person, ticket: int) -> None:
    bianca.notes(ticket, "@Hanna?", mentions=[hanna.id]).ok()
    notice = waiting(hanna, ticket)[0]["id"]
    assert omid.send("DELETE", f"/notices/{notice}").status == 404
    assert len(waiting(hanna, ticket)) == 1


def waiting(person: Person, ticket: int) -> list[dict[str, Any]]:
    return [one for one in person.get("/notices").ok()["notices"] if one["ticket"] == ticket]
