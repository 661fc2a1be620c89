"""The parser's process. It loads everything once, then forks for each mail: one fork parses behind the kernel's
limits, its parent waits for it and writes how it ended. Forking is safe here, for there is only one thread.

Over stdin, a Unix socket, come sockets, one a mail, each with two bytes: the seconds it may take by the clock and of
processor time. On each the mail until end of file; back go the answer (wire.py) and 4 bytes, the wait status. A mail's
fork holds no secret of the desk: environment and memory are its own.
"""

import codecs
import gc
import os
import resource
import signal
import socket
from collections.abc import Iterator

from elbowroom.kit.mail.reading import limits, message, wire

_CODECS = "utf-8 cp1252 iso-8859-15 cp1251 koi8-r gb18030 big5hkscs iso2022_jp cp932 cp949 cp1250 cp1254 utf-16 utf-7"


def main() -> None:
    for name in _CODECS.split():
        codecs.lookup(name)
    for _ in range(2):  # the library loads some of itself only at the first mail
        message.read([_WARM])
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=0) as control:
        while asked := _next(control):
            work, seconds = asked
            if os.fork() == 0:
                control.detach()
                os.close(0)
                _guarded(work, *seconds)
            work.close()


def _next(control: socket.socket) -> tuple[socket.socket, bytes] | None:
    seconds, fds, _, _ = socket.recv_fds(control, 2, 1)
    return (socket.socket(fileno=fds[0]), seconds) if fds else None


def _guarded(work: socket.socket, wall_seconds: int, cpu_seconds: int) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    pid = os.fork()
    if pid == 0:
        _answer(work, wall_seconds, cpu_seconds)
    status = os.waitpid(pid, 0)[1]
    try:
        work.sendall(status.to_bytes(4, "big"))
    except OSError:
        pass  # nobody waits any more
    os._exit(0)


def _answer(work: socket.socket, wall_seconds: int, cpu_seconds: int) -> None:
    _limit(wall_seconds, cpu_seconds)
    try:
        for piece in _pieces(work):
            work.sendall(piece)
    except MemoryError:
        os._exit(3)
    except BaseException:  # noqa: BLE001  whatever it was, it ends here
        os._exit(4)
    os._exit(0)


def _pieces(work: socket.socket) -> Iterator[bytes]:
    try:
        mail = message.read(_chunks(work))
    except limits.TooMuch as error:
        yield wire.refusal(str(error))
    except RecursionError:
        yield wire.refusal(f"its parts are nested deeper than {limits.DEPTH}")
    else:
        yield from wire.pack(mail)


def _chunks(work: socket.socket) -> Iterator[bytes]:
    while chunk := work.recv(65536):
        yield chunk


def _limit(wall_seconds: int, cpu_seconds: int) -> None:
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_FSIZE, 0, 0)
    _lower(resource.RLIMIT_CPU, cpu_seconds, cpu_seconds + 1)
    signal.setitimer(signal.ITIMER_REAL, wall_seconds)
    try:
        with open("/proc/self/statm") as statm:
            start = int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return  # not Linux: there the kernel does not keep this limit anyway
    _lower(resource.RLIMIT_AS, start + limits.MEMORY, start + limits.MEMORY)


def _lower(kind: int, soft: int, hard: int) -> None:
    """Never above what the machine's owner has set."""
    most = resource.getrlimit(kind)[1]
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


_WARM = b"""From: "A" <a@example.org>\r\nTo: =?utf-8?q?=C3=A4?= <b@example.org>\r\nSubject: warm\r
Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r
--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p style="color: red">Hi <a href="https://example.org">x</a></p>\r
--x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--x--\r\n"""
