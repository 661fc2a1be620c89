"""What a long command shows on a terminal while it works."""

import shutil
import sys
import time
from typing import TextIO

EVERY = 0.1  # seconds


class Progress:
    """One line that is written over and over; nothing where nobody looks."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.is_shown = self.stream.isatty()
        self._next = 0.0

    def __call__(self, what: str, done: int, of: int) -> None:
        now = time.monotonic()
        if self.is_shown and now >= self._next:
            self._next = now + EVERY
            self._write(f"{what}: {done:,} of {of:,}")

    def clear(self) -> None:
        if self.is_shown:
            self._write("")

    def _write(self, line: str) -> None:
        self.stream.write(f"\r{line[: shutil.get_terminal_size().columns - 1]}\x1b[K")
        self.stream.flush()
