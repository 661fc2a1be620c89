"""A limit on guessing that no stranger can turn into a lock-out.

A try is counted against the address *as tried from there*, never against the address alone. A browser in which she
once signed in carries a sign of it and is counted apart, so that not even neighbours behind one proxy shut her out.
"""

import hmac
from collections.abc import Hashable
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from fastapi import Request

from elbowroom.kit.clock import Clock, token
from elbowroom.kit.db import folded
from elbowroom.kit.problems import Refused
from elbowroom.kit.vault import Vault

MOST = 20_000


@dataclass(frozen=True)
class Limit:
    """`burst` tries at once, then one more each `each` seconds."""

    burst: int
    each: float


PAIR = Limit(10, 30.0)
SOURCE = Limit(100, 3.0)
RESETS = Limit(5, 120.0)


class Guessing:
    """Token buckets in memory; a restart forgives."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._left: dict[Hashable, tuple[float, float, Limit]] = {}

    def spend(self, key: Hashable, limit: Limit) -> None:
        """Takes a try *before* it is judged, else many at once would all pass. Raises Refused (429)."""
        now = self.clock.monotonic()
        left = self._filled(key, limit, now)
        if left < 1:
            wait = ceil((1 - left) * limit.each)
            detail = f"Wait {wait} seconds, then try again."
            raise Refused(429, "too-many", "Too many tries", detail, retry_after=wait)
        if len(self._left) >= MOST:
            self._forget_full(now)
        self._left[key] = (left - 1, now, limit)

    def forgive(self, key: Hashable) -> None:
        self._left.pop(key, None)

    def give_back(self, key: Hashable, limit: Limit) -> None:
        now = self.clock.monotonic()
        self._left[key] = (min(limit.burst, self._filled(key, limit, now) + 1), now, limit)

    def _filled(self, key: Hashable, limit: Limit, now: float) -> float:
        left, at, _limit = self._left.get(key, (float(limit.burst), now, limit))
        return min(float(limit.burst), left + max(0.0, now - at) / limit.each)

    def _forget_full(self, now: float) -> None:
        """What is full again says nothing. Where that is not enough the oldest goes: memory is bounded."""
        self._left = {key: kept for key, kept in self._left.items() if self._filled(key, kept[2], now) < kept[2].burst}
        while len(self._left) >= MOST:
            self._left.pop(next(iter(self._left)))


def guessing_of(request: Request) -> Guessing:
    """The process has one, made at the first try."""
    state = request.app.state
    if not hasattr(state, "guessing"):
        state.guessing = Guessing(state.engines.clock)
    known: Guessing = state.guessing
    return known


def source_of(request: Request) -> str:
    """Where a request comes from; an IPv6 network counts as one, its holder has 2^64 addresses."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)


def device_sign(vault: Vault, email: str, nonce: str = "") -> str:
    """What a browser keeps after a sign-in: proves only that this address signed in there once."""
    nonce = nonce or token(12)
    proof = hmac.new(vault.key("device"), f"{nonce}|{folded(email)}".encode(), "sha256").hexdigest()
    return f"{nonce}.{proof}"


def known_device(vault: Vault, email: str, sign: str | None) -> str | None:
    """The browser's nonce where its sign is true for this address."""
    nonce, dot, _proof = (sign or "").partition(".")
    is_true = hmac.compare_digest(device_sign(vault, email, nonce).encode(), (sign or "").encode())
    return nonce if dot and nonce and is_true else None
