"""Asking a holder to hand over: the polite way, with a time that runs out.

The request stands with the lock, and is over with every change of holder. She gives or refuses; should she do neither
it is the asker's when the time has come, and at once when she lets go of it. Never hers who may not see it any more;
and where its holder has vanished, only hers who is there.
"""

from sqlalchemy import Update, update

from elbowroom.kit import jobs
from elbowroom.kit.db import Read, Tx
from elbowroom.kit.journal import By, Fact
from elbowroom.kit.problems import Refused
from elbowroom.people.rights import Viewer
from elbowroom.together import locks
from elbowroom.together.facts import lock_asked, lock_changed, lock_refused
from elbowroom.together.locks import NOBODY_ASKS, Held
from elbowroom.together.tables import locks as table

JOB = "lapse"


def ask(tx: Tx, viewer: Viewer, place: str, *, audience: str, wait_for: float) -> Held:
    """The holder has `wait_for` seconds to answer. Raises Refused: 409 not-held, already-asked."""
    held = locks.holder(tx, place)
    if held is None or held.person == viewer.id:
        detail = "You hold it yourself." if held else "Nobody holds it: take it."
        raise Refused(409, "not-held", "There is nobody to ask", detail)
    if (asker := held.asked) is not None:
        if asker.id == viewer.id:
            return held
        who = {"id": asker.id, "name": asker.name}
        detail = f"{asker.name} asked before you. Wait for the answer, or ask her."
        raise Refused(409, "already-asked", f"{asker.name} asks for it already", detail, by=who)
    until = tx.now + wait_for
    tx.run(_of(held).values(asked_by=viewer.id, asked_until=until, asked_audience=audience))
    jobs.enqueue(tx, JOB, {"place": place, "fence": held.fence, "asker": viewer.id}, due_at=until)
    _tell(tx, held)
    lock_asked(tx, place, by=viewer.by, audience=audience, holder=held.by)
    return _fresh(tx, place)


def asker(read: Read, viewer: Viewer, place: str) -> By:
    """Who asks the viewer for it. Raises Refused (409 not-asked)."""
    found = _asked_of(read, viewer, place).asked
    assert found is not None
    return found


def give(tx: Tx, viewer: Viewer, place: str, *, draft: bool = False) -> Fact:
    """The holder hands over; the fact names to whom. Raises Refused (409 not-asked)."""
    fact = locks.hand(tx, _asked_of(tx, viewer, place), "given", by=viewer.by, draft=draft)
    if fact is None:
        raise _not_asked()
    return fact


def refuse(tx: Tx, viewer: Viewer, place: str) -> None:
    """The holder keeps it, and the asker is told. Raises Refused (409 not-asked)."""
    held = _asked_of(tx, viewer, place)
    asker, audience = held.asked, held.asked_audience
    assert asker is not None
    assert audience is not None
    _end(tx, held)
    lock_refused(tx, place, by=viewer.by, audience=audience, asker=asker)


def withdraw(tx: Tx, person: int, place: str) -> bool:
    """The asker asks no more; False where she did not ask."""
    held = locks.holder(tx, place)
    if held is None or held.asked_by != person:
        return False
    _end(tx, held)
    return True


def lapse(tx: Tx, place: str, fence: int, asker: int) -> None:
    """The time has come: hers, where the request still stands and she may still work. A second call does nothing."""
    held = locks.holder(tx, place)
    if held is None or held.fence != fence or held.asked_by != asker or held.asked_until is None:
        return
    if held.asked_until > tx.now:
        raise jobs.Again(held.asked_until - tx.now)
    if held.asked is None or locks.hand(tx, held, "lapsed", by=held.asked) is None:
        _end(tx, held)


def _asked_of(read: Read, viewer: Viewer, place: str) -> Held:
    held = locks.holder(read, place)
    if held is None or held.person != viewer.id or held.asked is None:
        raise _not_asked()
    return held


def _not_asked() -> Refused:
    return Refused(409, "not-asked", "Nobody asks you for it", "The request was taken back, or it is another's by now.")


def _of(held: Held) -> Update:
    return update(table).where(table.c.place == held.place, table.c.fence == held.fence)


def _end(tx: Tx, held: Held) -> None:
    tx.run(_of(held).values(**NOBODY_ASKS))
    _tell(tx, held)


def _tell(tx: Tx, held: Held) -> None:
    """Under the same fence: who holds it has not changed."""
    lock_changed(tx, held.place, held.fence)


def _fresh(tx: Tx, place: str) -> Held:
    held = locks.holder(tx, place)
    assert held is not None
    return held
