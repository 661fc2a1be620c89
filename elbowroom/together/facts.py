"""What togetherness announces: taken and freed pass, forced is kept."""

from elbowroom.kit.db import Tx
from elbowroom.kit.journal import By, Fact, append


def lock_changed(tx: Tx, place: str, fence: int) -> None:
    """Passing: who listens reads the lock itself; an older fence is ignored."""
    tx.tell("lock", (place, fence))


def lock_forced(tx: Tx, place: str, *, by: By, audience: str, former: int, name: str, fence: int) -> Fact:
    """Kept, in the place's own history; everyone who may see the place hears it, the former holder among them."""
    data = {"former": {"id": former, "name": name}, "fence": fence}
    return append(tx, place, "lock_forced", audience=audience, by=by, data=data)
