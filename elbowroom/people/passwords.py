"""Passwords: rules, and argon2id outside of every transaction."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type, hash_secret_raw

from elbowroom.kit.db import folded
from elbowroom.kit.problems import Refused, bad_request

T = TypeVar("T")
SHORTEST, LONGEST = 10, 200
FEWEST_SIGNS = 4
TIME, MEMORY = 2, 19 * 1024  # the second of OWASP's recommended pairs, KiB
AT_ONCE, IN_LINE = 2, 64

_hasher = PasswordHasher(time_cost=TIME, memory_cost=MEMORY, parallelism=1)
# Not asyncio.to_thread: its many threads would let strangers fill memory and processors by guessing.
_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
_line = 0


def check_rules(password: str, email: str, field: str = "password") -> None:
    """Raises Refused (422) that names the field and says what to choose instead."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise bad_request(field, f"Choose a password of {SHORTEST} to {LONGEST} characters.")
    if folded(password) in {folded(email), folded(email.partition("@")[0])}:
        raise bad_request(field, "Choose a password that is not your address.")
    if len(set(password)) < FEWEST_SIGNS:
        raise bad_request(field, "Choose a password of more different characters.")


def hash_now(password: str) -> str:
    """For the command line; on the event loop use `hash_password`, in a verb neither."""
    return _hasher.hash(_same_form(password))


def fits_now(stored: str | None, password: str) -> bool:
    """Takes as long for nobody (`stored` None) as for somebody, so that the time tells nothing."""
    try:
        _hasher.verify(stored or _nobody(), _same_form(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


async def hash_password(password: str) -> str:
    return await _aside(lambda: hash_now(password))


async def fits(stored: str | None, password: str) -> bool:
    return await _aside(lambda: fits_now(stored, password))


async def stretched(body: bytes, salt: bytes) -> bytes:
    """What may be kept of a body that holds a password: as slow to guess as the password's own hash."""
    return await _aside(lambda: hash_secret_raw(body, salt, TIME, MEMORY, 1, 32, Type.ID))


async def _aside(work: Callable[[], T]) -> T:
    global _line
    if _line >= IN_LINE:
        detail = "Very many people sign in just now. Try again in a moment."
        raise Refused(503, "busy", "The desk is busy", detail)
    _line += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_threads, work)
    finally:
        _line -= 1


def _same_form(password: str) -> str:
    """One form whatever keyboard or system typed it."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _hasher.hash("nobody's password")
