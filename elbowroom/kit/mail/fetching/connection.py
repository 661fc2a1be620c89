"""IMAP connections to an address that was resolved before, with TLS for the name."""

import imaplib
import socket
import ssl
from contextlib import suppress

from imap_tools.mailbox import BaseMailBox

from elbowroom.kit.mail.errors import Unreachable
from elbowroom.kit.mail.server import Server


class _Box(BaseMailBox):
    def __init__(self, client: imaplib.IMAP4) -> None:
        self._made = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._made


class _Plain(imaplib.IMAP4):
    """`host` stays the name that TLS checks; only the socket goes to the pinned address."""

    def __init__(self, server: Server, timeout: float) -> None:
        self._server = server
        super().__init__(server.host, server.port, timeout)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = socket.create_connection((self._server.address or self._server.host, self._server.port), timeout)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return sock


class _Tls(_Plain):
    def _create_socket(self, timeout: float | None) -> socket.socket:
        sock = super()._create_socket(timeout)
        return self._server.context().wrap_socket(sock, server_hostname=self._server.host)


def connection(server: Server, timeout: float) -> BaseMailBox:
    """Connected and encrypted as asked, not yet logged in. Raises Unreachable, OSError and imaplib's errors."""
    client = (_Tls if server.security == "tls" else _Plain)(server, timeout)
    try:
        if server.security == "starttls":
            _start_tls(client, server.context())
    except BaseException:
        with suppress(OSError):  # a failed handshake has taken the socket along
            client.shutdown()
        raise
    return _Box(client)


def _start_tls(client: imaplib.IMAP4, context: ssl.SSLContext) -> None:
    """A greeting that says "already logged in" would let a man in the middle skip the encryption (RFC 3501 11.1)."""
    if client.state != "NONAUTH" or "STARTTLS" not in client.capabilities:
        raise Unreachable("the server offers no STARTTLS")
    client.starttls(context)
