"""Who is shown where, as plainly as it can be said: a list of connections, and rules read from the documentation."""

from dataclasses import dataclass, field

STRONG = ("left", "idle", "viewing", "writing_note", "writing_reply")


@dataclass
class Connection:
    """`node` is the process that its socket leads to."""

    key: str
    person: int
    node: str
    place: str | None = None
    doing: str = "viewing"
    heard: float = 0.0
    typed: float = 0.0
    input: float = 0.0
    closed: float | None = None
    is_silent: bool = False


@dataclass
class Model:
    """`left`: (node, place, person) → when that node saw her go.

    `overtaken`: what may be shown of it or not, since a node never heard, or late, that she was back for a while.
    `been`, `hid`: (node, place, person) of who was there and who hid since all was told; a word may be on its way.
    """

    connections: dict[str, Connection] = field(default_factory=dict)
    left: dict[tuple[str, str, int], float] = field(default_factory=dict)
    overtaken: dict[tuple[str, str, int], float] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    been: set[tuple[str, str, int]] = field(default_factory=set)
    hid: set[int] = field(default_factory=set)

    def comes(self, key: str, person: int, node: str, now: float) -> None:
        ghost = self.connections.get(key)
        if ghost is not None and ghost.node == node:
            ghost.closed, ghost.is_silent, ghost.heard, ghost.input = None, False, now, now
            return
        self.connections[key] = Connection(key, person, node, heard=now, input=now)

    def stands(self, key: str, place: str | None, doing: str, now: float) -> None:
        one = self.connections[key]
        one.heard = now
        one.input = now
        if doing.startswith("writing"):
            one.typed = now
        if one.place != place:
            self._went(one, now)
        one.place, one.doing = place, doing
        if place is not None:
            self.been.add((one.node, place, one.person))
            back = {of: at for of, at in self.left.items() if of[1:] == (place, one.person)}
            self.overtaken |= {of: at for of, at in back.items() if of[0] != one.node}
            self.left = {of: at for of, at in self.left.items() if of not in back}

    def touches(self, key: str, now: float) -> None:
        self.connections[key].input = now

    def leaves(self, key: str, now: float) -> None:
        self._went(self.connections.pop(key), now)

    def hides(self, person: int, hidden: bool) -> None:
        if hidden:
            self.hidden.add(person)
            self.hid.add(person)
            hers = {of: at for of, at in self.left.items() if of[2] == person}
            self.overtaken |= hers
            self.left = {of: at for of, at in self.left.items() if of not in hers}
        else:
            self.hidden.discard(person)

    def dies(self, node: str) -> None:
        """With all that it knew."""
        self.connections = {key: one for key, one in self.connections.items() if one.node != node}
        for traces in (self.left, self.overtaken):
            for of in [of for of in traces if of[0] == node]:
                del traces[of]

    def told(self) -> None:
        """Everything was, and has arrived."""
        self.been = {(one.node, one.place, one.person) for one in self.connections.values() if one.place is not None}
        self.hid = set(self.hidden)

    def passes(self, now: float) -> None:
        """Time did: who answers was heard; who fell silent or was closed for long enough is gone."""
        for one in list(self.connections.values()):
            if not one.is_silent and one.closed is None:
                one.heard = now
            if (one.closed is not None and now - one.closed >= 5) or now - one.heard >= 12:
                self.leaves(one.key, now)
        for traces in (self.left, self.overtaken):
            for of in [of for of, at in traces.items() if now - at >= 900]:
                del traces[of]

    def shown(self, place: str, now: float) -> dict[int, str]:
        """Person → what the others see of her there."""
        found: dict[int, str] = {}
        for one in self.connections.values():
            doing = self._doing(one, now)
            if one.place == place and (one.person not in self.hidden or doing == "writing_reply"):
                found[one.person] = max(found.get(one.person, "left"), doing, key=STRONG.index)
        there = {one.person for one in self.connections.values() if one.place == place}
        for (_, where, person), _at in self.left.items():
            if where == place and person not in found and not (person in there and person in self.hidden):
                found[person] = "left"
        return found

    def may_have_left(self, place: str) -> set[int]:
        """Never of whoever hides and has a page open, of which every process knows."""
        open_to = {one.person for one in self.connections.values()} & self.hidden
        return {person for _, where, person in self.overtaken if where == place} - open_to

    def _doing(self, one: Connection, now: float) -> str:
        if one.doing.startswith("writing") and now - one.typed >= 10:
            return "viewing"
        if one.doing == "viewing" and now - one.input >= 300:
            return "idle"
        return one.doing

    def _went(self, one: Connection, now: float) -> None:
        """Of what a process has no connection any more it keeps that she left, until it hears that she is there yet.

        Which another may have said before she went there as well, or that she hides before she showed herself: the
        word comes late, and nobody knows that it is old.
        """
        if one.place is None or one.person in self.hidden:
            return
        others = [other for other in self.connections.values() if other.key != one.key and other.place == one.place]
        nodes = {other.node for other in others if other.person == one.person}
        told = {node for node, place, person in self.been if (place, person) == (one.place, one.person)} - {one.node}
        if one.node not in nodes:
            traces = self.overtaken if nodes or told or one.person in self.hid else self.left
            traces[one.node, one.place, one.person] = now
