"""Message ids and plus-addresses of ours, signed, so that nobody can make one up.

A signature says "this desk wrote that row into a mail", never who answers it.
"""

import base64
import hashlib
import hmac
import re

_ROW = re.compile(r"[a-z0-9-]{1,40}")
_ID = re.compile(r"<?\s*er\.([a-z0-9-]{1,40})\.([a-z2-7]{24})@[^<>\s@]+\s*>?")
_PLUS = re.compile(r"[^@\s]+\+([a-z0-9-]{1,40})\.([a-z2-7]{24})@[^@\s]+")


def make(secret: bytes, row: str, domain: str) -> str:
    """`<er.ROW.SIGNATURE@domain>`; the same row always gives the same id, so copies of a mail bear one id.

    `row` is 1 to 40 of a-z, 0-9 and "-" (mailers lower the case); anything else raises ValueError.
    """
    if not re.fullmatch(r"[A-Za-z0-9.-]+", domain):
        raise ValueError(f"not a domain for a Message-ID: {domain!r}")
    return f"<er.{row}.{_sign(secret, b'message-id', row)}@{domain}>"


def read(secret: bytes, message_id: str) -> str | None:
    """The row of an id that make() gave, else None. Brackets may be missing, letters may have changed case."""
    return _row(secret, b"message-id", _ID.fullmatch(message_id.strip().lower()))


def plus_address(secret: bytes, row: str, address: str) -> str:
    """`desk@example.org` becomes `desk+ROW.SIGNATURE@example.org`.

    ValueError where the part before the @ would pass the 64 octets of RFC 5321 4.5.3.1.1.
    """
    local, at, domain = address.rpartition("@")
    local = f"{local}+{row}.{_sign(secret, b'plus-address', row)}"
    if not at or len(local.encode()) > 64:
        raise ValueError(f"no room for a plus-address: {address!r}")
    return f"{local}@{domain}"


def read_plus(secret: bytes, address: str) -> str | None:
    """The row of an address that plus_address() gave, else None."""
    return _row(secret, b"plus-address", _PLUS.fullmatch(address.strip().lower()))


def _row(secret: bytes, purpose: bytes, found: re.Match[str] | None) -> str | None:
    if found is None:
        return None
    row, signature = found.groups()
    return row if hmac.compare_digest(signature, _sign(secret, purpose, row)) else None


def _sign(secret: bytes, purpose: bytes, row: str) -> str:
    if not secret:
        raise ValueError("an empty secret signs nothing")
    if not _ROW.fullmatch(row):
        raise ValueError(f"not a row for a Message-ID: {row!r}")
    digest = hmac.new(secret, purpose + b"\0" + row.encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:15]).decode().lower()
