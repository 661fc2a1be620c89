"""Which other nodes live, and on which held places they have the holder: asked of the truth, since a wire may fail.

A node's silence is counted in beats of our own that were stored meanwhile: no clocks are compared, and a store that
answers nobody makes nobody dead.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import RowMapping, delete, select

from elbowroom.kit.db import Read, Tx
from elbowroom.together.tables import nodes

BEAT_FOR = 5.0  # seconds
DEAD_AFTER = 3  # beats of our own
FORGOTTEN_AFTER = 12


@dataclass
class Heard:
    beat: int
    claims: frozenset[str]
    at: int  # our own beat when this one was new


class Beats:
    def __init__(self, node: str) -> None:
        self.node, self.own = node, 0
        self._others: dict[str, Heard] = {}

    def store(self, tx: Tx, claims: Iterable[str]) -> None:
        """One beat; `stored` counts it once it is committed."""
        values = {"beat": self.own + 1, "claims": sorted(claims)}
        row = tx.insert(nodes).values(node=self.node, **values)
        tx.run(row.on_conflict_do_update(index_elements=[nodes.c.node], set_=values))
        long_dead = [node for node, one in self._others.items() if self.own - one.at >= FORGOTTEN_AFTER]
        tx.run(delete(nodes).where(nodes.c.node.in_(long_dead)))

    def stored(self) -> None:
        self.own += 1

    def saw(self, rows: Iterable[RowMapping]) -> None:
        """What `beats_of_all` found."""
        found = {row["node"]: row for row in rows if row["node"] != self.node}
        self._others = {node: self._heard(row) for node, row in found.items()}

    def _heard(self, row: RowMapping) -> Heard:
        known = self._others.get(row["node"])
        return known if known and known.beat == row["beat"] else Heard(row["beat"], frozenset(row["claims"]), self.own)

    def living(self) -> list[str]:
        """The other nodes whose end is not certain."""
        return [node for node, one in self._others.items() if self.own - one.at < DEAD_AFTER]

    def is_claimed(self, place: str) -> bool:
        return any(place in self._others[node].claims for node in self.living())


def beats_of_all(read: Read) -> list[RowMapping]:
    return list(read.rows(select(nodes)))


def forget(tx: Tx, node: str) -> None:
    """The node ends in order."""
    tx.run(delete(nodes).where(nodes.c.node == node))
