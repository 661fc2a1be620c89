"""The presence matrix: what she did × how many tabs × how she went × which server is asked; measured, and bounded."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest

from tests.cast import Person, Tab
from tests.served import ServedDesk, house
from tests.stories.crowd import Lookout

pytestmark = pytest.mark.faults
# Seconds until nobody shows her any more, at most; None: nobody may ever have missed her.
WAYS: dict[str, float | None] = {
    "goes elsewhere": 1.0, "opens another": 1.0, "logs out": 1.0, "closes the tab": 6.0, "is killed": 6.0,
    "falls silent": 13.0, "reloads": None, "hangs": None,
}  # fmt: skip
PATIENCE = 20.0
STATES = ("viewing", "writing_reply", "idle")


@dataclass
class Case:
    state: str
    tabs: int
    way: str
    ticket: int
    other: int
    bianca: Person
    hers: list[Tab] = field(default_factory=list)

    @property
    def within(self) -> float | None:
        """With a second tab she stays, unless her session ends."""
        return WAYS[self.way] if self.tabs == 1 or self.way == "logs out" else None

    def comes(self) -> None:
        self.hers = [self.bianca.opens(self.ticket, self.state) for _ in range(self.tabs)]

    def goes(self) -> None:
        tab = self.hers[0]
        if self.way == "goes elsewhere":
            tab.is_here(None)
        elif self.way == "opens another":
            tab.is_here(f"ticket/{self.other}")
        elif self.way == "logs out":
            self.bianca.signs_out().ok()
        elif self.way == "hangs":
            tab.hangs()
        elif self.way == "falls silent":
            tab.falls_silent()
        else:
            tab.is_killed() if self.way == "is killed" else tab.closes()
        if self.way == "reloads":
            again = self.bianca.tab(tab=tab.name)
            again.is_here(f"ticket/{self.ticket}", self.state)


def measured(desks: list[ServedDesk]) -> list[tuple[Case, list[float | None]]]:
    """Every case at the same time; for each, what a look by each server said."""
    omid = desks[0].person("omid")
    body = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken.", "inbox": 1}
    numbers = iter([omid.send("POST", "/tickets", body).ok()["id"] for _ in range(2 * len(STATES) * 2 * len(WAYS))])
    cases = [
        Case(state, tabs, way, next(numbers), next(numbers), desks[0].person("bianca"))
        for state, tabs, way in product(STATES, (1, 2), WAYS)
    ]
    lookers = [desk.person(name) for desk, name in zip(desks, ("omid", "hanna"), strict=False)]
    watching = [[Lookout(person, case.ticket) for person in lookers] for case in cases]
    for case, lookouts in zip(cases, watching, strict=True):
        case.comes()
        for lookout in lookouts:
            lookout.waits_for("Bianca")
    start, last_is_gone = threading.Barrier(len(cases)), threading.Barrier(len(cases))

    def one(case: Case, lookouts: list[Lookout]) -> list[float | None]:
        start.wait()
        began = time.monotonic()
        case.goes()
        gone = [] if case.within is None else [_gone(lookout, began) for lookout in lookouts]
        last_is_gone.wait()
        return [*gone] or [None if lookout.never_missed("Bianca") else 0.0 for lookout in lookouts]

    with ThreadPoolExecutor(len(cases)) as hands:
        found = list(hands.map(one, cases, watching))
    return list(zip(cases, found, strict=True))


def _gone(lookout: Lookout, began: float) -> float:
    lookout.gone_after("Bianca", PATIENCE)
    return time.monotonic() - began


def matrix(found: list[tuple[Case, list[float | None]]], nodes: int) -> str:
    head = " ".join(f"{f'server {number + 1}':>10}" for number in range(nodes))
    lines = [f"{'state':14}{'tabs':>5}  {'way':16}{head}"]
    for case, seconds in found:
        told = " ".join(f"{'stays' if one is None else f'{one:.1f} s':>10}" for one in seconds)
        lines.append(f"{case.state:14}{case.tabs:>5}  {case.way:16}{told}")
    return "\n".join(lines)


def wrong(found: list[tuple[Case, list[float | None]]]) -> list[str]:
    return [
        f"{case.state}, {case.tabs} tabs, {case.way}: {seconds}"
        for case, seconds in found
        if any((one is None) != (case.within is None) or (one or 0) > (case.within or 0) for one in seconds)
    ]


def tried(template: Path, folder: Path, nodes: int) -> None:
    with house(template, folder, nodes) as desks:
        found = measured(desks)
        for desk in desks:
            desk.nobody_stays()
    print(f"\nwho leaves, on {nodes} server{'s' if nodes > 1 else ''}\n{matrix(found, nodes)}")
    assert wrong(found) == []


@pytest.mark.sqlite
def test_on_one_server(template: Path, tmp_path: Path) -> None:
    tried(template, tmp_path / "desk", 1)


@pytest.mark.postgres
def test_between_two_servers(template: Path, tmp_path: Path) -> None:
    tried(template, tmp_path / "desk", 2)
