"""The shapes in which presence and locks leave the server."""

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from elbowroom.people.shapes import Who

Doing = Literal["writing_reply", "writing_note", "viewing", "idle", "left"]


class Presence(TypedDict):
    """One person on a place: the strongest of her connections."""

    person: int
    name: str
    hue: int
    doing: Doing
    since: str


class Asked(TypedDict):
    """Someone asks the holder to hand over; when `until` has come it is hers."""

    by: Who
    until: str


class Lock(TypedDict):
    holder: Who
    fence: int
    since: str
    until: NotRequired[str]
    asked: NotRequired[Asked]


class Crowd(TypedDict):
    """The whole state of one place; above 20 people `more` counts the unnamed."""

    place: str
    people: list[Presence]
    more: int
    lock: Lock | None
