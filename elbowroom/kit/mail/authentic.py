"""Whether our own receiving server vouches for a mail's sender (RFC 8601).

Anyone can write the header, so only the one of the server that the operator named counts, and of several the topmost:
each server puts its own above what it was given. What can't be read to its end vouches for nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SIGN = re.compile(r'"(?:[^"\\]|\\.)*"|\\.|.', re.DOTALL)
_WORD = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+')
_RESULT = re.compile(r"([a-z0-9-]+)(?:\s*/\s*\d+)?\s*=\s*([a-z0-9-]+)", re.IGNORECASE)


class _Torn(Exception):
    """A quote or a comment that does not end."""


@dataclass(frozen=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]


def vouches(headers: list[str], server: str, sender: str) -> bool:
    """`headers`: the mail's Authentication-Results as they came, topmost first. `server`: the authserv-id that counts.

    True for a passed DMARC of the sender's domain, or a passed DKIM or SPF of that domain or one above it.
    """
    domain = sender.rpartition("@")[2].lower().rstrip(".")
    if not server or not domain:
        return False
    for header in headers:
        try:
            name, results = _read(header)
        except _Torn:
            return False
        if name == server.lower():
            said = [one.result for one in results if one.method == "dmarc"]
            return "fail" not in said and any(_passes(one, domain) for one in results)
    return False


def _passes(one: _Result, domain: str) -> bool:
    if one.result != "pass":
        return False
    if one.method == "dmarc":
        return _domain(one.properties.get("header.from", "")) == domain
    if one.method == "dkim":
        named = one.properties.get("header.d") or one.properties.get("header.i", "")
        return _is_aligned(_domain(named), domain)
    return one.method == "spf" and _is_aligned(_domain(one.properties.get("smtp.mailfrom", "")), domain)


def _is_aligned(vouching: str, domain: str) -> bool:
    """A domain may vouch for those below it; one below says nothing of the whole."""
    return vouching == domain or ("." in vouching and domain.endswith(f".{vouching}"))


def _domain(value: str) -> str:
    return value.strip('"').rpartition("@")[2].lower().rstrip(".")


def _read(header: str) -> tuple[str, list[_Result]]:
    """The server's name and what it found. Raises _Torn."""
    name, *rest = _parts(header)
    words = name.split()
    return (words[0].strip('"').lower() if words else ""), [one for one in map(_result, rest) if one is not None]


def _parts(header: str) -> Iterator[str]:
    """What stands between semicolons, without comments."""
    part, depth = "", 0
    for sign in _SIGN.findall(header):
        if sign == '"':
            raise _Torn
        if sign in "()" and (depth or sign == "("):
            depth += 1 if sign == "(" else -1
            part += " "
        elif depth:
            continue
        elif sign == ";":
            yield part
            part = ""
        else:
            part += sign
    if depth:
        raise _Torn
    yield part


def _result(part: str) -> _Result | None:
    found = _RESULT.match(part.strip())
    if found is None:
        return None
    properties: dict[str, str] = {}
    for word in _WORD.findall(part.strip()[found.end() :]):
        name, equals, value = word.partition("=")
        if equals and "." in name:
            properties.setdefault(name.lower(), value)
    return _Result(found[1].lower(), found[2].lower(), properties)
