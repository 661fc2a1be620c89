"""An SMTP server of one's own (RFC 5321): it says 250 only when deliver() has come back, so what it took is stored."""

import asyncio
import inspect
import logging
import ssl
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from aiosmtpd.smtp import SMTP, Session
from aiosmtpd.smtp import Envelope as Received

__all__ = ["Envelope", "Receiver"]

_log = logging.getLogger(__name__)
_MOST_RECIPIENTS = 1000
_CALLS = {"RCPT": _MOST_RECIPIENTS * 2, "MAIL": 1000, "DATA": 1000, "RSET": 1000, "*": 50}


@dataclass(frozen=True)
class Envelope:
    """`mail_from` is "" for delivery reports. `raw` begins with the Return-Path and Received lines of this server,
    RFC 5321 4.4; a Return-Path below them is the sender's invention. `peer`: the IP of the one who called.
    """

    mail_from: str
    recipients: list[str]
    raw: bytes = field(repr=False)
    peer: str


Accept = Callable[[str], bool] | Callable[[str], Awaitable[bool]]
Deliver = Callable[[Envelope], None] | Callable[[Envelope], Awaitable[None]]


class Receiver:
    """`accept(recipient)` says whether the address is known; `deliver(envelope)` stores the mail durably.

    Both may be plain functions, called in a worker thread, or coroutines on the server's loop. What they raise is
    answered with 451: the caller keeps the mail and comes again. `max_size` in bytes. `port` 0 takes a free one.
    """

    def __init__(
        self,
        host: str,
        port: int,
        accept: Accept,
        deliver: Deliver,
        max_size: int = 50 * 2**20,
        tls: ssl.SSLContext | None = None,
        hostname: str = "localhost",
    ) -> None:
        self.host, self.port = host, port
        self._handler = _Handler(accept, deliver, hostname)
        self._settings: dict[str, Any] = {"data_size_limit": max_size, "tls_context": tls, "hostname": hostname}
        self._server: asyncio.Server | None = None
        self._talks: set[_Talk] = set()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self) -> None:
        """Listen on the running loop. Raises OSError where the port is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Talk(self._talks, self._handler, loop, self._settings), self.host, self.port
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Hang up; a mail whose 250 was not said stays with its sender, who comes again."""
        if self._server is not None:
            self._server.close()
            for talk in list(self._talks):
                talk.hang_up()
            await self._server.wait_closed()
            self._server = None

    def start(self) -> None:
        """The same in a thread with a loop of its own; comes back when the server listens."""
        ready: threading.Event = threading.Event()
        failure: list[BaseException] = []
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._live(ready, failure)), name="smtp-receiver", daemon=True
        )
        self._thread.start()
        ready.wait()
        if failure:
            raise failure[0]

    def stop(self) -> None:
        """End what start() began."""
        if self._loop is not None and self._thread is not None:
            self._loop.call_soon_threadsafe(self._ended.set)
            self._thread.join()
            self._loop = self._thread = None

    async def _live(self, ready: threading.Event, failure: list[BaseException]) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        try:
            await self.open()
        except OSError as error:
            failure.append(error)
            return
        finally:
            ready.set()
        await self._ended.wait()
        await self.close()


class _Talk(SMTP):
    """The library's server, with room for the long lines that real mail has."""

    line_length_limit = 256 * 2**10

    def __init__(
        self,
        talks: "set[_Talk]",
        handler: "_Handler",
        loop: asyncio.AbstractEventLoop,
        settings: dict[str, Any],
    ) -> None:
        super().__init__(
            handler, loop=loop, ident="ESMTP", command_call_limit=_CALLS, auth_exclude_mechanism=["LOGIN", "PLAIN"],
            timeout=600, enable_SMTPUTF8=True, **settings,
        )  # fmt: skip
        self._talks = talks

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._talks.add(self)
        super().connection_made(transport)
        if self._handler_coroutine is not None:
            self._handler_coroutine.add_done_callback(_looked_at)

    def connection_lost(self, error: Exception | None) -> None:
        self._talks.discard(self)
        super().connection_lost(error)

    def hang_up(self) -> None:
        if self.transport is not None:
            self.transport.close()


def _looked_at(task: "asyncio.Task[None]") -> None:
    """Who hangs up in mid-sentence is no error of ours, so nothing of it goes to the log."""
    if not task.cancelled():
        task.exception()


class _Handler:
    """The answers. The library calls these by their names."""

    def __init__(self, accept: Accept, deliver: Deliver, hostname: str) -> None:
        self._accept, self._deliver, self._hostname = accept, deliver, hostname

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Received, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            known = await _called(self._accept, address)
        except Exception:  # noqa: BLE001  whatever it was, the sender keeps the mail
            _log.exception("cannot tell whether an address is known")
            return "451 4.3.0 Try again later"
        if not known:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Received) -> str:
        mail = Envelope(
            _null(envelope.mail_from), list(envelope.rcpt_tos), self._traced(session, envelope), _ip(session)
        )
        try:
            await _called(self._deliver, mail)
        except Exception:  # noqa: BLE001
            _log.exception("a mail could not be stored")
            return "451 4.3.0 Try again later"
        return "250 2.0.0 OK"

    async def handle_exception(self, error: Exception) -> str:
        _log.warning("a strange SMTP conversation: %r", error)
        return "451 4.3.0 Try again later"

    def _traced(self, session: Session, envelope: Received) -> bytes:
        content = envelope.original_content or b""
        said = "".join(
            sign for sign in session.host_name or "" if sign.isascii() and (sign.isalnum() or sign in ".-:[]")
        )
        sender = _null(envelope.mail_from).encode("ascii", "replace").decode()
        return (
            f"Return-Path: <{sender}>\r\n"
            f"Received: from {said[:255] or 'unknown'} ([{_ip(session)}])\r\n"
            f"\tby {self._hostname} with ESMTP; {formatdate()}\r\n"
        ).encode() + content


async def _called(function: Callable[[Any], Any], argument: object) -> Any:
    if inspect.iscoroutinefunction(function):
        return await function(argument)
    answer = await asyncio.to_thread(function, argument)
    return await answer if inspect.isawaitable(answer) else answer


def _null(sender: str | None) -> str:
    return "" if sender in (None, "<>") else str(sender).replace("\r", "").replace("\n", "")


def _ip(session: Session) -> str:
    return str(session.peer[0]) if session.peer else ""
