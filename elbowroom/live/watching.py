"""Watching a place: authorize, begin to buffer, snapshot, what was buffered beyond it, live."""

from dataclasses import dataclass
from typing import Any

from elbowroom.kit import journal
from elbowroom.kit.db import Read
from elbowroom.kit.journal import Fact
from elbowroom.kit.places import Standing
from elbowroom.kit.problems import not_found
from elbowroom.live.connection import Connection
from elbowroom.live.hub import Live
from elbowroom.live.streams import Stream
from elbowroom.people.rights import Viewer, load_viewer

WATCHED = 200
MISSED = 1000


@dataclass(frozen=True)
class View:
    """A place as one transaction saw it: her rights number then, her right to the place, and what she is told."""

    rights: int
    standing: Standing
    told: dict[str, Any]


class Watching:
    def __init__(self, live: Live, connection: Connection) -> None:
        self.live, self.connection = live, connection

    async def watch(self, place: str, known: bool = False) -> None:
        """Raises Refused (404) for a place that does not exist or is not hers."""
        connection = self.connection
        if len(connection.watched) >= WATCHED and place not in connection.watched:
            raise not_found("room for more watched places")
        self.unwatch(place)
        connection.wanted.add(place)
        if not await self._joined_the_others(place, known):
            await self._watch(place, known)

    async def _joined_the_others(self, place: str, known: bool) -> bool:
        """One question instead of two where one audience alone listens already: most likely it is hers as well.

        What is told there is kept back for her until she turns out to be of it. False where she is not, or where
        anything that was asked for may have changed before the answer was there.
        """
        connection, live = self.connection, self.live
        if len(streams := live.streams.on(place)) != 1:
            return False
        (stream,) = streams
        moves, n, crowds = live.crowds.moves, stream.join(connection), live.crowds.crowds(place, stream.audience)
        listening, rights = stream.listeners[connection], connection.rights
        try:
            view = await live.turns.ask(lambda read: self._view(read, place, stream.audience, known))
            is_still = not listening.is_over and moves == live.crowds.moves and place in connection.wanted
            is_still = is_still and rights == connection.rights  # what came under other rights was not kept for her
            if view is None or not (is_still and connection.is_open and self._is_newest(view)):
                return False
            connection.watched[place], connection.standing[place] = stream, view.standing
            self._give(place, view, n, crowds)
            return True
        finally:
            if connection.watched.get(place) is not stream:
                stream.leave(connection)

    def _is_newest(self, view: View) -> bool:
        """False where her rights are known to have changed since it was read."""
        viewer = self.connection.viewer
        known = None if viewer is None else self.live.rights.get(viewer.id)
        return known is not None and view.rights >= max(known, self.connection.rights)

    async def _watch(self, place: str, known: bool) -> None:
        connection = self.connection
        standing = await self._standing(place)
        if not connection.is_open or place not in connection.wanted:
            return
        stream = self.live.streams.of(place, standing.audience)
        stream.leave(connection)
        n = stream.join(connection)
        crowds = self.live.crowds.crowds(place, standing.audience)
        connection.watched[place], connection.standing[place] = stream, standing
        view = await self.live.turns.ask(lambda read: self._view(read, place, standing.audience, known))
        if connection.watched.get(place) is not stream or not connection.is_open:
            return
        if view is None:  # what she may see changed in between
            self.unwatch(place)
            raise not_found("place")
        self._give(place, view, n, crowds)

    def _give(self, place: str, view: View, n: int, crowds: Any) -> None:
        connection, stream = self.connection, self.connection.watched[place]
        settling = self.live.crowds.is_settling
        connection.give({**view.told, "place": place, "n": n, "crowds": crowds, "settling": settling})
        stream.go_live(connection)

    def unwatch(self, place: str) -> None:
        self.connection.wanted.discard(place)
        self.connection.standing.pop(place, None)
        if (stream := self.connection.watched.pop(place, None)) is not None:
            stream.leave(self.connection)

    async def stand_on(self, place: str, doing: Any, *, input: bool) -> None:
        """May she be there at all? Remembered until her rights change.

        Raises Refused (404) where she may not; she has left where she was all the same.
        """
        standing = await self._authorized(place)
        if standing is None:
            self.live.crowds.here(self.connection.key, None, doing, None, input=input)
            raise not_found("place")
        self.connection.standing[place] = standing
        self.live.crowds.here(self.connection.key, place, doing, standing, input=input)
        if await self._authorized(place) is None:  # it moved away between the question and the step
            self._step_off(place)

    async def authorize_again(self) -> None:
        """Her rights changed: nothing more is delivered until each of her places is hers still."""
        try:
            await self._authorize_again()
        finally:
            self.connection.is_authorizing = False

    async def _authorize_again(self) -> None:
        connection, live = self.connection, self.live
        viewer = connection.viewer
        if viewer is None:
            return
        places = list(connection.watched)
        here = set(connection.standing)
        for place in places:
            connection.watched.pop(place).leave(connection)
        connection.standing.clear()

        def question(read: Read) -> tuple[Viewer | None, Any]:
            fresh = load_viewer(read, viewer.id)
            return fresh, None if fresh is None else live.describe(read, fresh)

        fresh, me = await live.turns.ask(question)
        for place in list(connection.watched):  # watched meanwhile: what came until now was not delivered
            connection.watched.pop(place).leave(connection)
            connection.standing.pop(place, None)
            places.append(place)
        if fresh is None:
            live.crowds.left(connection.key)
            connection.bye("signed-out", 4401)
            return
        connection.viewer, connection.rights = fresh.narrowed(viewer.scopes), fresh.rights
        live.rights_are({**live.rights, fresh.id: max(fresh.rights, live.rights.get(fresh.id, 0))})
        live.crowds.hides(fresh.id, fresh.is_hidden)
        connection.say({"type": "rights", "me": me})
        for place in places:
            await self.keep_or_lose(place, "rights", None)
        for place in here - set(places):
            if await self._authorized(place) is None:
                self._step_off(place)

    async def keep_or_lose(self, place: str, why: str, by: dict[str, Any] | None) -> None:
        """Her stream of the place ended: where it is hers still she watches it anew, else this is the last word."""
        standing = await self._authorized(place)
        if standing is None:
            self.connection.say({"type": "gone", "place": place, "why": why, "by": by})
            self._step_off(place)
        else:
            self.live.crowds.came_back(self.connection.key, place, standing)
            self.connection.say({"type": "behind", "place": place, **({"by": by} if by else {})})

    def _step_off(self, place: str) -> None:
        # Whoever may not see a place may not be seen there either.
        self.connection.standing.pop(place, None)
        self.live.crowds.stepped_off(self.connection.key, place)

    async def _standing(self, place: str) -> Standing:
        standing = await self._authorized(place)
        if standing is None:
            raise not_found("place")
        return standing

    async def _authorized(self, place: str) -> Standing | None:
        while True:  # what moved while this was read lies elsewhere by now
            moves = self.live.crowds.moves
            standing = await self.live.turns.ask(lambda read: self._ask(read, place)[1])
            if standing is None or moves == self.live.crowds.moves:
                return standing

    def _ask(self, read: Read, place: str) -> tuple[Viewer | None, Standing | None]:
        viewer = self.connection.viewer
        kind, _, number = place.partition("/")
        provider = self.live.places.get(kind)
        if viewer is None or provider is None or not number:
            return None, None
        fresh = load_viewer(read, viewer.id)
        if fresh is None or "read" not in viewer.scopes:
            return None, None
        fresh = fresh.narrowed(viewer.scopes)
        return fresh, provider.authorize(read, fresh, int(number))

    def _view(self, read: Read, place: str, audience: str, known: bool) -> View | None:
        """A snapshot, or what was missed since the resume position; None where she is not of this audience."""
        viewer, standing = self._ask(read, place)
        if viewer is None or standing is None or standing.audience != audience:
            return None
        return View(viewer.rights, standing, self._state(read, viewer, place, known))

    def _state(self, read: Read, viewer: Viewer, place: str, known: bool) -> dict[str, Any]:
        kind, _, number = place.partition("/")
        provider, version = self.live.places[kind], journal.version_of(read, place)
        if known and (resume := self.connection.resume) is not None:
            missed = provider.missed(read, viewer, int(number), resume.position)
            if missed is not None and len(missed["facts"]) < MISSED:
                return {"type": "resumed", "version": version, **missed}
        state = provider.snapshot(read, viewer, int(number))
        return {"type": "snapshot", "version": version, "state": state}


def last_word(live: Live, stream: Stream, fact: Fact, why: str) -> None:
    """The place leaves this audience's view: number and by whom, never the target, nothing after."""
    by = None if fact.by is None else {"id": fact.by.id, "name": fact.by.name}
    live.streams.flush(stream, 0.0)
    on_it = [one for one in live.connections.values() if stream.place in one.standing]
    for listener in list(stream.listeners):  # those as well who are about to join
        stream.leave(listener)
    for connection in on_it:
        connection.watched.pop(stream.place, None)
        connection.standing.pop(stream.place, None)
        connection.spawn(Watching(live, connection).keep_or_lose(stream.place, why, by))
