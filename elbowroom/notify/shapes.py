"""The shapes in which notices leave the server."""

from typing import Literal

from typing_extensions import TypedDict

from elbowroom.people.shapes import Who


class Notice(TypedDict):
    """`words`: the first ones of message `number`; empty where she may not see the ticket any more."""

    id: int
    kind: Literal["mention"]
    ticket: int
    subject: str
    number: int
    words: str
    by: Who
    at: str


class Notices(TypedDict):
    """The newest first, those that were not read."""

    notices: list[Notice]
