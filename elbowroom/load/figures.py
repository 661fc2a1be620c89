"""What a run saw, beside what it is measured against: as a table and as JSON."""

import math
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Aim = Literal["value", "ratio"]


@dataclass(frozen=True)
class Figure:
    """`baseline` is of the same run and in the same unit; `at_most` is the aim for the value or for the ratio."""

    name: str
    value: float
    unit: str = ""
    baseline: float | None = None
    against: str = ""
    at_most: float | None = None
    aims_at: Aim = "value"

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def is_met(self) -> bool | None:
        """None where there is no aim, or nothing to hold against it."""
        seen = self.ratio if self.aims_at == "ratio" else self.value
        return None if self.at_most is None or seen is None or math.isnan(seen) else seen <= self.at_most

    def body(self) -> dict[str, Any]:
        return {
            "name": self.name, "value": _finite(self.value), "unit": self.unit, "baseline": _finite(self.baseline),
            "against": self.against, "ratio": _finite(self.ratio), "at_most": self.at_most, "aims_at": self.aims_at,
            "met": self.is_met,
        }  # fmt: skip


@dataclass
class Report:
    """One scenario's figures and what was asked of it, in words."""

    scenario: str
    asked: str
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str = "", **more: Any) -> None:
        self.figures.append(Figure(name, value, unit, **more))

    def __getitem__(self, name: str) -> Figure:
        return next(one for one in self.figures if one.name == name)

    def body(self) -> dict[str, Any]:
        figures = [one.body() for one in self.figures]
        return {"scenario": self.scenario, "asked": self.asked, "figures": figures, "notes": self.notes}

    def lines(self) -> Iterator[str]:
        yield f"{self.scenario}: {self.asked}"
        yield f"  {'figure':<38}{'seen':>14}{'baseline':>14}{'ratio':>8}  {'aim':<16} measured against"
        for one in self.figures:
            seen, compared = _shown(one.value, one.unit), _shown(one.baseline, one.unit)
            yield f"  {one.name:<38}{seen:>14}{compared:>14}{_shown(one.ratio):>8}  {_aim(one):<16} {one.against}"
        yield from (f"  {note}" for note in self.notes)


def machine() -> str:
    """Neutral words for where the figures come from."""
    system = f"{platform.system()} {platform.release().partition('-')[0]} {platform.machine()}"
    return f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}, {system}"


def share(took: list[float], part: float) -> float:
    """The value that `part` of all stay below, NaN where there is none."""
    ordered = sorted(took)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else math.nan


def _shown(value: float | None, unit: str = "") -> str:
    if value is None or not math.isfinite(value):
        return "–"
    digits = 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2
    return f"{value:,.{digits}f}{' ' if unit else ''}{unit}"


def _aim(figure: Figure) -> str:
    if figure.at_most is None:
        return ""
    unit = "" if figure.aims_at == "ratio" else figure.unit
    word = {None: "unknown", True: "met", False: "missed"}[figure.is_met]
    return f"{word} ≤ {figure.at_most:g}{unit}"


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
