"""Waiting for new mail: by IDLE (RFC 2177), or by asking now and then."""

import imaplib
import re
import select
import ssl
import time
from collections.abc import Callable
from io import BufferedReader
from threading import Event
from typing import cast

imaplib.Commands.setdefault("IDLE", ("NONAUTH", "AUTH", "SELECTED"))

_NEWS = re.compile(rb"\* \d+ (?:EXISTS|RECENT)")
_SLICE = 0.5  # seconds until `stop` is noticed

Wait = Callable[[float], None]


def watch(wait: Wait, has_news: Callable[[], bool], stop: Event, timeout: float) -> bool:
    """Ask first, for what came before the wait began is told by nobody; then wait and ask in turn."""
    end = time.monotonic() + timeout
    while not stop.is_set():
        if has_news():
            return True
        left = end - time.monotonic()
        if left <= 0:
            break
        wait(left)
    return False


def in_steps(stop: Event, step: float) -> Wait:
    def wait(left: float) -> None:
        stop.wait(min(step, left))

    return wait


def until_told(client: imaplib.IMAP4, stop: Event, renew_every: float) -> Wait:
    return lambda left: _idle(client, stop, min(renew_every, left))


def _idle(client: imaplib.IMAP4, stop: Event, span: float) -> None:
    """Until the server tells of new mail, `stop` is set or `span` seconds are over. Raises abort, OSError."""
    client.untagged_responses.pop("EXISTS", None)
    tag = client._command("IDLE")
    while client._get_response() is not None:  # None is the "+" that begins it
        if client.tagged_commands[tag]:
            raise imaplib.IMAP4.abort(f"IDLE refused: {client.tagged_commands.pop(tag)}")
    end = time.monotonic() + span
    told = "EXISTS" in client.untagged_responses  # said before the "+"
    while not told and not stop.is_set() and (left := end - time.monotonic()) > 0:
        told = _is_readable(client, min(_SLICE, left)) and _NEWS.match(client._get_line()) is not None
    client.send(b"DONE\r\n")
    client._command_complete("IDLE", tag)


def _is_readable(client: imaplib.IMAP4, seconds: float) -> bool:
    """A line may already wait in Python's buffer, where the kernel cannot see it: the trap of every poll() on IMAP."""
    if _has_buffered(client):
        return True
    poller = select.poll()
    poller.register(client.sock, select.POLLIN)
    return bool(poller.poll(seconds * 1000))


def _has_buffered(client: imaplib.IMAP4) -> bool:
    sock = client.sock
    if isinstance(sock, ssl.SSLSocket) and sock.pending():
        return True
    file = cast("BufferedReader", getattr(client, "_file", None) or client.file)
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        return bool(file.peek(1))
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    finally:
        sock.settimeout(timeout)
