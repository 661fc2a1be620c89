"""The desk's own address, as it may stand in a mail.

A stranger chooses the Host of his request: a link made of that would carry the victim's token to him. So a mail's link
takes the address of the settings, or the one at which an administrator signed in.
"""

from urllib.parse import quote, urlsplit

from fastapi import Request

from elbowroom.kit import journal
from elbowroom.kit.config import Config
from elbowroom.kit.db import Read, Tx

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


def asked_at(request: Request) -> str:
    """The address under which this browser sees the desk; to be believed of an administrator alone."""
    origin = request.headers.get("origin")
    return origin if origin and origin != "null" else str(request.base_url).rstrip("/")


def learn(tx: Tx, config: Config, address: str) -> None:
    """Keeps the first address; a real one takes the place of a loopback one."""
    known = journal.keep_value(tx, "address")
    if not config.url and (not known or (_is_loopback(known) and not _is_loopback(address))):
        journal.keep(tx, "address", address)


def desk_address(read: Read, config: Config) -> str:
    """Empty where nobody knows it yet."""
    return config.url or journal.keep_value(read, "address") or ""


def link(address: str, door: str, token: str) -> str:
    """`door` is setup, invitation or reset."""
    return f"{address}/{door}/{quote(token, safe='')}"


def _is_loopback(address: str) -> bool:
    return (urlsplit(address).hostname or "") in LOOPBACK
