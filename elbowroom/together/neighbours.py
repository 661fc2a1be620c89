"""The other nodes as this one knows them: what it tells them and hears from them, and whether that is all of it."""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from elbowroom.kit.clock import Clock
from elbowroom.together.beats import Beats
from elbowroom.together.gossip import Gossip, Said
from elbowroom.together.presence import Board, Change

Tell = Callable[[str, Any], None]
TOPIC = "board"


class Neighbours:
    """`node` names this start of this process; `tell(topic, what)` reaches the others, or is lost."""

    def __init__(self, board: Board, clock: Clock, node: str, tell: Tell) -> None:
        self.clock, self._tell = clock, tell
        self.gossip, self.beats = Gossip(board, node), Beats(node)
        self.is_wired = False  # what can't be told now is not kept: who is back tells all
        self._changed: set[str] = set()

    def wire(self, is_up: bool) -> None:
        """From the bus of this process: the others can be reached, or no more."""
        self.is_wired = is_up
        self.repeat()

    def repeat(self) -> None:
        """Everyone of ours, once more."""
        self._changed.clear()
        if self.is_wired:
            self._tell(TOPIC, self.gossip.whole(self.clock.monotonic(), self.clock.now()))

    def farewell(self) -> None:
        """This node stops: the last that the others hear of it."""
        if self.is_wired:
            self._tell(TOPIC, self.gossip.farewell(self.clock.monotonic(), self.clock.now()))
        self.is_wired = False

    def changed(self, place: str) -> None:
        """Something of ours changed there: told at once, with all else that changes in this turn of the loop."""
        if not self.is_wired:
            return
        if not self._changed:
            asyncio.get_running_loop().call_soon(self._tell_changed)
        self._changed.add(place)

    def hear(self, what: Any) -> list[Change]:
        """What another node told. Raises msgspec.ValidationError for what is no gossip."""
        said = msgspec.convert(what, Said) if not isinstance(what, Said) else what
        is_new = self.gossip.is_new(said.node)
        changes = self.gossip.hear(said, self.clock.monotonic(), self.clock.now())
        if is_new:  # it knows nobody of ours yet
            self.repeat()
        return changes

    def fall(self) -> list[Change]:
        return self.gossip.fall(self.clock.monotonic(), self.clock.now())

    def are_all_heard(self) -> bool:
        """Every node that lives by the truth is on our board by its own word of a few seconds ago."""
        now = self.clock.monotonic()
        return all(self.gossip.hears(node, now) for node in self.beats.living())

    def _tell_changed(self) -> None:
        places, self._changed = self._changed, set()
        if places and self.is_wired:
            self._tell(TOPIC, self.gossip.some(places, self.clock.monotonic(), self.clock.now()))
