"""Which mail servers this desk may call: those of the internet, and those that the operator named."""

from ipaddress import ip_network

from sqlalchemy import RowMapping

from elbowroom.kit.config import Config
from elbowroom.kit.mail import guard
from elbowroom.kit.mail.errors import Forbidden, MailError
from elbowroom.kit.mail.server import Server
from elbowroom.kit.vault import Vault, WrongKey

NEAR = tuple(
    ip_network(one) for one in ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)  # what a trial on one machine may call


class Sealed(MailError):
    """The stored password can't be opened."""


def pinned(config: Config, host: str, port: int, security: str, user: str, password: str) -> Server:
    """The server at the one address that was judged. Blocks for a name look-up; raises MailError."""
    networks = (*config.mail_networks, *(NEAR if config.is_local else ()))
    try:
        address = guard.allowed(host, port, networks)
        return Server(host, port, security, user, password, address)  # type: ignore[arg-type]
    except Forbidden as no:
        mend = "If that is your own mail server, name its network in ELBOWROOM_MAIL_NETWORKS."
        raise Forbidden(f"{no.words}. {mend}") from no
    except ValueError as wrong:
        raise Forbidden(str(wrong)) from wrong


def stored(config: Config, vault: Vault, row: RowMapping, way: str) -> Server:
    """The server of a stored mailbox; `way` is in or out. As `pinned`."""
    try:
        password = vault.unseal(row[f"{way}_password"])
    except WrongKey as wrong:
        words = "The stored password can't be opened with this desk's key. Type it again."
        raise Sealed(words) from wrong
    host, port, security, user = (row[f"{way}_{part}"] for part in ("host", "port", "security", "user"))
    return pinned(config, host, port, security, user, password)
