"""How much a single mail may ask for. Breaking one raises TooMuch, whose words become the reason."""

from email._policybase import Compat32
from email.message import Message
from typing import Any

BYTES = 50 * 2**20
PARTS = 200
DEPTH = 20
HEADER = 64 * 2**10
ADDRESSES = 1000
TEXT = 2**20  # a longer body is kept as a file
CPU_SECONDS = 2  # and one more for each of these, since 50 MiB of honest mail take 1.2 s on a quick machine:
CPU_SECOND_FOR = 25 * 2**20
WALL_SECONDS = 5
BUSY_WALL_SECONDS = 20  # the second try, for a machine that had no time
MEMORY = 256 * 2**20


class TooMuch(Exception):
    """The limit that was broken, in words."""


class Policy(Compat32):
    """Headers stay as they came: what the library's newer policy makes of hostile ones costs seconds or raises."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        if sum(map(len, sourcelines)) > HEADER:
            raise TooMuch("a header is longer than 64 KiB")
        return super().header_source_parse(sourcelines)


class Count:
    """Makes the message objects of a parser and counts them."""

    def __init__(self) -> None:
        self._left = PARTS + 1  # the parser makes one just to try the factory

    def __call__(self, policy: Any = None) -> "Message[str, str]":
        if self._left < 0:
            raise TooMuch(f"it has more than {PARTS} parts")
        self._left -= 1
        return Message(policy=policy) if policy else Message()
