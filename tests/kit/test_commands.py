"""One command id, one effect, the same answer on each retry."""

import pytest

from elbowroom.kit import commands, journal
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.commands import Answer, fingerprint
from elbowroom.kit.db import Database, Tx
from elbowroom.kit.problems import Refused


def carried_out(store: Database, key: str | None, sign: str = "print", person: int = 2, status: int = 200) -> bytes:
    def verb(tx: Tx) -> Answer:
        fact = journal.append(tx, "ticket/1", "note_added", audience="department:1")
        journal.append(tx, "person/9", "told", audience="person:9")
        return Answer({"version": fact.version}, status)

    given = store.write_now(lambda tx: commands.once(tx, person, key, sign, verb))
    assert given.status == status
    content: bytes = given.content
    return content


def versions(store: Database) -> int:
    version: int = store.read_now(lambda read: journal.version_of(read, "ticket/1"))
    return version


def test_a_retry_gets_the_very_same_answer_and_does_nothing(store: Database) -> None:
    assert carried_out(store, "one") == carried_out(store, "one")
    assert versions(store) == 1


def test_another_body_under_the_same_id_is_refused(store: Database) -> None:
    carried_out(store, "one", "print")
    with pytest.raises(Refused, match="key-reused"):
        carried_out(store, "one", "another print")
    assert versions(store) == 1


def test_ids_are_a_persons_own(store: Database) -> None:
    carried_out(store, "one", person=2)
    carried_out(store, "one", person=3)
    assert versions(store) == 2


def test_without_an_id_each_is_a_command_of_its_own(store: Database) -> None:
    carried_out(store, None)
    carried_out(store, None)
    assert versions(store) == 2


def test_it_is_looked_up_before_anything_is_judged(store: Database) -> None:
    """Else an author's own reply would hold her retry, and her customer got it twice."""
    first = carried_out(store, "one")

    def judged_now(_tx: Tx) -> Answer:
        raise Refused(409, "reply-held", "Someone wrote before you sent")

    again = store.write_now(lambda tx: commands.once(tx, 2, "one", "print", judged_now))
    assert again.content == first


def test_what_was_refused_is_not_remembered(store: Database) -> None:
    def refuses(_tx: Tx) -> Answer:
        raise Refused(409, "stale", "It was changed meanwhile")

    with pytest.raises(Refused):
        store.write_now(lambda tx: commands.once(tx, 2, "one", "print", refuses))
    assert b'"version":1' in carried_out(store, "one", "another print")


def test_an_answer_that_was_stored_though_it_refuses_is_given_again(store: Database) -> None:
    assert carried_out(store, "one", status=409) == carried_out(store, "one", status=409)


def test_an_answer_holds_its_facts_less_those_for_others_alone(store: Database) -> None:
    content = carried_out(store, "one")
    assert b"note_added" in content
    assert b"person/9" not in content
    assert b"person/9" in carried_out(store, "one", person=9)


def test_ids_are_kept_for_thirty_days(store: Database, clock: TravelClock) -> None:
    carried_out(store, "one")
    clock.travel(29 * 86_400)
    store.write_now(commands.forget_old)
    carried_out(store, "one")
    assert versions(store) == 1
    clock.travel(2 * 86_400)
    store.write_now(commands.forget_old)
    carried_out(store, "one")
    assert versions(store) == 2


def test_a_print_tells_its_parts_apart() -> None:
    assert fingerprint("ab", "c") != fingerprint("a", "bc")
    assert fingerprint(b"ab") == fingerprint("ab")
