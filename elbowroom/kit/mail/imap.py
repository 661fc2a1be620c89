"""A mailbox read over IMAP (RFC 3501), in one thread, without changing anything in it: EXAMINE and BODY.PEEK only.

The library's own fetch() is not used: it marks as seen, and reads each mail with Python's parser in this process.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from threading import Event
from types import TracebackType
from typing import Any, NamedTuple

from imap_tools import AND
from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox

from elbowroom.kit.mail.errors import LoginRefused, UidsChanged, Unreachable
from elbowroom.kit.mail.fetching import answers, waiting
from elbowroom.kit.mail.fetching.connection import connection
from elbowroom.kit.mail.parsed import Cut
from elbowroom.kit.mail.server import Server

__all__ = ["Fetched", "LoginRefused", "Mailbox", "Server", "UidsChanged", "Unreachable"]

_BATCH_MAILS, _BATCH_BYTES = 50, 4 * 2**20
_START = 64 * 2**10  # what is fetched of a mail that is too big


class Fetched(NamedTuple):
    """`internal_date`: unix seconds at which the server got it. `raw` is a parsed.Cut where it was too big."""

    uid: int
    raw: bytes
    internal_date: float | None


class Mailbox:
    """For one thread. Every method raises Unreachable when the connection fails; then connect() anew.

    `uidvalidity` and `last_uid` (0 when empty) are as of connect().
    """

    renew_every = 120.0  # seconds; RFC 2177 says at most 29 min, a router on the way may forget us sooner
    poll_every = 10.0  # seconds, where the server has no IDLE

    def __init__(self, server: Server, folder: str = "INBOX", timeout: float = 30, max_size: int = 50 * 2**20) -> None:
        """`timeout`: seconds for an answer. `max_size`: bytes; of a larger mail only the beginning is fetched."""
        self._server, self._folder, self._timeout, self._max_size = server, folder, timeout, max_size
        self._box: BaseMailBox | None = None
        self._told = 0
        self.uidvalidity = self.last_uid = 0

    def connect(self) -> "Mailbox":
        """Raises LoginRefused, which a person must mend, or Unreachable."""
        self.close()
        try:
            with self._errors():
                self._box = connection(self._server, self._timeout)
                self._enter(self._box)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """Says goodbye if the server still listens; never raises."""
        box, self._box = self._box, None
        if box is None:
            return
        try:
            box.client.logout()
        except (imaplib.IMAP4.error, OSError, ValueError):
            with suppress(OSError, ValueError):  # logout() leaves the socket open when it fails
                box.client.shutdown()

    def __enter__(self) -> "Mailbox":
        return self.connect()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def fetch_since(self, uidvalidity: int, uid: int) -> Iterator[Fetched]:
        """Mails with a higher uid, lowest first; remember each uid when its mail is stored.

        Raises UidsChanged before the first one where `uidvalidity` is not the mailbox's own.
        """
        if uidvalidity != self.uidvalidity:
            raise UidsChanged(uidvalidity, self.uidvalidity)
        return self.fetch(self._after(uid))

    def fetch(self, uids: list[int]) -> Iterator[Fetched]:
        """These mails, in batches of up to 4 MiB; one that is gone meanwhile is left out."""
        for start in range(0, len(uids), 500):
            part = uids[start : start + 500]
            with self._errors():
                sizes = answers.sizes(self._ask(part, "(UID RFC822.SIZE)"))
            for batch in _batches([(uid, sizes[uid]) for uid in part if uid in sizes], self._max_size):
                yield from self._batch(batch, sizes)

    def uids_since(self, day: date) -> list[int]:
        """Mails that the server got on that day or later, lowest first (RFC 3501 SINCE)."""
        with self._errors():
            return self._uids(str(AND(date_gte=day)))

    def idle(self, stop: Event, timeout: float) -> bool:
        """Wait until there is something that fetch_since() has not yet given: True. False after `timeout` seconds or,
        within half a second, when `stop` is set."""
        with self._errors():
            box = self._open
            if "IDLE" in box.client.capabilities:
                wait = waiting.until_told(box.client, stop, self.renew_every)
            else:
                wait = waiting.in_steps(stop, self.poll_every)
            return waiting.watch(wait, self._has_news, stop, timeout)

    @property
    def _open(self) -> BaseMailBox:
        if self._box is None:
            raise Unreachable("the mailbox is not connected")
        return self._box

    def _has_news(self) -> bool:
        return bool(self._after(self._told))

    def _after(self, uid: int) -> list[int]:
        with self._errors():
            self._open.client.noop()  # without it SEARCH may speak of the mailbox as it was a command ago
            # "n:*" always holds the last mail, even below n (RFC 3501 6.4.8)
            found = [one for one in self._uids(f"UID {uid + 1}:*") if one > uid]
        self._told = max([uid, *found])
        return found

    def _uids(self, criteria: str) -> list[int]:
        return sorted(int(uid) for uid in self._open.uids(criteria, charset=None))

    def _batch(self, uids: list[int], sizes: dict[int, int]) -> list[Fetched]:
        too_big = sizes[uids[0]] > self._max_size
        body = f"BODY.PEEK[]<0.{_START}>" if too_big else "BODY.PEEK[]"
        with self._errors():
            found = answers.mails(self._ask(uids, f"(UID INTERNALDATE {body})"))
        return [
            Fetched(uid, Cut(raw, sizes[uid]) if too_big else raw, when)
            for uid, raw, when in sorted(found)
            if uid in uids
        ]

    def _ask(self, uids: list[int], what: str) -> list[Any]:
        status, data = self._open.client.uid("FETCH", ",".join(map(str, uids)), what)
        if status != "OK":
            raise Unreachable(f"the server would not give mails: {_words(data)}")
        return list(data)

    def _enter(self, box: BaseMailBox) -> None:
        if self._server.user:
            self._log_in(box)
        box.folder.set(self._folder, readonly=True)
        self.uidvalidity = int(_said(box, "UIDVALIDITY") or 0)
        following = _said(box, "UIDNEXT")
        self.last_uid = int(following) - 1 if following else max(self._uids("UID *"), default=0)
        self._told = self.last_uid

    def _log_in(self, box: BaseMailBox) -> None:
        try:
            plain = (self._server.user + self._server.password).isascii()
            (box.login if plain else box.login_utf8)(self._server.user, self._server.password, initial_folder=None)
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            if isinstance(error, imaplib.IMAP4.abort):
                raise
            words = _words(error.command_result[1] if isinstance(error, MailboxLoginError) else error.args)
            if re.search(r"\[(?:UNAVAILABLE|INUSE|SERVERBUG|LIMIT)\]", words):  # RFC 5530: not the password
                raise Unreachable(f"{self._server.host} cannot let anyone in now: {words}") from None
            raise LoginRefused(words) from None

    @contextmanager
    def _errors(self) -> Iterator[None]:
        where = f"{self._server.host}:{self._server.port}"
        try:
            yield
        except ssl.SSLError as error:
            raise Unreachable(f"{where}: no trusted TLS connection ({error.reason or error})") from error
        except TimeoutError as error:
            raise Unreachable(f"{where} did not answer in {self._timeout:g} s") from error
        except (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError, socket.gaierror) as error:
            raise Unreachable(f"{where}: {_words(error.args) or _words([str(error)])}") from error


def _batches(sized: list[tuple[int, int]], max_size: int) -> Iterator[list[int]]:
    """Up to 50 mails and 4 MiB at a time; a mail beyond `max_size` stands alone."""
    batch: list[int] = []
    weight = 0
    for uid, size in sized:
        if batch and (len(batch) == _BATCH_MAILS or weight + size > _BATCH_BYTES or size > max_size):
            yield batch
            batch, weight = [], 0
        if size > max_size:
            yield [uid]
        else:
            batch, weight = [*batch, uid], weight + size
    if batch:
        yield batch


def _said(box: BaseMailBox, name: str) -> str:
    data = box.client.response(name)[1]
    return data[0].decode() if data and isinstance(data[0], bytes) else ""


def _words(data: object) -> str:
    parts = data if isinstance(data, list | tuple) else [data]
    text = " ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in parts)
    return " ".join(text.split())[:300]
