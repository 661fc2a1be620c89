"""What togetherness announces: taken and freed pass, forced and handed over are kept."""

from typing import Any, Literal

from elbowroom.kit.db import Tx
from elbowroom.kit.journal import By, Fact, append

Handed = Literal["given", "lapsed", "left"]  # by its holder, since the time ran out, since its holder let go of it


def lock_changed(tx: Tx, place: str, fence: int) -> None:
    """Passing: who listens reads the lock itself; an older fence is ignored."""
    tx.tell("lock", (place, fence))


def lock_forced(tx: Tx, place: str, *, by: By, audience: str, former: By, fence: int) -> Fact:
    """Kept, in the place's own history; everyone who may see the place hears it, the former holder among them."""
    data = {"former": _who(former), "fence": fence}
    return append(tx, place, "lock_forced", audience=audience, by=by, data=data)


def lock_asked(tx: Tx, place: str, *, by: By, audience: str, holder: By) -> Fact:
    return append(tx, place, "lock_asked", audience=audience, by=by, data={"former": _who(holder)})


def lock_refused(tx: Tx, place: str, *, by: By, audience: str, asker: By) -> Fact:
    return append(tx, place, "lock_refused", audience=audience, by=by, data={"to": _who(asker)})


def lock_handed(
    tx: Tx, place: str, *, by: By, audience: str, former: By, to: By, fence: int, why: Handed, draft: bool = False
) -> Fact:
    """`draft`: the former holder's text went along."""
    data = {"former": _who(former), "to": _who(to), "fence": fence, "why": why, "draft": draft}
    return append(tx, place, "lock_handed", audience=audience, by=by, data=data)


def _who(one: By) -> dict[str, Any]:
    return {"id": one.id, "name": one.name}
