"""Where a mail server is and how to enter it; the same for sending and fetching."""

import ssl
from dataclasses import dataclass, field
from typing import Literal

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True)
class Server:
    """`address`: an already resolved IP to connect to (guard.allowed); TLS still checks the certificate of `host`.

    `trust`: path of a PEM file with certificates to believe besides the system's. No user, no login.
    Raises ValueError for control characters, which could smuggle commands, and for a bad port.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: str = field(default="", repr=False)
    address: str | None = None
    trust: str | None = None

    def __post_init__(self) -> None:
        for name in ("host", "user", "password"):
            if any(ord(sign) < 32 or ord(sign) == 127 for sign in getattr(self, name)):
                raise ValueError(f"the {name} of a mail server may not hold line breaks or control characters")
        if not self.host or not 0 < self.port < 65536:
            raise ValueError(f"not a mail server: {self.host!r}, port {self.port}")

    def context(self) -> ssl.SSLContext:
        """TLS as clients should speak it: certificate and name are checked."""
        context = ssl.create_default_context()
        if self.trust:
            context.load_verify_locations(self.trust)
        return context
