"""Secrets at rest, and the keys that sign."""

import hashlib
import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken


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

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken as wrong:
            raise WrongKey("a stored secret can't be opened with this desk's key") from wrong


def open_vault(folder: Path, secret: str = "") -> Vault:
    """Reads the secret, or makes one at first start (readable by its owner alone)."""
    if secret:
        return Vault(secret)
    file = folder / "secret.key"
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Vault(file.read_text().strip())
    with os.fdopen(descriptor, "w") as handle:
        handle.write(secret := secrets.token_urlsafe(48))
    return Vault(secret)


def hashed(token: str) -> str:
    """How a token of high entropy is stored; a fast hash is enough for it."""
    return hashlib.sha256(token.encode()).hexdigest()
