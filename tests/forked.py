"""Processes forked from a Python that has imported the server: to import it takes longer than to start it.

`python -m tests.forked` is that Python. Each line that it is told is an order, and is answered with a line.
"""

import atexit
import gc
import importlib
import json
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from elbowroom.kit import failpoints
from tests.waiting import eventually

ROOT = Path(__file__).parent.parent


class Mother:
    """The Python that forks; one for all tests of a process."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def asked(self, *order: Any) -> Any:
        with self._turn:
            process = self._process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            print(json.dumps(order), file=process.stdin, flush=True)
            return json.loads(process.stdout.readline())

    def _start(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.forked"]
        atexit.register(self._end)
        return subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def _end(self) -> None:
        if self._process is not None:
            self._process.communicate()


MOTHER = Mother()


class Forked:
    """What subprocess.Popen is to its child. `module`: run as by `python -m`, `log` takes all that it prints."""

    def __init__(self, module: str, arguments: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.pid = int(MOTHER.asked("fork", module, arguments, dict(env), str(log)))
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = MOTHER.asked("ended", self.pid)
        return self.returncode

    def send_signal(self, how: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)

    def wait(self, timeout: float) -> int:
        eventually(lambda: self.poll() is not None, f"process {self.pid} ends", within=timeout)
        assert self.returncode is not None
        return self.returncode


# in the Python that forks
def fork(module: str, arguments: list[str], env: dict[str, str], log: str) -> int:
    return os.fork() or _run(module, arguments, env, log)


def _run(module: str, arguments: list[str], env: dict[str, str], log: str) -> NoReturn:
    """As if it had been started with this module; ends by raising SystemExit."""
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream, file in enumerate((os.open(os.devnull, os.O_RDONLY), output, output)):
        os.dup2(file, stream)
    os.environ.clear()
    os.environ.update(env)
    importlib.reload(failpoints)  # which reads where to die as it is imported
    sys.argv = [module, *arguments]
    sys.modules.pop(module, None)
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    sys.exit()


def ended(pid: int) -> int | None:
    """The exit status, negative for a signal; None while it runs."""
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


ORDERS: dict[str, Callable[..., Any]] = {"fork": fork, "ended": ended}


def main() -> None:
    import tests.served  # noqa: F401  everything that a server imports

    gc.freeze()
    assert threading.active_count() == 1, "a fork takes no threads along"
    for line in sys.stdin:
        order, *rest = json.loads(line)
        print(json.dumps(ORDERS[order](*rest)), flush=True)


if __name__ == "__main__":
    main()
