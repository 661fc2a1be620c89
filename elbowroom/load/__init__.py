"""elbowroom load: a desk of its own, many open sockets, and what each change costs until all have seen it."""

import argparse
import asyncio
from collections.abc import Iterator

from elbowroom.load.scenarios import measure
from elbowroom.load.world import World


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--sockets", type=int, default=1000, help="open sockets that all look at one list (1000)")
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each kind of change is made (10)")
    parser.add_argument("--rate", type=float, default=10.0, help="changes a second (10)")


def run(asked: argparse.Namespace) -> Iterator[str]:
    """Yields the lines of the report. Figures are ratios to the same change seen by one socket in the same run."""
    with World() as world:
        figures = asyncio.run(measure(world, asked.sockets, asked.seconds, asked.rate))
    yield f"{asked.sockets} sockets on one list, {asked.rate:g} changes a second for {asked.seconds:g} s each"
    yield f"{'':26}{'median ms':>11}{'99 % ms':>10}{'delivered/s':>13}{'ratio to one':>14}"
    for figure in figures.kinds:
        yield (
            f"{figure.name:26}{figure.median_ms:11.1f}{figure.p99_ms:10.1f}{figure.per_second:13,.0f}"
            f"{figure.ratio:14.2f}"
        )
    yield f"opened in {figures.opened_for:.1f} s; memory a socket {figures.memory_kib:.0f} KiB; lost {figures.lost}"
    yield f"server's CPU during the changes: {figures.cpu:.0%} of one core"
