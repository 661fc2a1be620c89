"""What an author asks for when she sends."""

from dataclasses import dataclass, field

from elbowroom.conversations.shapes import Recipients


@dataclass(frozen=True)
class Sending:
    """What the author asks for. `seen`: the newest number she had seen; `fence`: of the lock she holds.

    `recipients`: None: the ticket's own. `is_mail`: it came by mail, so it is not what her draft has become.
    """

    ticket: int
    body: str
    seen: int
    fence: int | None = None
    held: int | None = None
    files: list[int] = field(default_factory=list)
    is_mail: bool = False
    was_scheduled: bool = False  # its author need not be there: it takes no lock, closes no draft, waits no more
    recipients: Recipients | None = None
