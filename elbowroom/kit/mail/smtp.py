"""Handing a mail to a server (RFC 5321). The caller decides what to try again; here each answer gets its name."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import aiosmtplib

from elbowroom.kit.mail.errors import LoginRefused, Refused, Unreachable
from elbowroom.kit.mail.server import Server

__all__ = ["LoginRefused", "Refused", "Sent", "Server", "Unreachable", "send", "try_login"]


_LOGIN = (530, 534, 535, 538)  # RFC 4954 6: it wants another log-in, or one at all


@dataclass(frozen=True)
class Sent:
    """`words`: the server's last answer, often its queue id. `refused`: addresses that it did not take, and why."""

    words: str
    refused: dict[str, Refused] = field(default_factory=dict)


async def send(
    server: Server,
    envelope_from: str,
    recipients: list[str],
    raw: bytes,
    timeout: float = 30,  # noqa: ASYNC109  for each answer, not for the whole
) -> Sent:
    """`timeout` in seconds for each answer, ten times that for the last one and for all. `envelope_from` may be "".

    Raises Refused when no recipient is left, Unreachable when it is not known to have been taken: then send the same
    bytes again, whose Message-ID tells copies apart. LoginRefused, a kind of Unreachable, needs a person.
    """
    for address in (envelope_from, *recipients):
        if not address.isascii() or re.search(r"[\x00-\x20\x7f<>]", address):
            raise Refused(553, f"not an address that mail can be sent to: {address!r}", permanent=True)
    with _NamedErrors(server):
        async with asyncio.timeout(timeout * 10), _session(server, envelope_from, timeout) as client:
            return await _transaction(client, envelope_from, recipients, raw, timeout * 10)


async def _transaction(
    client: aiosmtplib.SMTP, envelope_from: str, recipients: list[str], raw: bytes, patience: float
) -> Sent:
    """RFC 5321 3.3. The last answer gets all the time: who hangs up before it sends the mail twice (RFC 1047)."""
    refused: dict[str, Refused] = {}
    if client.is_ehlo_or_helo_needed:
        with suppress(aiosmtplib.SMTPHeloError):  # mail() says HELO then
            await client.ehlo()
    size = [f"SIZE={len(raw)}"] if client.supports_extension("size") else []
    await client.mail(envelope_from, options=size)
    for address in recipients:
        try:
            await client.rcpt(address)
        except aiosmtplib.SMTPRecipientRefused as error:
            if error.code == 421:
                raise
            refused[address] = _refusal(error.code, error.message)
    if len(refused) == len(recipients):
        first = next(iter(refused.values()), Refused(550, "no recipients", permanent=True))
        raise Refused(first.code, first.words, all(one.permanent for one in refused.values()), refused)
    answer = await client.data(raw, timeout=patience)
    return Sent(_one_line(answer.message), refused)


async def try_login(server: Server) -> None:
    """Connect, log in, leave. Raises LoginRefused, Refused or Unreachable with words for the administrator."""
    with _NamedErrors(server):
        async with asyncio.timeout(45), _session(server, server.user, 15) as client:
            await client.noop()


@asynccontextmanager
async def _session(server: Server, us: str, patience: float) -> AsyncIterator[aiosmtplib.SMTP]:
    client = aiosmtplib.SMTP(
        hostname=server.host,
        port=None,
        sock=await _connected(server, patience),
        use_tls=server.security == "tls",
        start_tls=server.security == "starttls",
        tls_context=server.context() if server.security != "none" else None,
        # Our own host name is nobody's business, and looking it up may block.
        local_hostname=_domain(us),
        timeout=patience,
    )
    transport = None
    try:
        await client.connect()
        transport = client.transport
        if server.user:
            await client.login(server.user, server.password)
        yield client
        with suppress(aiosmtplib.SMTPException, OSError):
            await client.quit()  # the mail is taken already, whatever happens now
    finally:
        client.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()  # close() would wait for the other side's farewell, longer than the loop may live


async def _connected(server: Server, patience: float) -> socket.socket:
    """A socket to the pinned address, so that no second look-up can lead elsewhere."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience):
        found = await loop.getaddrinfo(server.address or server.host, server.port, type=socket.SOCK_STREAM)
        failure: OSError | None = None
        for family, kind, protocol, _, address in found:
            sock = socket.socket(family, kind, protocol)
            sock.setblocking(False)
            try:
                await loop.sock_connect(sock, address)
            except OSError as error:
                sock.close()
                failure = error
            except BaseException:
                sock.close()
                raise
            else:
                return sock
    raise failure or OSError("no address")


class _NamedErrors:
    """Every failure inside becomes Refused, LoginRefused or Unreachable."""

    def __init__(self, server: Server) -> None:
        self._where = f"{server.host}:{server.port}"

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code in _LOGIN:
            raise LoginRefused(f"{error.code} {_one_line(error.message)}") from None
        if isinstance(error, aiosmtplib.SMTPResponseException) and error.code != 421 and 400 <= error.code < 600:
            raise _refusal(error.code, error.message) from None
        if isinstance(error, TimeoutError):
            raise Unreachable(f"{self._where} did not answer in time") from None
        if isinstance(error, aiosmtplib.SMTPException | OSError | ValueError):
            raise Unreachable(f"{self._where}: {_one_line(str(error)) or type(error).__name__}") from error


def _refusal(code: int, words: str) -> Refused:
    return Refused(code, _one_line(words), permanent=code >= 500)


def _one_line(words: str) -> str:
    return " ".join(words.split())[:500]


def _domain(address: str) -> str:
    domain = address.rpartition("@")[2]
    return domain if domain.isascii() and "." in domain and " " not in domain else "localhost.localdomain"
