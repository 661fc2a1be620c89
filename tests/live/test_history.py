"""The store goes over to another history (a backup restored, a failover that lost commits): no page mixes the two."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from elbowroom.kit import journal
from elbowroom.kit.journal import facts, feed
from elbowroom.together.tables import locks
from tests.cast import Desk, Nora, Person

Break = Callable[[Any], None]


@pytest.fixture
def desk(own_desk: Desk) -> Desk:
    return own_desk


def restored(tx: Any) -> None:
    journal.new_epoch(tx)


def failed_over(tx: Any) -> None:
    """The newest commit was lost, and its position was given anew."""
    newest = tx.value(select(feed.c.fact).order_by(feed.c.position.desc()).limit(1))
    tx.run(update(facts).where(facts.c.id == newest).values(mark=facts.c.mark + 1))


@pytest.fixture(params=[restored, failed_over])
def breaks(request: pytest.FixtureRequest) -> Break:
    return request.param  # type: ignore[no-any-return]


def test_every_page_is_sent_away_within_a_second_though_nothing_happens(
    desk: Desk, hanna: Person, ticket: int, breaks: Break
) -> None:
    tab = hanna.watches(f"ticket/{ticket}")
    begin = time.monotonic()
    desk.write(breaks)
    assert tab.hears("bye")["why"] == "restart"
    assert tab.ends() == 1012
    assert time.monotonic() - begin < 1.5, "a second, and half of one for a busy machine"


def test_nothing_of_the_new_history_is_told_to_those_of_the_old(
    desk: Desk, bianca: Person, hanna: Person, ticket: int, breaks: Break
) -> None:
    tab = hanna.watches(f"ticket/{ticket}")

    def verb(tx: Any) -> None:
        breaks(tx)
        journal.append(tx, f"ticket/{ticket}", "label_added", audience="department:1", data={"label": "new"})

    desk.write(verb)
    tab.hears("bye")
    assert [one for one in tab.heard if one["type"] == "facts"] == []
    resume = {name: tab.welcome[name] for name in ("epoch", "position", "mark")}
    back = hanna.tab(resume=resume)
    assert not back.welcome["resumed"]
    assert back.watches(f"ticket/{ticket}")["type"] == "snapshot"
    bianca.labels(ticket, "after").ok()
    back.hears_fact("label_added")


def test_locks_whose_fences_fell_are_read_anew(desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    ticket = nora.writes()
    tab, other = hanna.watches(f"ticket/{ticket}"), bianca.watches(f"ticket/{ticket}")
    for _ in range(3):
        bianca.locks(ticket).ok()
        bianca.frees(ticket).ok()
    bianca.locks(ticket).ok()
    tab.hears_lock(f"ticket/{ticket}", "Bianca")

    def verb(tx: Any) -> None:
        journal.new_epoch(tx)
        tx.run(update(locks).values(fence=1, person=None))

    desk.write(verb)
    tab.hears("bye")
    other.hears("bye")  # and her server has noticed as well, where it is another one
    back = hanna.watches(f"ticket/{ticket}")
    bianca.opens(ticket)
    assert bianca.locks(ticket).ok()["fence"] == 2
    back.hears_lock(f"ticket/{ticket}", "Bianca")
