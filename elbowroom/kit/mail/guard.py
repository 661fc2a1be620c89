"""Which addresses this server may call. A name is resolved once; the caller connects to what came back.

Against server-side request forgery: the ways in are IPv4 inside IPv6, NAT64, 6to4, odd spellings of 127.0.0.1,
and a name that answers differently the second time.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable

from elbowroom.kit.mail.errors import Forbidden, Unreachable

IP = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str, int], list[str]]

_UNICAST = ipaddress.IPv6Network("2000::/3")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
# Global by the registries' words, yet each leads somewhere else: 6to4 and its relays, documentation.
_ASTRAY = [ipaddress.ip_network(n) for n in ("2002::/16", "192.88.99.0/24", "3fff::/20", "2001:db8::/32")]


def allowed(host: str, port: int, networks: Iterable[str | Network] = (), resolve: Resolver | None = None) -> str:
    """The address to connect to: the first of `host`'s that is public or lies in one of `networks` (CIDR).

    Blocks for a name look-up. Raises Forbidden where none is, Unreachable where the name leads nowhere.
    """
    if not 0 < port < 65536:
        raise Forbidden(f"{port} is not a port")
    known = [ipaddress.ip_network(n) if isinstance(n, str) else n for n in networks]
    found = [_plain(address) for address in (resolve or _resolve)(host, port)]
    for address in found:
        if is_public(address) or any(address in network for network in known):
            return str(address)
    raise Forbidden(f"{host} leads to {_list(found)}, a private or special address that is not on the allowed list")


def is_public(address: IP) -> bool:
    """Whether it is an ordinary address of the internet, after RFC 6890 and its registries."""
    address = _plain(address)
    if any(address in network for network in _ASTRAY if network.version == address.version):
        return False
    if address.is_multicast or address.is_reserved or not address.is_global:
        return False
    return address.version == 4 or address in _UNICAST


def _plain(address: str | IP) -> IP:
    ip = ipaddress.ip_address(address.partition("%")[0] if isinstance(address, str) else address)
    if isinstance(ip, ipaddress.IPv6Address) and ip in _MAPPED:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip


def _resolve(host: str, port: int) -> list[str]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, ValueError) as error:
        raise Unreachable(f"no address is known for {host!r} ({error})") from error
    return [str(answer[4][0]) for answer in answers]


def _list(found: list[IP]) -> str:
    return ", ".join(str(address) for address in dict.fromkeys(found)) or "nothing"
