"""All that the sockets of this process share."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any, Protocol

from elbowroom.kit.places import Place, Standing
from elbowroom.kit.turns import Turns
from elbowroom.kit.web import Engines
from elbowroom.live.connection import Connection
from elbowroom.live.feed import Feed
from elbowroom.live.limits import Bucket
from elbowroom.live.streams import Streams


class Togetherness(Protocol):
    """What the floor below knows of who is where."""

    changed: list[Callable[[str, str | None, bool], None]]

    moves: int  # grows with each place that was moved

    @property
    def is_settling(self) -> bool: ...
    def hello(self, key: str, person: int, name: str, *, hidden: bool = False) -> None: ...
    def hides(self, person: int, hidden: bool) -> None: ...
    def here(
        self, key: str, place: str | None, doing: Any, standing: Standing | None, *, input: bool = True
    ) -> None: ...
    def heard(self, key: str) -> None: ...
    def knows(self, key: str) -> bool: ...
    def owes(self, key: str, span: float) -> bool: ...
    def lives(self, key: str) -> None: ...
    def at_keyboard(self, key: str) -> None: ...
    def closed(self, key: str) -> None: ...
    def left(self, key: str) -> None: ...
    def stepped_off(self, key: str, place: str) -> None: ...
    def came_back(self, key: str, place: str, standing: Standing) -> None: ...
    def around(self, place: str) -> str | None: ...
    def crowds(self, place: str, audience: str) -> Any: ...
    def start_over(self) -> None: ...
    def moved(self, place: str, within: str | None) -> None: ...
    def moved_away(self, place: str) -> None: ...


@dataclass
class Live:
    """Connections by key, streams, the feed; what people may and how much each may say."""

    engines: Engines
    crowds: Togetherness
    streams: Streams
    feed: Feed
    turns: Turns
    places: dict[str, Place]
    connections: dict[str, Connection]
    rights: dict[int, int]
    buckets: dict[int, Bucket]
    describe: Callable[[Any, Any], Any]  # the caller as /api/me shows her
    doubted: Callable[[Connection], Coroutine[Any, Any, None]]  # authorizes a connection again
    page: str = ""  # the name of the page that is served beside the socket

    def rights_are(self, rights: dict[int, int]) -> None:
        """The numbers of all people, as the store has them."""
        if rights != self.rights:
            self.rights = rights
            self.streams.doubt()

    def may_hear(self, connection: Connection) -> bool:
        """One integer compared per socket, again after any changed; unequal stops delivery until authorized again."""
        viewer = connection.viewer
        if viewer is not None and self.rights.get(viewer.id) == connection.rights:
            return True
        if connection.is_open and not connection.is_authorizing:
            connection.is_authorizing = True
            connection.spawn(self.doubted(connection))
        return False

    def moved(self, place: str, within: str) -> None:
        """The place lies elsewhere now, for all who stand on it and for all who step on it next."""
        for connection in self.connections.values():
            if (standing := connection.standing.get(place)) is not None:
                connection.standing[place] = replace(standing, within=within)
        self.crowds.moved(place, within)

    def send_away(self) -> None:
        """Every page comes back by itself, and finds whatever holds then."""
        for connection in list(self.connections.values()):
            connection.bye("restart", 1012)

    def start_over(self) -> None:
        """The store goes by another history: nothing that was heard before may mix with it."""
        self.send_away()
        self.streams.drop_waiting()
        self.crowds.start_over()
