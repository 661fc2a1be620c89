"""elbowroom load: a desk, many open sockets, and what things cost and how long they take beside a baseline."""

import argparse
import asyncio
import json
from collections.abc import Callable, Iterator

from elbowroom.kit.config import BadSetting
from elbowroom.kit.open_files import raise_limit
from elbowroom.load.figures import Report, machine
from elbowroom.load.process import beside_the_server
from elbowroom.load.scenarios import SCENARIOS, Scenario
from elbowroom.load.world import OwnDesk, RunningDesk

SPARE_FILES = 200  # what a server holds open beside its sockets


def options(parser: argparse.ArgumentParser) -> None:
    shown = "; ".join(f"{name}: {one.sockets} {one.words}" for name, one in SCENARIOS.items())
    parser.add_argument("scenario", nargs="*", help=f"which ones, all where none is named ({shown})")
    parser.add_argument("--sockets", type=int, help="open so many instead")
    parser.add_argument("--seconds", type=float, help="how long it is measured, or waited for, instead")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of tables")
    parser.add_argument("--url", help="measure the desk that runs there (it gets notes and labels); needs --token")
    parser.add_argument("--token", action="append", default=[], help="an agent's API token; may be given several times")
    parser.add_argument("--inbox", type=int, help="with --url: the inbox to look at (the first of the agent's)")
    parser.add_argument("--pid", type=int, help="with --url: the server's process, whose CPU and memory are read")


def run(asked: argparse.Namespace) -> Iterator[str]:
    """Yields the lines of the report. Raises BadSetting for what can't be measured here."""
    if unknown := [name for name in asked.scenario if name not in SCENARIOS]:
        raise BadSetting(f"there is no scenario {unknown[0]!r}; choose of {', '.join(SCENARIOS)}")
    chosen = {name: one for name, one in SCENARIOS.items() if not asked.scenario or name in asked.scenario}
    if asked.json:
        reports = [_measured(one, asked) for one in chosen.values()]
        yield json.dumps({"machine": machine(), "reports": [report.body() for report in reports]}, indent=1)
        return
    yield f"{machine()}; the server on one core"
    for one in chosen.values():
        yield ""
        yield from _measured(one, asked).lines()


def _measured(scenario: Scenario, asked: argparse.Namespace) -> Report:
    sockets = asked.sockets or scenario.sockets
    files = sockets * scenario.sets + SPARE_FILES
    if (limit := raise_limit()) < files:
        raise BadSetting(
            f"{sockets} sockets need {files} open files, and this system allows {limit}; "
            f"raise its hard limit (ulimit -Hn, LimitNOFILE=) or ask for fewer --sockets"
        )
    loop = asyncio.Runner(loop_factory=_fastest_loop())
    with beside_the_server(), _world(asked, sockets, min(scenario.tickets, 4 * sockets)) as world, loop as runner:
        return runner.run(scenario.measure(world, sockets, asked.seconds or scenario.seconds))


def _world(asked: argparse.Namespace, sockets: int, tickets: int) -> OwnDesk | RunningDesk:
    if asked.url:
        return RunningDesk(asked.url, asked.token, asked.inbox, asked.pid)
    return OwnDesk(agents=sockets, tickets=tickets)


def _fastest_loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
