"""The rules of a lock as a small model: every interleaving of what two people, a lease and slow writes can do.

`Rules` are those of together/locks.py and of the guard in conversations/replying/replies.py; test_lock_model.py holds
both together. `generation` is the truth that no server has: it counts every change of holder.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

PEOPLE = ("bianca", "hanna")
MOST_FENCES = 5
MOST_WRITES = 2


@dataclass(frozen=True)
class Rules:
    exclusive: bool
    compares_fence: bool = True
    raises_on_force: bool = True
    raises_on_expiry: bool = True


class Write(NamedTuple):
    """Under way to the server, with the fence that its author was given."""

    author: str
    fence: int
    generation: int


class Hold(NamedTuple):
    """What someone was told when she got the lock; she need not know that it is over."""

    fence: int
    generation: int


@dataclass(frozen=True)
class State:
    holder: str | None = None
    fence: int = 0
    is_lease: bool = False
    is_over: bool = False  # the lease has run out, and nobody has noticed yet
    asker: str | None = None
    generation: int = 0
    told: tuple[tuple[str, Hold], ...] = ()
    writes: frozenset[Write] = frozenset()
    accepted: int = 0  # the fence of the last accepted write

    @property
    def holds(self) -> str | None:
        """As the server reads it."""
        return None if self.is_over else self.holder

    def hold_of(self, person: str) -> Hold | None:
        return dict(self.told).get(person)


class Broken(Exception):
    """A promise was not kept; the way to it."""


Step = tuple[str, str]


def steps(state: State, rules: Rules) -> Iterator[tuple[Step, State]]:
    for person in PEOPLE:
        for lease in (False, True):
            if (after := take(state, rules, person, lease=lease)) is not None:
                yield ("lease" if lease else "take", person), after
        if state.holder == person and not state.is_over:
            yield ("free", person), freed(state)
            if state.is_lease:
                yield ("run out", person), replace(state, is_over=True)
        if state.holds not in (None, person):
            yield ("force", person), _gone(state, by=int(rules.raises_on_force))
            if state.asker is None:
                yield ("ask", person), replace(state, asker=person)
        if (hold := state.hold_of(person)) is not None and len(state.writes) < MOST_WRITES:
            yield ("write", person), replace(state, writes=state.writes | {Write(person, *hold)})
    if state.holds is not None and state.asker is not None:
        yield ("give", state.holds), handed(state)
    for write in state.writes:
        yield ("arrive", f"{write.author}'s of {write.fence}"), arrive(state, rules, write)


def take(state: State, rules: Rules, person: str, *, lease: bool = False) -> State | None:
    """None where another holds it."""
    if state.holds == person:
        return replace(state, is_lease=state.is_lease and lease)
    if state.holds is not None:
        return None
    was_over = state.is_over
    raised = int(rules.raises_on_expiry) if was_over else 1
    return _to(state, person, raised, is_lease=lease)


def freed(state: State) -> State:
    """Whoever asks for it has it then."""
    return handed(state) if state.asker is not None else _gone(state, by=1)


def handed(state: State) -> State:
    assert state.asker is not None
    return _to(state, state.asker, 1, is_lease=False)


def admits(state: State, rules: Rules, write: Write) -> bool:
    """Whether the server accepts it."""
    if rules.exclusive:
        return state.holds == write.author and (write.fence == state.fence or not rules.compares_fence)
    return write.fence >= state.fence or not rules.compares_fence


def arrive(state: State, rules: Rules, write: Write) -> State:
    rest = replace(state, writes=state.writes - {write})
    if not admits(state, rules, write):
        return rest
    if write.generation != state.generation:
        raise Broken(f"{write} was accepted, and the lock had changed hands")
    if write.fence < state.accepted:
        raise Broken(f"{write} was accepted after one of {state.accepted}")
    after = replace(rest, accepted=write.fence)
    # Where writing takes the lock, a sent reply ends it.
    return after if rules.exclusive or after.holder != write.author else freed(after)


def explore(rules: Rules) -> int:
    """Walks through every state that can be reached; returns how many. Raises Broken with the steps that led there."""
    came: dict[State, tuple[State, Step] | None] = {State(): None}
    border = [State()]
    while border:
        state = border.pop()
        try:
            for step, after in steps(state, rules):
                if after not in came and after.fence <= MOST_FENCES:
                    came[after] = state, step
                    border.append(after)
        except Broken as broken:
            raise Broken(f"{broken}; after {way(came, state)}") from None
    return len(came)


def way(came: dict[State, tuple[State, Step] | None], state: State) -> str:
    found: list[str] = []
    while (before := came[state]) is not None:
        state, step = before
        found.append(" ".join(step))
    return ", ".join(reversed(found))


def _to(state: State, person: str, raised: int, *, is_lease: bool) -> State:
    hold = Hold(state.fence + raised, state.generation + 1)
    told = tuple(sorted({**dict(state.told), person: hold}.items()))
    return replace(
        state, holder=person, fence=hold.fence, generation=hold.generation, is_lease=is_lease, is_over=False,
        asker=None, told=told,
    )  # fmt: skip


def _gone(state: State, by: int) -> State:
    return replace(
        state, holder=None, fence=state.fence + by, generation=state.generation + 1, is_lease=False, is_over=False,
        asker=None,
    )  # fmt: skip
