"""What is measured, by name: each is given a desk and returns a report."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from elbowroom.load.figures import Report
from elbowroom.load.scenarios import busy_ticket, herd, one_list, slow_readers
from elbowroom.load.world import World


@dataclass(frozen=True)
class Scenario:
    """`sockets` and `seconds` are what it does where nothing else is asked; it has `sets` of so many open at once."""

    measure: Callable[[World, int, float], Coroutine[Any, Any, Report]]
    sockets: int
    seconds: float
    words: str
    tickets: int = 40
    sets: int = 1


SCENARIOS = {
    "list": Scenario(one_list.measure, 500, 15.0, "agents on one list, each opening another ticket every 5 s", 1000),
    "busy-ticket": Scenario(busy_ticket.measure, 1000, 6.0, "agents on one ticket: writing, notes, labels", sets=2),
    "herd": Scenario(herd.measure, 5000, 60.0, "sockets cut off and back at once"),
    "slow-readers": Scenario(slow_readers.measure, 1000, 8.0, "sockets of which half stop reading"),
}
