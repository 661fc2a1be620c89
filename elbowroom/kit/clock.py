"""Time and randomness, handed in so that tests can travel."""

import secrets
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds since 1970, UTC. May be set back by the operator; decide nothing safe by it."""

    def monotonic(self) -> float:
        """Seconds that only grow; liveness and leases of this process go by them."""


class SystemClock:
    def now(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()


class TravelClock:
    """A clock that stands still until told to go on."""

    def __init__(self, at: float = 1_800_000_000.0) -> None:
        self.at = at

    def now(self) -> float:
        return self.at

    def monotonic(self) -> float:
        return self.at

    def travel(self, seconds: float) -> None:
        self.at += seconds


def moment(at: float) -> str:
    """ISO 8601 in UTC with milliseconds, the only form in which a moment leaves the server."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def maybe_moment(at: float | None) -> str | None:
    return None if at is None else moment(at)


def token(size: int = 32) -> str:
    """A secret of `size` random bytes, safe in a URL."""
    return secrets.token_urlsafe(size)
