"""The demo's data fits together: names are known, time runs forwards, states follow the rules of the desk."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest

from elbowroom.demo.seed import Customer, Person, Seed, Ticket, load, read_age

LANGUAGES = {"en", "de", "ru", "zh"}


@pytest.fixture(scope="module")
def seed() -> Seed:
    return load()


@pytest.fixture(scope="module")
def places(seed: Seed) -> dict[str, str]:
    return {inbox.name: department.name for department in seed.departments for inbox in department.inboxes}


def newest_spoken(ticket: Ticket) -> str:
    return [message.kind for message in ticket.messages if message.kind != "note"][-1]


def test_the_cast_is_there(seed: Seed) -> None:
    roles = {person.key: (person.role, person.departments) for person in seed.people}
    assert roles["bianca"] == roles["hanna"] == ("agent", ("Support",))
    assert roles["omid"] == ("manager", ("Support",))
    assert roles["lena"] == ("agent", ("Billing",))
    assert [person.key for person in seed.people if person.role == "administrator"] == ["ada"]
    assert seed.customers[0].address == "nora@customer.example"


def test_inboxes_and_their_locks(seed: Seed) -> None:
    inboxes = {inbox.name: (inbox.address, inbox.lock) for one in seed.departments for inbox in one.inboxes}
    assert inboxes == {
        "Support": ("support@desk.example", "write"),
        "VIP": ("vip@desk.example", "exclusive"),
        "Billing": ("billing@desk.example", "write"),
    }


def test_keys_and_addresses_are_unique_and_lead_nowhere(seed: Seed) -> None:
    everyone: list[Person | Customer] = [*seed.people, *seed.customers]
    assert len({one.key for one in everyone}) == len(everyone)
    assert len({one.address for one in everyone}) == len(everyone)
    assert {person.address.partition("@")[2] for person in seed.people} == {"desk.example"}
    homes = {customer.address.partition("@")[2] for customer in seed.customers}
    assert homes <= {"customer.example", "example.com", "example.org"}


def test_every_name_in_a_ticket_is_known(seed: Seed, places: dict[str, str]) -> None:
    people = {person.key for person in seed.people}
    customers = {customer.key for customer in seed.customers}
    for ticket in seed.tickets:
        assert ticket.inbox in places, ticket.subject
        assert ticket.requester in customers, ticket.subject
        assert set(ticket.labels) <= set(seed.labels), ticket.subject
        assert set(ticket.followers) <= people | customers, ticket.subject
        for message in ticket.messages:
            assert message.author in (customers if message.kind == "customer" else people), ticket.subject


def test_every_customer_writes_and_every_label_is_used(seed: Seed) -> None:
    authors = {message.author for ticket in seed.tickets for message in ticket.messages}
    assert {customer.key for customer in seed.customers} <= authors
    assert {label for ticket in seed.tickets for label in ticket.labels} == set(seed.labels)


def test_only_people_of_the_department_work_on_a_ticket(seed: Seed, places: dict[str, str]) -> None:
    departments = {person.key: person.departments for person in seed.people}
    for ticket in seed.tickets:
        at_work = {message.author for message in ticket.messages} | set(ticket.followers)
        at_work |= {ticket.owner} if ticket.owner else set()
        for key in at_work & departments.keys():
            assert places[ticket.inbox] in departments[key], f"{key} in {ticket.subject}"


def test_messages_run_from_old_to_new(seed: Seed) -> None:
    for ticket in seed.tickets:
        ages = [message.age for message in ticket.messages]
        assert all(older >= newer for older, newer in pairwise(ages)), ticket.subject
        assert ages[-1] > timedelta(0), ticket.subject
        assert ages[0] <= timedelta(days=12), ticket.subject
        assert ticket.messages[0].kind == "customer", ticket.subject
    assert all(older.age >= newer.age for older, newer in pairwise(seed.tickets))
    assert seed.tickets[-1].age == timedelta(minutes=4)


def test_states_follow_from_what_was_said(seed: Seed) -> None:
    for ticket in seed.tickets:
        if ticket.status == "open":
            assert newest_spoken(ticket) == "customer", ticket.subject
        if ticket.status == "on_hold":
            assert newest_spoken(ticket) == "reply", ticket.subject
        if ticket.status == "closed":
            assert ticket.owner is None, f"resolving removes ownership: {ticket.subject}"


def test_values_are_of_the_known_sets(seed: Seed) -> None:
    for ticket in seed.tickets:
        assert ticket.status in {"open", "on_hold", "escalated", "closed"}
        assert ticket.priority in {"low", "normal", "high", "urgent"}
        assert ticket.language in LANGUAGES
        for message in ticket.messages:
            assert message.text
            assert all(one.kind in {"text", "csv", "png"} and one.text for one in message.attachments)
    assert {customer.language for customer in seed.customers} == LANGUAGES


def test_counts(seed: Seed) -> None:
    inboxes = Counter(ticket.inbox for ticket in seed.tickets)
    languages = Counter(ticket.language for ticket in seed.tickets)
    statuses = Counter(ticket.status for ticket in seed.tickets)
    assert inboxes == {"Support": 38, "VIP": 9, "Billing": 15}
    assert languages == {"en": 30, "de": 17, "ru": 8, "zh": 7}
    assert statuses == {"open": 24, "escalated": 4, "on_hold": 18, "closed": 16}
    assert sum(len(ticket.messages) >= 6 for ticket in seed.tickets) >= 4
    messages = [message for ticket in seed.tickets for message in ticket.messages]
    kinds = {one.kind for message in messages for one in message.attachments}
    assert kinds == {"text", "csv", "png"}


def test_html_mails_have_a_table_a_style_and_a_remote_picture(seed: Seed) -> None:
    pages = [message.html for ticket in seed.tickets for message in ticket.messages if message.html]
    assert len(pages) == 5
    for page in pages:
        for part in ("<table", 'style="', '<img src="https://'):
            assert part in page


@pytest.mark.parametrize(("language", "first", "last"), [("ru", "\u0430", "\u044f"), ("zh", "\u4e00", "\u9fff")])
def test_russian_and_chinese_are_written_in_their_own_letters(seed: Seed, language: str, first: str, last: str) -> None:
    for ticket in (one for one in seed.tickets if one.language == language):
        for message in ticket.messages:
            assert any(first <= sign <= last for sign in message.text), ticket.subject


def test_the_scripted_colleague_has_words_for_every_open_ticket(seed: Seed, places: dict[str, str]) -> None:
    assert seed.colleague.person == "hanna"
    assert all(line.about is None or line.about in seed.labels for line in seed.colleague.lines)
    for ticket in (one for one in seed.tickets if places[one.inbox] == "Support"):
        assert seed.colleague.lines_for("reply", ticket.language, ticket.labels), ticket.subject
        assert seed.colleague.lines_for("note", ticket.language, ticket.labels), ticket.subject


def test_the_colleague_says_the_fitting_thing_first(seed: Seed) -> None:
    lines = seed.colleague.lines_for("reply", "de", ("warranty",))
    assert lines[0].about == "warranty"
    assert lines[-1].about is None


def test_ages_are_read(seed: Seed) -> None:
    assert read_age("4 min") == timedelta(minutes=4)
    assert read_age("2 d 5 h") == timedelta(days=2, hours=5)
    for wrong in ("", "soon", "4", "4 weeks", "2 d,5 h"):
        with pytest.raises(ValueError, match="not an age"):
            read_age(wrong)
