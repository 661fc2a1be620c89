"""What an author asks for when she sends."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sending:
    """What the author asks for. `seen`: the newest number she had seen; `fence`: of the lock she holds."""

    ticket: int
    body: str
    seen: int
    fence: int | None = None
    held: int | None = None
    files: list[int] = field(default_factory=list)
