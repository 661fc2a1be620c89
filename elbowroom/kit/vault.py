"""Secrets at rest, and the keys that sign."""

import fcntl
import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from elbowroom.kit import journal
from elbowroom.kit.config import BadSetting
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.files import sync_folder

FINGERPRINT = "fingerprint"  # of the secret, as the store keeps it
STRANGER = (
    "this server's secret is not the one of the desk in the store: give it the secret.key of its data folder, or the "
    "same ELBOWROOM_SECRET as the other servers; if that is lost, elbowroom migrate --new-secret"
)


class WrongKey(Exception):
    """A stored secret was sealed with another key: put back the former `secret.key`, or type the secret anew."""


class Vault:
    """Seals with a key derived from one secret: ELBOWROOM_SECRET, or `secret.key` in the data folder."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._fernet = Fernet(urlsafe_b64encode(self.key("seal")))

    def key(self, purpose: str) -> bytes:
        """32 bytes that belong to this purpose alone."""
        return hmac.new(self._secret, purpose.encode(), hashlib.sha256).digest()

    @property
    def fingerprint(self) -> str:
        """Tells two secrets apart and gives nothing of either away."""
        return self.key("fingerprint").hex()[:32]

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as wrong:
            raise WrongKey("a stored secret can't be opened with this desk's key") from wrong


def open_vault(folder: Path, secret: str = "") -> Vault:
    """Reads the secret, or makes one at first start (readable by its owner alone)."""
    return Vault(secret or _kept(folder / "secret.key"))


def secret_at_hand(folder: Path, secret: str = "") -> Vault | None:
    """The same without making one."""
    try:
        written = secret or _read(folder / "secret.key")
    except FileNotFoundError:
        return None
    return Vault(written) if written else None


def share(tx: Tx, vault: Vault, *, is_new: bool = False) -> None:
    """The first server's secret is the store's. Raises BadSetting for another: it could open nothing that was sealed.

    `is_new`: whatever the store's was, this one is from now on.
    """
    if is_stranger(tx, vault) and not is_new:
        raise BadSetting(STRANGER)
    if is_new or journal.keep_value(tx, FINGERPRINT) is None:
        journal.keep(tx, FINGERPRINT, vault.fingerprint)


def is_stranger(read: Read, vault: Vault | None) -> bool:
    """Whether the store knows a secret, and it is not this one."""
    known = journal.keep_value(read, FINGERPRINT)
    return known is not None and (vault is None or vault.fingerprint != known)


def _kept(file: Path) -> str:
    """Durable before anything is sealed with it, so that one found empty after a power cut was never used."""
    try:
        if written := _read(file):
            return written
    except FileNotFoundError:
        pass
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two first starts agree on one
        if written := _read(file):
            return written
        handle.truncate()
        handle.write(made := secrets.token_urlsafe(48))
        handle.flush()
        os.fsync(handle.fileno())
        sync_folder(file.parent)
    return made


def _read(file: Path) -> str:
    return file.read_text().strip("\0").strip()


def hashed(token: str) -> str:
    """How a token of high entropy is stored; a fast hash is enough for it."""
    return hashlib.sha256(token.encode()).hexdigest()
