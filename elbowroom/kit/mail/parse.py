"""parse(): a stranger's bytes are read by a child process, whose death costs nothing but this one mail."""

import atexit
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

from elbowroom.kit.mail.errors import Unparsable
from elbowroom.kit.mail.parsed import Cut, ParsedMail
from elbowroom.kit.mail.reading import limits, wire

__all__ = ["Unparsable", "parse"]

_START = "import sys; sys.path.insert(0, sys.argv[1]); from elbowroom.kit.mail.reading.child import main; main()"
_ROOT = str(Path(__file__).parents[3])
_SIGNALS = {
    signal.SIGXCPU: f"it took more than {limits.CPU_SECONDS} s of processor time",
    signal.SIGKILL: "its reader was killed, for processor time or memory",
    signal.SIGALRM: f"it took longer than {limits.WALL_SECONDS} s",
    signal.SIGABRT: "it needed more than 256 MiB of memory",
}
_EXITS = {3: "it needed more than 256 MiB of memory", 4: "its reader failed on it"}
_AGAIN = {_SIGNALS[signal.SIGALRM], "its reader was gone"}  # the machine may be to blame, so once more


class _Reader:
    """The warm process of child.py, started at the first mail and again whenever it is gone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._owner = 0

    def hand_over(self, work: socket.socket, seconds: bytes) -> None:
        """Give one end of a mail's socket to the child. Raises OSError where even a new child does not take it."""
        with self._lock:
            if self._control is None or self._owner != os.getpid():
                self._start()
            try:
                self._send(work, seconds)
            except OSError:
                self._start()
                self._send(work, seconds)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _send(self, work: socket.socket, seconds: bytes) -> None:
        assert self._control is not None
        socket.send_fds(self._control, [seconds], [work.fileno()])

    def _start(self) -> None:
        self._end()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-c", _START, _ROOT],
                stdin=theirs.fileno(), stdout=subprocess.DEVNULL,
                cwd="/", env=_environment(), start_new_session=True,
            )  # fmt: skip
        ours.settimeout(limits.WALL_SECONDS)
        self._control, self._owner = ours, os.getpid()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None and self._owner == os.getpid():
            self._process.kill()  # the mails in its forks go on undisturbed
            self._process.wait()
        self._control = self._process = None


def _environment() -> dict[str, str]:
    """Nothing of ours but what some Pythons need to start: no secret is there to be taken."""
    return {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH") if name in os.environ}


_reader = _Reader()
atexit.register(_reader.close)
_turns = threading.BoundedSemaphore(max(2, os.cpu_count() or 2))


def parse(raw: bytes) -> ParsedMail:
    """Any thread may call it. Blocks for typically 10 ms, 30 s on a busy machine. Raises Unparsable and nothing else.

    The limits are in reading/limits.py: 50 MiB, 2 s of CPU (4 s at 50 MiB), 5 s by the clock (20 s at the second
    try), 256 MiB of memory, 200 parts, depth 20, 64 KiB a header, 1,000 addresses.
    """
    if len(raw) > limits.BYTES or isinstance(raw, Cut):
        raise Unparsable(f"it is larger than 50 MiB ({getattr(raw, 'size', len(raw)) / 2**20:.0f} MiB)")
    if not raw or raw.isspace():
        raise Unparsable("it is empty")
    with _turns:
        answer = _asked(raw, limits.WALL_SECONDS)
        if isinstance(answer, str) and answer in _AGAIN:
            answer = _asked(raw, limits.BUSY_WALL_SECONDS)
    if isinstance(answer, str):
        raise Unparsable(answer)
    return answer


def close() -> None:
    """End the warm process; the next parse() starts another."""
    _reader.close()


def _asked(raw: bytes, wall_seconds: int) -> ParsedMail | str:
    cpu_seconds = limits.CPU_SECONDS + len(raw) // limits.CPU_SECOND_FOR
    ours, theirs = socket.socketpair()
    with ours:
        try:
            with theirs:
                _reader.hand_over(theirs, bytes([wall_seconds, cpu_seconds]))
        except (OSError, ValueError) as error:
            return f"its reader did not start ({error})"
        ours.settimeout(wall_seconds + 3)
        return _answer(_exchange(ours, raw))


def _exchange(ours: socket.socket, raw: bytes) -> bytearray:
    """All that came back; a child that ended early has closed the socket, which is no error but an answer."""
    answer = bytearray()
    try:
        ours.sendall(raw)
        ours.shutdown(socket.SHUT_WR)
    except OSError:
        pass
    try:
        while chunk := ours.recv(262144):
            answer += chunk
    except OSError:
        pass
    return answer


def _answer(answer: bytearray) -> ParsedMail | str:
    if len(answer) < 4:
        return "its reader was gone"
    status = os.waitstatus_to_exitcode(int.from_bytes(answer[-4:], "big"))
    if status < 0:
        return _SIGNALS.get(signal.Signals(-status), f"its reader crashed (signal {-status})")
    if status > 0:
        return _EXITS.get(status, f"its reader failed (exit {status})")
    try:
        return wire.unpack(answer)
    except (ValueError, KeyError, TypeError):
        return "its reader gave a torn answer"
