"""Search: any script, whole words and the beginning of the last one, and nothing that is not hers to see."""

import pytest
from sqlalchemy import select

from elbowroom.kit.db import Read
from elbowroom.overview import search
from tests.cast import Desk, Nora, Person


@pytest.fixture(scope="module")
def library(house: Desk) -> dict[str, int]:
    nora = Nora(house)
    return {
        "german": nora.writes("Straßenlaterne flackert", "Die Äpfel sind süß, der Größe wegen."),
        "chinese": nora.writes("请开电子发票", "我的灯坏了，需要发票和iPhone配件。"),
        "russian": nora.writes("Сломалась лампа", "Ёлка не горит. Пришлите, пожалуйста, накладную."),
        "plain": nora.writes("Order 4711-B", 'He said "never mind" about C++ and NEAR(misses) in snake_case.'),
        "japanese": nora.writes("ランプの故障", "東京都庁の電気です。"),
        "korean": nora.writes("전등이 고장났어요", "영수증을 보내 주세요."),
    }


@pytest.mark.parametrize(
    ("words", "found"),
    [("发票", "chinese"), ("电子", "chinese"), ("子发", "chinese"), ("电子发票", "chinese"), ("发票 iphone", "chinese"),
     ("灯坏", "chinese"), ("电灯", ""), ("发", "chinese"), ("東京", "japanese"), ("ランプ", "japanese"),
     ("故障", "japanese"), ("고장", "korean"), ("영수증", "korean"),
     ("STRASSENLATERNE", "german"), ("straßen", "german"), ("äpfel", "german"), ("Äpfel", "german"),
     ("a\u0308pfel", "german"), ("süss", "german"), ("größe flack", "german"), ("flackert äpf", "german"),
     ("laterne", ""), ("накладную", "russian"), ("ЛАМПА", "russian"), ("ёлка", "russian"), ("пожал", "russian"),
     ("4711", "plain"), ("order 47", "plain"), ("snake", "plain"), ("snake_case", "plain"), ("case", "plain"),
     ("ord never", "")],
)  # fmt: skip
def test_words_in_any_script(bianca: Person, library: dict[str, int], words: str, found: str) -> None:
    mine = [name for name, number in library.items() if number in bianca.finds(words)]
    assert mine == found.split()


@pytest.mark.parametrize(
    "words",
    ['"', '""', "'", "never OR apples", "never NOT mind", "NEAR(never mind)", "never*", "* *", "text : never", "never^",
     "(never", "never)", "-never", "+never", "C++", "a AND", "_", "__", "\\", "%", ";--", "{never}", "never\x00mind",
     "\u200b", "🙂", "´`", "²", "①", "#", "##", "#²", "١٢", "9" * 40, "#" + "9" * 299, "x" * 300, "a " * 150, "ﬁ"],
)  # fmt: skip
def test_quotes_and_operators_are_plain_text(bianca: Person, library: dict[str, int], words: str) -> None:
    assert bianca.get("/search", q=words).status == 200


def test_operators_do_not_operate(bianca: Person, library: dict[str, int]) -> None:
    assert bianca.finds("never mind") == [library["plain"]]
    assert bianca.finds('"never mind"') == [library["plain"]]
    assert bianca.finds("never OR äpfel") == []
    assert bianca.finds("never NOT mind") == []
    assert bianca.finds("C++ misses") == [library["plain"]]


def test_nothing_asked_is_nothing_found_and_too_much_is_refused(bianca: Person) -> None:
    assert bianca.finds("") == []
    assert bianca.finds("   ") == []
    assert bianca.get("/search", q="x" * 301).status == 422
    assert bianca.get("/search").status == 422


def test_a_number_finds_its_ticket_and_no_other(bianca: Person, lena: Person, library: dict[str, int]) -> None:
    number = library["plain"]
    assert bianca.finds(str(number)) == bianca.finds(f" #{number} ") == [number]
    assert lena.finds(f"#{number}") == []
    assert bianca.finds("999999") == []


def test_people_are_found_by_name_and_address(bianca: Person, library: dict[str, int]) -> None:
    assert library["plain"] in bianca.finds("nora 4711")
    assert bianca.finds("nora@customer.example 4711") == [library["plain"]]


def test_a_caller_is_found_by_her_number_and_then_by_her_address(bianca: Person) -> None:
    called = {"kind": "phone", "subject": "Call", "body": "It is dark.", "requester": {"phone": "+49 30 / 555-7799"}}
    ticket = bianca.send("POST", "/tickets", called).ok()["id"]
    for words in ("+49 30 555-7799", "555 77", "49305557799"):
        assert bianca.finds(words) == [ticket]
    bianca.send("PUT", f"/tickets/{ticket}/requester", {"email": "larkspur@customer.example"}).ok()
    assert bianca.finds("larkspur") == bianca.finds("555 7799") == [ticket]


def test_what_goes_with_a_forwarded_message_is_found(bianca: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    asked = {"number": 1, "recipients": {"to": ["repair@lamps.example"]}, "body": "A delphinium, I think."}
    bianca.send("POST", f"/tickets/{ticket}/forwards", asked).ok()
    assert bianca.finds("delphinium") == [ticket]


def test_what_is_said_is_found_as_soon_as_it_is_said(bianca: Person, hanna: Person, nora: Nora, ticket: int) -> None:
    assert hanna.finds("periwinkle") == []
    nora.answers(ticket, "It is periwinkle now.")
    assert hanna.finds("periwinkle") == [ticket]
    bianca.notes(ticket, "A note about marigolds.").ok()
    bianca.replies(ticket, "About tulips.").ok()
    bianca.changes(ticket, subject="Hyacinths").ok()
    assert hanna.finds("marigolds tulips hyacinths periwin") == [ticket]


def test_a_message_adds_its_words_without_reading_all_that_was_said(
    desk: Desk, bianca: Person, nora: Nora, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = nora.writes("Edelweiss", "Snowdrops, 发票 and Ёлка.")

    def refused(_read: Read, _ticket: int) -> str:
        raise AssertionError("the whole ticket was read")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(search, "_all_said", refused)
        bianca.notes(ticket, "Crocuses: 电子 snowdrops").ok()
        bianca.replies(ticket, "Daffodils").ok()
        nora.answers(ticket, "Peonies\u0301")
    stored, whole = desk.engines.db.read_now(lambda read: (found_of(read, ticket), search._all_said(read, ticket)))
    assert set(stored.split()) == set(search.words(whole))
    assert bianca.finds("edelweiss crocuses daffodils peon") == [ticket]


def found_of(read: Read, ticket: int) -> str:
    return str(read.value(select(search.found_in.c.text).where(search.found_in.c.ticket == ticket)))


def test_a_former_subject_is_not_found(bianca: Person, nora: Nora) -> None:
    ticket = nora.writes("Gladiolus", "Nothing else.")
    bianca.changes(ticket, subject="Chrysanthemum").ok()
    assert (bianca.finds("gladiolus"), bianca.finds("chrysanth")) == ([], [ticket])


def test_a_reply_that_was_taken_back_is_not_found(bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes(inbox="Post")
    number = bianca.replies(ticket, "Rhododendron")["message"]["number"]
    assert hanna.finds("rhododendron") == [ticket]
    bianca.withdraws(ticket, number).ok()
    assert hanna.finds("rhododendron") == []
    hanna.replies(ticket, "Held rhododendron", seen=0)
    assert hanna.finds("rhododendron") == []


def test_another_departments_words_are_never_found(bianca: Person, lena: Person, nora: Nora) -> None:
    ours, theirs = nora.writes("Wisteria"), nora.writes("Wisteria", inbox="Billing")
    assert (bianca.finds("wisteria"), lena.finds("wisteria")) == ([ours], [theirs])


def test_a_moved_ticket_is_found_where_it_went(ada: Person, bianca: Person, lena: Person, nora: Nora) -> None:
    ticket = nora.writes("Verbena")
    ada.changes(ticket, inbox=2).ok()
    assert (bianca.finds("verbena"), lena.finds("verbena"), ada.finds("verbena")) == ([], [ticket], [ticket])


def test_a_hit_is_a_row_with_its_words(bianca: Person, library: dict[str, int]) -> None:
    hit = bianca.get("/search", q="4711")["tickets"][0]
    assert hit["hit"].startswith('He said "never mind"')
    row = next(one for one in bianca.get("/tickets", limit=200)["tickets"] if one["id"] == library["plain"])
    assert {name: hit[name] for name in row} == row
