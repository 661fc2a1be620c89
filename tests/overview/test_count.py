"""Counts per inbox, queue and owner: what they say is what the list shows."""

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import sqlite

from elbowroom.overview.counts import counted
from tests.cast import Desk, Nora, Person


def of(counts: Any) -> dict[tuple[str, int | None], int]:
    return {(one["queue"], one["owner"]): one["n"] for one in counts}


@pytest.fixture
def worked_on(own_desk: Desk, bianca: Person, nora: Nora) -> None:
    tickets = [nora.writes(inbox="Advice") for _ in range(6)]
    bianca.takes(tickets[0]).ok()
    bianca.takes(tickets[1]).ok()
    bianca.replies(tickets[1], "Done.").ok()
    bianca.changes(tickets[2], status="closed").ok()
    bianca.throws_away(tickets[3]).ok()


def test_they_are_right_for_every_inbox(worked_on: None, bianca: Person) -> None:
    counts = {one["inbox"]: of(one["counts"]) for one in bianca.get("/desk")["counts"]}
    assert counts[4] == {("new", None): 2, ("new", bianca.id): 1, ("pending", bianca.id): 1, ("resolved", None): 1}
    assert counts[3] == {}
    for inbox, told in counts.items():
        for (queue, owner), n in told.items():
            asked = {"inbox": inbox, "queue": queue, "owner": "none" if owner is None else owner}
            assert bianca.get("/tickets", **asked)["total"] == n


def test_everyone_of_the_department_has_the_same_and_nobody_elses(worked_on: None, hanna: Person, lena: Person) -> None:
    assert [one["inbox"] for one in hanna.get("/desk")["counts"]] == [1, 3, 4, 5, 6]
    assert [one["inbox"] for one in lena.get("/desk")["counts"]] == [2, 7]


def test_they_come_along_with_what_changes_them(bianca: Person, hanna: Person, nora: Nora) -> None:
    tab = hanna.tab()
    before = of(tab.watches("inbox/5")["state"]["counts"]["counts"])
    ticket = nora.writes(inbox="Strict")

    def told() -> dict[tuple[str, int | None], int]:
        return of(tab.hears("rows", lambda one: one["counts"])["counts"]["counts"])

    assert told()["new", None] == before.get(("new", None), 0) + 1
    bianca.takes(ticket).ok()
    assert told()["new", bianca.id] == before.get(("new", bianca.id), 0) + 1
    bianca.changes(ticket, inbox=4).ok()
    assert told().get(("new", bianca.id), 0) == before.get(("new", bianca.id), 0)
    assert of(hanna.tab().watches("inbox/5")["state"]["counts"]["counts"]) == before


@pytest.mark.sqlite
def test_no_ticket_is_read_to_count_them(desk: Desk) -> None:
    """The index says it all, in the order in which they are grouped."""
    asked = counted([1, 3]).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    plan = [one["detail"] for one in desk.read(lambda read: read.rows(text(f"EXPLAIN QUERY PLAN {asked}")))]
    assert len(plan) == 1
    assert "USING COVERING INDEX tickets_counted" in plan[0]
