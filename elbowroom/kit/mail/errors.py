"""What can go wrong with mail, each with words that a person can read."""


class MailError(Exception):
    """Any failure of this folder; `words` is safe to show to an administrator."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Unparsable(MailError):
    """A mail that could not be read; `reason` names the limit that it broke."""

    @property
    def reason(self) -> str:
        return self.words


class Unreachable(MailError):
    """The server could not be spoken with (now): name, network, TLS, time, or it broke off. Try again later."""


class LoginRefused(Unreachable):
    """The server answered and will not let this user in. Trying again without a change may lock the account."""


class Refused(MailError):
    """A server's no to a mail. `code` as in RFC 5321 4.2; `recipients` says it for each address, where known."""

    def __init__(self, code: int, words: str, permanent: bool, recipients: "dict[str, Refused] | None" = None) -> None:
        super().__init__(words)
        self.code, self.permanent = code, permanent
        self.recipients = recipients or {}


class Forbidden(MailError):
    """A host name that leads to an address which this server may not call."""


class UidsChanged(MailError):
    """UIDVALIDITY is another one: every known uid is void, scan again (RFC 3501 2.3.1.1)."""

    def __init__(self, known: int, now: int) -> None:
        super().__init__(f"the mailbox was renumbered (UIDVALIDITY {known} became {now})")
        self.known, self.now = known, now
