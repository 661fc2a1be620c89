"""Real mail servers for tests, each on free ports of 127.0.0.1, gone when the `with` ends.

`dovecot()` is Debian's IMAP server with IDLE, `small_imap()` is mail-devel (IMAP without push, and SMTP), `sink()`
takes mail over SMTP and misbehaves on request.
"""

import asyncio
import contextlib
import datetime
import getpass
import grp
import imaplib
import ipaddress
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.waiting import free_port as free_port
from tests.waiting import lets_nobody_in

DOVECOT = Path("/usr/sbin/dovecot")
USER, PASSWORD = "desk@desk.example", "open sesame"


def certificate(folder: Path, days: int = 30) -> tuple[Path, Path]:
    """A certificate for localhost for so many days, and its key: two PEM files. Clients trust it by the first."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=9)).not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(private)
    return folder / "cert.pem", folder / "key.pem"


def _wait_for(port: int, process: "subprocess.Popen[bytes]", told: Callable[[], str]) -> None:
    """Until something greets on the port; a server that died instead says why."""
    patience = threading.Event()
    for _ in range(500):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 5) as sock:
            if sock.recv(1):
                return
        if process.poll() is not None:
            break
        patience.wait(0.02)
    raise RuntimeError(f"{process.args!r} does not listen: {told()}")


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to go, then end its own process group: Dovecot would wait a second for its children."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(0.2)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@dataclass
class Imap:
    """A running IMAP server. `certificate` is to be trusted; `tls_port` 0 where there is none."""

    port: int
    tls_port: int = 0
    smtp_port: int = 0
    host: str = "127.0.0.1"
    certificate: Path | None = None
    passwords: dict[str, str] = field(default_factory=dict)
    config: Path | None = None

    def deliver(self, raw: bytes, user: str = USER, folder: str = "INBOX") -> None:
        """Put a mail in, as the mail system would."""
        with self.client(user) as client:
            assert client.append(folder, "", "", raw)[0] == "OK"

    def flags(self, user: str = USER, folder: str = "INBOX") -> list[str]:
        """The flags of each mail; looking does not change them."""
        with self.client(user) as client:
            client.select(folder, readonly=True)
            return [str(line) for line in client.fetch("1:*", "(FLAGS)")[1] if line]

    def delete_all(self, user: str = USER) -> None:
        with self.client(user) as client:
            client.select("INBOX")
            client.store("1:*", "+FLAGS", r"(\Deleted)")
            client.expunge()

    def renumber(self, user: str = USER, validity: int = 4711) -> None:
        """Give INBOX another UIDVALIDITY, as after a restored backup."""
        command = ["doveadm", "-c", str(self.config), "mailbox", "update", "--uid-validity", str(validity), "-u", user]
        subprocess.run([*command, "INBOX"], check=True, capture_output=True)

    def kick(self, user: str = USER) -> None:
        """End every connection of the user."""
        subprocess.run(["doveadm", "-c", str(self.config), "kick", user], check=True, capture_output=True)

    def client(self, user: str = USER) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self.host, self.port, timeout=10)
        client.login(user, self.passwords[user])
        return client


@contextlib.contextmanager
def dovecot(tmp_path: Path, passwords: dict[str, str] | None = None) -> Iterator[Imap]:
    """A private Dovecot 2.3, as root or not; its log is tmp_path/dovecot.log. Missing: a skip, in CI a failure."""
    _need_dovecot()
    passwords = passwords or {USER: PASSWORD}
    # Unix sockets have short names and mail users must get in, so not below tmp_path.
    home = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    server = Imap(free_port(), free_port(), passwords=passwords, config=home / "dovecot.conf")
    try:
        server.certificate, key = certificate(home)
        log = tmp_path / "dovecot.log"
        _write_dovecot(home, server, key, log)
        process = subprocess.Popen([str(DOVECOT), "-F", "-c", str(server.config)], start_new_session=True)
        try:
            _wait_for(server.port, process, lambda: log.read_text() if log.exists() else "no log")
            yield server
        finally:
            _end(process)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _need_dovecot() -> None:
    version = ""
    if DOVECOT.exists():
        version = subprocess.run([str(DOVECOT), "--version"], capture_output=True, text=True, check=False).stdout
    if version.startswith("2.3."):
        return
    reason = f"NO DOVECOT 2.3 HERE ({version.strip() or 'none'}), SO IMAP IDLE IS NOT TESTED: apt install dovecot-imapd"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _write_dovecot(home: Path, server: Imap, key: Path, log: Path) -> None:
    is_root = os.geteuid() == 0
    owner = pwd.getpwnam("nobody") if is_root else pwd.getpwuid(os.geteuid())
    group = grp.getgrgid(owner.pw_gid).gr_name
    (home / "mail").mkdir()
    if is_root:
        home.chmod(0o755)
        os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
    (home / "users").write_text("".join(f"{user}:{{PLAIN}}{word}\n" for user, word in server.passwords.items()))
    ours = f"""
default_login_user = {getpass.getuser()}
default_internal_user = {getpass.getuser()}
default_internal_group = {group}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
    assert server.config is not None
    server.config.write_text(f"""
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {log}
ssl = yes
ssl_cert = <{server.certificate}
ssl_key = <{key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:~/Maildir
mailbox_idle_check_interval = 1 secs
{"" if is_root else ours}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
passdb {{
  driver = passwd-file
  args = {home}/users
}}
userdb {{
  driver = static
  args = uid={owner.pw_uid} gid={owner.pw_gid} home={home}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {server.port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {server.tls_port}
  }}
}}
""")


@contextlib.contextmanager
def small_imap(password: str = PASSWORD) -> Iterator[Imap]:
    """mail-devel in a process of its own: IMAP and SMTP in memory, one mailbox, no push."""
    server = Imap(free_port(), smtp_port=free_port(), passwords={USER: password})
    process = subprocess.Popen(
        [
            sys.executable, "-m", "mail_devel", "--host=127.0.0.1", f"--user={USER}",
            f"--password={password}", "--no-http",
            f"--imap-port={server.port}", f"--smtp-port={server.smtp_port}", f"--smtps-port={free_port()}",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        _wait_for(server.port, process, lambda: "run `python -m mail_devel` to see")
        yield server
    finally:
        _end(process)


@dataclass(frozen=True)
class Taken:
    """A mail that the sink has."""

    mail_from: str
    recipients: list[str]
    raw: bytes


class Sink:
    """An SMTP server that keeps what it gets. Tell it to misbehave; it does so until `behave()`."""

    def __init__(self) -> None:
        self.host, self.port = "127.0.0.1", 0
        self.mails: list[Taken] = []
        self.talks = 0
        self.open: set[_Talk] = set()
        self.certificate: Path | None = None
        self._news = threading.Condition()
        self.behave()

    def behave(self) -> None:
        self._refusals: dict[str, tuple[int, str, str | None]] = {}
        self._drop = ""

    def refuse(self, code: int, words: str, at: str = "rcpt", only: str | None = None) -> None:
        """Answer "mail", "rcpt" or "data" with this code; with `only`, at "rcpt", just for that address."""
        self._refusals[at] = (code, words, only)

    def defer(self, words: str = "4.2.0 come again later", at: str = "rcpt") -> None:
        self.refuse(451, words, at)

    def drop(self, when: str) -> None:
        """Hang up "before" the last answer, "after" it, or when someone "connects"; the mail is kept all the same."""
        self._drop = when

    def wait(self, count: int = 1, timeout: float = 10) -> list[Taken]:
        """The mails, once there are as many. AssertionError after `timeout` seconds."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.mails) >= count, timeout), f"{len(self.mails)} of {count} came"
            return list(self.mails)

    # aiosmtpd calls what follows by its names.

    async def handle_MAIL(self, server, session, envelope, address, options) -> str:
        envelope.mail_from = address
        return self._answer("mail", address)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        answer = self._answer("rcpt", address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:
        answer = self._answer("data", "")
        if answer.startswith("250"):
            self._keep(Taken(envelope.mail_from.strip("<>"), list(envelope.rcpt_tos), envelope.original_content))
        if self._drop == "before":
            server.transport.abort()
            await asyncio.Event().wait()
        if self._drop == "after":
            asyncio.get_running_loop().call_soon(server.transport.close)
        return answer

    def _answer(self, at: str, address: str) -> str:
        code, words, only = self._refusals.get(at, (250, "OK kept", None))
        return "250 OK" if only not in (None, address) else f"{code} {words}"

    def _keep(self, mail: Taken) -> None:
        with self._news:
            self.mails.append(mail)
            self._news.notify_all()


class _Talk(SMTP):
    sink: Sink

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.sink.talks += 1
        self.sink.open.add(self)
        super().connection_made(transport)
        assert self._handler_coroutine is not None
        self._handler_coroutine.add_done_callback(lambda task: task.cancelled() or task.exception())
        if self.sink._drop == "connects":
            transport.abort()  # type: ignore[attr-defined]  # a TCP transport has it

    def connection_lost(self, error: Exception | None) -> None:
        self.sink.open.discard(self)
        super().connection_lost(error)


@contextlib.contextmanager
def sink(
    tls: str = "none", folder: Path | None = None, user: str | None = None, password: str = PASSWORD
) -> Iterator[Sink]:
    """`tls`: "none", "starttls" or "tls", these two with `folder` for the certificate. A `user` must log in."""
    kept = Sink()
    context = None
    if tls != "none":
        assert folder is not None
        kept.certificate, key = certificate(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(kept.certificate, key)

    def check(server, session, envelope, mechanism: str, told: LoginPassword) -> AuthResult:
        right = (told.login, told.password) == ((user or "").encode(), password.encode())
        return AuthResult(
            success=right, handled=False, message=None if right else "535 5.7.8 wrong password, try again"
        )

    def talk() -> _Talk:
        made = _Talk(
            kept, hostname="sink.example", loop=loop, data_size_limit=2**20, authenticator=check,
            auth_required=user is not None, auth_require_tls=tls != "none",
            tls_context=context if tls == "starttls" else None, require_starttls=tls == "starttls",
        )  # fmt: skip
        made.sink = kept
        if tls == "tls":
            made._auth_require_tls = False
        return made

    loop = asyncio.new_event_loop()
    ssl_now = context if tls == "tls" else None
    server = loop.run_until_complete(loop.create_server(talk, "127.0.0.1", 0, ssl=ssl_now))
    kept.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        asyncio.run_coroutine_threadsafe(_close(server, kept), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _close(server: asyncio.Server, kept: Sink) -> None:
    await lets_nobody_in(server)
    me, end = asyncio.current_task(), time.monotonic() + 5
    while (server._active_count or len(asyncio.all_tasks()) > 1) and time.monotonic() < end:  # type: ignore[attr-defined]
        for talk in list(kept.open):  # a desk may be in the middle of it
            talk.transport.abort()  # type: ignore[union-attr]  # as above
        for task in asyncio.all_tasks() - {me}:
            task.cancel()
        await asyncio.sleep(0.001)
    server.close()
