"""Many change the same few tickets at once: nothing is lost, and whoever was slower is told what is newer, by whom."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.cast import Answer, Desk, Nora, Person

NAMES = ("bianca", "hanna", "omid", "ada")
LABELS = ("warranty", "lamp", "urgent repair")
PRIORITIES = ("low", "normal", "high", "urgent")


@dataclass
class View:
    """What one person's screen shows of a ticket: from which version she knows each field, and the owner."""

    versions: dict[str, int]
    owner: int | None = None


@dataclass
class Told:
    """One change and what its author was told."""

    ticket: int
    name: str
    base: int | None
    answer: Answer

    @property
    def facts(self) -> list[dict[str, Any]]:
        """As it was told them; where they stand in the whole feed is known a moment later."""
        found = self.answer["facts"] if self.answer.status == 200 else []
        return [fact | {"position": None} for fact in found if fact["place"] == f"ticket/{self.ticket}"]


@dataclass
class Agent:
    person: Person
    dice: random.Random
    views: dict[int, View]
    told: list[Told] = field(default_factory=list)

    def works(self, count: int) -> "Agent":
        for number in range(count):
            ticket = self.dice.choice(list(self.views))
            name = self.dice.choice(("subject", "priority", "owner", "label"))
            base, answer = getattr(self, name)(ticket, self.views[ticket], number)
            self.told.append(Told(ticket, name, base, answer))
        return self

    def subject(self, ticket: int, view: View, number: int) -> tuple[int, Answer]:
        return self._sets(ticket, view, "subject", f"{self.person.name} {number} {self.dice.random()}")

    def priority(self, ticket: int, view: View, number: int) -> tuple[int, Answer]:
        return self._sets(ticket, view, "priority", self.dice.choice(PRIORITIES))

    def _sets(self, ticket: int, view: View, name: str, to: str) -> tuple[int, Answer]:
        base = view.versions[name]
        answer = self.person.changes(ticket, from_version=base, **{name: to})
        view.versions[name] = answer["version"] if answer.status == 200 else answer["fields"][name]["version"]
        return base, answer

    def owner(self, ticket: int, view: View, number: int) -> tuple[int | None, Answer]:
        base, to = view.owner, self.dice.choice([None, self.person.id])
        answer = self.person.gives(ticket, to, instead_of=base)
        newer = answer.body.get("owner")
        view.owner = to if answer.status == 200 else newer and newer["id"]
        return base, answer

    def label(self, ticket: int, view: View, number: int) -> tuple[None, Answer]:
        change = self.dice.choice([self.person.labels, self.person.unlabels])
        return None, change(ticket, self.dice.choice(LABELS))


@dataclass
class Tally:
    changes: int = 0
    accepted: int = 0
    told: int = 0
    lost: int = 0
    blind: int = 0
    silent: int = 0


def race(desk: Desk, beside: Desk | None, nora: Nora, count: int, seed: int) -> Tally:
    """Two screens each of four people; every second screen works through the server beside, where there is one.

    After every five hundred changes they come to three fresh tickets, whose journals are then read in one piece.
    """
    screens = [
        ((beside or desk if which % 2 else desk).person(name), random.Random(f"{seed} {which}"))
        for which, name in enumerate(NAMES * 2)
    ]
    tally = Tally()
    with ThreadPoolExecutor(len(screens)) as hands:
        while tally.changes < count:
            tickets = [nora.writes(inbox="Support") for _ in range(3)]
            views = [{one: View({"subject": 1, "priority": 1}) for one in tickets} for _ in screens]
            agents = [Agent(person, dice, view) for (person, dice), view in zip(screens, views, strict=True)]
            each = -(-min(500, count) // len(agents))
            done = list(hands.map(lambda agent, each=each: agent.works(each), agents))
            told = [one for agent in done for one in agent.told]
            tally.changes += len(told)
            for ticket in tickets:
                now = screens[0][0].sees(ticket)
                _settle(tally, desk.facts(f"ticket/{ticket}"), now, [one for one in told if one.ticket == ticket])
    return tally


def _settle(tally: Tally, facts: list[dict[str, Any]], now: dict[str, Any], told: list[Told]) -> None:
    """Held against the ticket's journal: `lost` is a change that it does not end in, `blind` one over an unseen one."""
    kept = {fact["version"]: fact | {"position": None} for fact in facts}
    state: dict[str, Any] = {"labels": set()}
    authors = {fact["version"]: one for one in told for fact in one.facts}
    newest: dict[str, int] = defaultdict(lambda: 1)
    for version, fact in sorted(kept.items()):
        name = fact["data"].get("field") or {"owner_changed": "owner"}.get(fact["kind"], "")
        if name:
            tally.blind += version in authors and _is_blind(authors[version], fact, newest[name])
            newest[name] = version
            state |= fact["data"]["set"]
        if label := fact["kind"].startswith("label_") and fact["data"]["label"]["name"]:
            (state["labels"].add if fact["kind"] == "label_added" else state["labels"].discard)(label)
    tally.lost += any(now[name] != value for name, value in state.items() if name != "labels")
    tally.lost += set(now["labels"]) != state["labels"]
    for one in told:
        tally.accepted += one.answer.status == 200
        tally.lost += any(kept.get(fact["version"]) != fact for fact in one.facts)
        if one.answer.status != 200:
            is_told = one.answer.status == 409 and _says_who(one, kept)
            tally.told += is_told
            tally.silent += not is_told


def _is_blind(author: Told, fact: dict[str, Any], before: int) -> bool:
    if author.name == "owner":
        return bool(fact["data"]["was"] != author.base)
    return author.base is None or author.base < before


def _says_who(one: Told, kept: dict[int, dict[str, Any]]) -> bool:
    """The refusal names the newer value, its author and its moment, as the journal has them."""
    newer = one.answer.body if one.name == "owner" else one.answer["fields"][one.name]
    fact = kept.get(newer["version"])
    if fact is None or (newer["by"], newer["at"]) != (fact["by"], fact["at"]):
        return False
    value = (newer["owner"] or {"id": None})["id"] if one.name == "owner" else newer["value"]
    return bool(fact["data"]["set"][one.name] == value) and (one.name == "owner" or newer["version"] > (one.base or 0))


def _raced(desk: Desk, count: int, seed: int, beside: Desk | None = None) -> None:
    nora, began = Nora(desk), time.monotonic()
    tally = race(desk, beside, nora, count, seed)
    print(f"\nraced changes: seed {seed}, {tally} in {time.monotonic() - began:.1f} s")
    assert (tally.lost, tally.blind, tally.silent) == (0, 0, 0)
    assert tally.accepted + tally.told == tally.changes
    assert tally.told > count // 20  # they did meet


@pytest.fixture
def beside(own_desk: Desk) -> Iterator[Desk]:
    """A second server on the same store."""
    second = Desk(own_desk.folder).start()
    yield second
    second.nobody_stays()
    second.stop()


def test_a_hundred_changes(own_desk: Desk, seed: int) -> None:
    _raced(own_desk, 100, seed)


@pytest.mark.postgres
def test_five_hundred_changes_between_two_servers(own_desk: Desk, beside: Desk, seed: int) -> None:
    _raced(own_desk, 500, seed, beside)


@pytest.mark.walk
def test_five_hundred_changes(own_desk: Desk, seed: int) -> None:
    _raced(own_desk, 500, seed)


@pytest.mark.long
@pytest.mark.postgres
def test_twenty_thousand_changes_between_two_servers(own_desk: Desk, beside: Desk, seed: int) -> None:
    _raced(own_desk, 20_000, seed, beside)


@pytest.mark.long
def test_twenty_thousand_changes(own_desk: Desk, seed: int) -> None:
    _raced(own_desk, 20_000, seed)
