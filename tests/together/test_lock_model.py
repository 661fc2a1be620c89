"""Every interleaving of the lock's small model, and the desk's own lock beside that model."""

import random

import pytest

from elbowroom.together import locks
from tests.cast import Answer, Desk, Nora, Person
from tests.together import lockmodel
from tests.together.lockmodel import Broken, Rules, State, Write, explore

MODES = pytest.mark.parametrize("exclusive", [True, False], ids=["exclusive", "write lock"])


@MODES
def test_no_interleaving_accepts_a_write_of_a_hold_that_is_over(exclusive: bool) -> None:
    assert explore(Rules(exclusive)) > 1000


@pytest.mark.parametrize(
    "broken",
    [
        Rules(exclusive=True, compares_fence=False),
        Rules(exclusive=False, compares_fence=False),
        Rules(exclusive=False, raises_on_force=False),
        Rules(exclusive=False, raises_on_expiry=False),
    ],
    ids=["no fence, exclusive", "no fence", "no raise on force", "no raise on expiry"],
)
def test_without_a_rule_some_interleaving_does(broken: Rules) -> None:
    with pytest.raises(Broken, match="was accepted"):
        explore(broken)


class Beside:
    """The same steps on the desk and in the model."""

    def __init__(self, desk: Desk, people: dict[str, Person], ticket: int, *, exclusive: bool) -> None:
        self.desk, self.people, self.ticket, self.rules = desk, people, ticket, Rules(exclusive)
        self.state = State()

    def does(self, dice: random.Random) -> None:
        options = [step for step, _ in lockmodel.steps(self.state, self.rules) if step[0] not in ("lease", "run out")]
        what, who = dice.choice(options)
        if what == "arrive":
            self.arrives(dice.choice(sorted(self.state.writes)))
            return
        after = next(after for step, after in lockmodel.steps(self.state, self.rules) if step == (what, who))
        said = self.says(self.people[who], what)
        assert said is None or said.status < 300, (what, who, said)
        self.state = after
        self.agrees()

    def says(self, person: Person, what: str) -> Answer | None:
        doors = {
            "take": person.locks, "free": person.frees, "force": person.forces, "ask": person.asks_for,
            "give": person.hands_over,
        }  # fmt: skip
        return doors[what](self.ticket) if what in doors else None

    def arrives(self, write: Write) -> None:
        answer = self.people[write.author].replies(self.ticket, f"{write}", fence=write.fence)
        admitted = lockmodel.admits(self.state, self.rules, write)
        assert (answer.status == 201) == admitted, (write, self.state, answer.status, answer.body)
        self.state = lockmodel.arrive(self.state, self.rules, write)
        self.agrees()

    def agrees(self) -> None:
        place, state = f"ticket/{self.ticket}", self.state
        held = self.desk.read(lambda read: locks.holder(read, place))
        assert self.desk.read(lambda read: locks.fence_of(read, place)) == state.fence
        shown = None if held is None else (held.name.lower(), held.asked.name.lower() if held.asked else None)
        assert shown == (None if state.holder is None else (state.holder, state.asker))


@MODES
def test_the_locks_do_as_the_model(desk: Desk, nora: Nora, seed: int, exclusive: bool) -> None:
    dice = random.Random(seed)
    people = {name: desk.person(name) for name in lockmodel.PEOPLE}
    for _ in range(6):
        beside = Beside(desk, people, nora.writes(inbox="VIP" if exclusive else "Support"), exclusive=exclusive)
        for _ in range(25):
            beside.does(dice)
            if beside.state.fence >= lockmodel.MOST_FENCES:
                break
