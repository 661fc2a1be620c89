"""A server process: started on a port of its own choice, held to one core, and measured from outside."""

import asyncio
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STARTS_FOR = 30.0
OUR_CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def beside_the_server() -> Iterator[None]:
    """Leaves the server its core for itself, as far as there are others."""
    if len(OUR_CORES) > 1:
        os.sched_setaffinity(0, set(OUR_CORES[1:]))
    try:
        yield
    finally:
        if OUR_CORES:
            os.sched_setaffinity(0, set(OUR_CORES))


class Process:
    """`python -m …`, which prints a line that ends in its address or port. Figures are NaN where there is no /proc."""

    def __init__(self, *arguments: str, **environ: str) -> None:
        command = [sys.executable, "-m", *arguments]
        self._child = subprocess.Popen(
            command, env={**os.environ, **environ}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        if len(OUR_CORES) > 1:
            os.sched_setaffinity(self._child.pid, {OUR_CORES[0]})
        self.port = self._listens()
        self.meter = Meter(self._child.pid)

    async def ask(self, line: str) -> str:
        """One line said, one line answered, while the loop goes on."""
        return await asyncio.to_thread(self._ask, line)

    def end(self) -> None:
        self._child.terminate()
        self._child.wait(20)
        for pipe in (self._child.stdin, self._child.stdout):
            assert pipe is not None
            pipe.close()

    def _ask(self, line: str) -> str:
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.write(line + "\n")
        self._child.stdin.flush()
        return self._child.stdout.readline()

    def _listens(self) -> int:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            if "port" in line or "http://" in line:
                return int(line.rpartition(":")[2].partition("/")[0])
        raise RuntimeError("the server ended before it listened; its log says why")


class Meter:
    """What a process used, its threads together."""

    def __init__(self, pid: int | None) -> None:
        self._proc = Path(f"/proc/{pid}")

    def cpu(self) -> float:
        """Seconds of CPU since its start."""
        return self._ran("task/*/schedstat")

    def loop_cpu(self) -> float:
        """Seconds of CPU of its first thread, which runs the loop."""
        return self._ran("schedstat")

    def memory(self) -> float:
        """Resident bytes."""
        try:
            fields = (self._proc / "statm").read_text().split()
        except OSError:
            return math.nan
        return int(fields[1]) * float(os.sysconf("SC_PAGE_SIZE"))

    def _ran(self, pattern: str) -> float:
        found = list(self._proc.glob(pattern)) if self._proc.exists() else []
        return sum(int(one.read_text().split()[0]) for one in found) / 1e9 if found else math.nan


class Window:
    """From its making to `end`: shares of one core that the server, its loop and this process used."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._before = self._now()

    def end(self) -> "Window":
        after = self._now()
        self.seconds, self.cpu, self.loop_cpu, self.own_cpu = (
            now - before for now, before in zip(after, self._before, strict=True)
        )
        return self

    def share(self, used: float) -> float:
        return 100 * used / self.seconds

    def _now(self) -> tuple[float, float, float, float]:
        return time.monotonic(), self._meter.cpu(), self._meter.loop_cpu(), time.process_time()


def kernel_memory() -> float:
    """Bytes that the kernel holds for all TCP sockets of this machine."""
    try:
        told = Path("/proc/net/sockstat").read_text().splitlines()
    except OSError:
        return math.nan
    fields: list[Any] = next((line.split() for line in told if line.startswith("TCP:")), ["mem", "nan"])
    return float(fields[fields.index("mem") + 1]) * float(os.sysconf("SC_PAGE_SIZE"))
