"""The certificate with which the desk speaks TLS itself."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509


def fault(certificate: str, key: str) -> str | None:
    """Why TLS can't be spoken with these files, and the mend; None where it can, or is not asked for."""
    if not certificate:
        return "the key has no certificate beside it: set ELBOWROOM_TLS_CERTIFICATE as well" if key else None
    for file in filter(None, (certificate, key)):
        try:
            Path(file).read_bytes()
        except OSError as refused:
            return f"{file} can't be read ({refused.strerror}): check the path, and that the desk's user may read it"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key or None, _no_password)
    except ssl.SSLError as refused:
        if refused.reason == "KEY_VALUES_MISMATCH":
            return f"{key or certificate} is not the key of {certificate}: give the two that were made together"
        return (
            f"{certificate} and its key can't be used ({refused.reason or refused}): both are PEM, without a password"
        )
    except _Locked:
        return f"{key or certificate} has a password, which nobody could type at a start: store it without one"
    return None


def ends_at(certificate: str) -> datetime:
    """When the chain's own certificate, the first, is no longer valid."""
    return x509.load_pem_x509_certificate(Path(certificate).read_bytes()).not_valid_after_utc


def has_ended(certificate: str) -> bool:
    return ends_at(certificate) <= datetime.now(UTC)


class _Locked(Exception):
    pass


def _no_password() -> str:
    raise _Locked
