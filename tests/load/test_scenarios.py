"""Each scenario in small: it runs to its end, and every figure is there and can be true."""

import argparse
import json
import math
from typing import Any

import pytest

from elbowroom import load
from elbowroom.kit.config import BadSetting
from elbowroom.load.figures import Figure, Report, share
from elbowroom.load.scenarios import SCENARIOS

SOCKETS = 20


def asked(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    load.options(parser)
    return parser.parse_args(arguments)


def measured(name: str, seconds: float) -> dict[str, dict[str, Any]]:
    written = "\n".join(load.run(asked(name, "--sockets", str(SOCKETS), "--seconds", str(seconds), "--json")))
    body = json.loads(written)
    assert "cores" in body["machine"]
    assert [report["scenario"] for report in body["reports"]] == [name]
    return {one["name"]: one for one in body["reports"][0]["figures"]}


def values(figures: dict[str, dict[str, Any]], *names: str) -> list[float]:
    return [figures[name]["value"] for name in names]


def rise(numbers: list[float]) -> bool:
    return numbers[0] > 0 and numbers == sorted(numbers) and all(map(math.isfinite, numbers))


@pytest.mark.slow
def test_those_at_the_list_see_who_opens_what() -> None:
    figures = measured("list", 0.5)
    assert rise(values(figures, "seen by others, half", "seen by others, 99 of 100"))
    assert rise(values(figures, "commands, half", "commands, 99 of 100"))
    assert figures["sightings"]["value"] == 2 * (SOCKETS - 1)
    assert figures["of them missing"]["value"] == 0
    assert figures["seen by others, 99 of 100"]["baseline"] > 0
    assert rise(values(figures, "of it the loop", "server's CPU"))


@pytest.mark.slow
def test_a_busy_tickets_frames_stand_beside_the_kernels() -> None:
    figures = measured("busy-ticket", 0.4)
    for kind in ("writing", "note", "label"):
        assert rise(values(figures, f"{kind} seen, half", f"{kind} seen, 99 of 100"))
    assert 300 < figures["bytes of a frame"]["value"] < 20_000
    assert figures["a delivery, beside the kernel's"]["baseline"] > 0.5
    assert figures["a delivery, beside uvicorn's"]["baseline"] > figures["a delivery, beside the kernel's"]["baseline"]


@pytest.mark.slow
def test_a_herd_comes_back_whole() -> None:
    figures = measured("herd", 3.0)
    assert rise(values(figures, "half are live after", "all are live after"))
    assert figures["all are live after"]["baseline"] > 0
    assert figures["went on without a snapshot"]["value"] == 100
    assert figures["commands in that time"]["value"] >= 1
    assert figures["commands, 99 of 100"]["value"] > 0


@pytest.mark.slow
def test_who_stops_reading_is_cut_off_and_comes_back() -> None:
    figures = measured("slow-readers", 0.3)
    assert values(figures, "silent sockets cut off", "of them back with a state", "readers lost") == [10, 10, 0]
    assert rise(values(figures, "delivered, half", "delivered, 99 of 100"))
    assert figures["memory a silent socket, kernel"]["value"] < 1024


def test_a_table_says_what_was_missed_and_by_how_much() -> None:
    report = Report("list", "two agents")
    report.add("slow", 300.0, "ms", baseline=100.0, against="alone", at_most=2.0, aims_at="ratio")
    report.add("quick", 1.5, "ms", at_most=200.0)
    report.add("unknown", math.nan, "KiB", at_most=1.0)
    slow, quick, unknown = list(report.lines())[2:]
    assert slow.split() == ["slow", "300", "ms", "100", "ms", "3", "missed", "≤", "2", "alone"]
    assert "met ≤ 200ms" in quick
    assert "–" in unknown
    assert "unknown ≤ 1KiB" in unknown
    assert json.loads(json.dumps(report.body()))["figures"][2]["value"] is None


def test_shares_are_of_all() -> None:
    assert [share([3.0, 1.0, 2.0], part) for part in (0.0, 0.5, 0.99)] == [1.0, 2.0, 3.0]
    assert math.isnan(share([], 0.5))
    assert Figure("nothing to compare", 1.0, baseline=0.0).ratio is None


def test_what_cannot_be_measured_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSetting, match="choose of list, busy-ticket, herd, slow-readers"):
        list(load.run(asked("crowd")))
    with pytest.raises(BadSetting, match="--token"):
        list(load.run(asked("list", "--url", "http://127.0.0.1:1")))
    monkeypatch.setattr(load, "raise_limit", lambda: 1024)
    with pytest.raises(BadSetting, match="this system allows 1024"):
        list(load.run(asked("herd")))
    assert list(SCENARIOS) == ["list", "busy-ticket", "herd", "slow-readers"]
