"""Every order of what can happen to replies, the feed and a page; and the desk's own replies beside that model."""

import random
import time
import uuid
from itertools import combinations_with_replacement

import pytest

from tests.cast import UNDO_FOR, Desk, Nora, Person, eventually
from tests.conversations import replymodel
from tests.conversations.replymodel import ADDED, AUTHORS, CUSTOMER, Bounds, Broken, Rules, State, explore

NOTHING = Bounds(customers=0, ends=0, crashes=0, cuts=0, losses=0, beats=0)
BOUNDS = {
    "three sends and a customer": NOTHING._replace(customers=1),
    "three sends and an undo time's end": NOTHING._replace(ends=1),
    "three sends and a death": NOTHING._replace(crashes=1),
    "three sends and a lost frame": NOTHING._replace(losses=1),
    "three sends, a heartbeat and a cut": NOTHING._replace(beats=1, cuts=1),
}
ALL = Bounds(customers=1, ends=1, crashes=1, cuts=1, losses=1, beats=1)


@pytest.mark.parametrize("bounds", BOUNDS.values(), ids=BOUNDS)
def test_no_order_of_events_breaks_a_promise(bounds: Bounds) -> None:
    report(bounds)


@pytest.mark.long
@pytest.mark.parametrize(("one", "other"), list(combinations_with_replacement(Bounds._fields, 2)))
def test_nor_does_any_order_with_two_such_events(one: str, other: str) -> None:
    report(NOTHING._replace(**{one: 1, other: 1}) if one != other else NOTHING._replace(**{one: 2}))


def report(bounds: Bounds) -> None:
    began = time.monotonic()
    found = explore(Rules(), bounds)
    print(f"\nreplies' model: {bounds}, {found}, {time.monotonic() - began:.1f} s")
    assert found.states > 1000
    assert found.rests > 10


MUTANTS = {
    "no check": (Rules(checks_head=False), "I1"),
    "check, then act": (Rules(checks_as_it_writes=False), "I1"),
    "own replies ignored": (Rules(own_replies_count=False), "I1"),
    "no command id": (Rules(knows_commands=False), "I4"),
    "command id looked up after the check": (Rules(knows_them_first=False), "I4"),
    "published before the commit": (Rules(tells_after_commit=False), "I3"),
    "no gap check": (Rules(checks_gaps=False), "I1|I2"),
    "nobody looks at the head": (Rules(looks_at_the_head=False), "I2"),
    "a heartbeat ahead of what was heard": (Rules(vouches_for_what_was_heard=False), "I1|I2"),
    "held text dropped": (Rules(keeps_held_texts=False), "I5"),
}


@pytest.mark.parametrize(("rules", "promise"), MUTANTS.values(), ids=MUTANTS)
def test_without_a_rule_some_order_does(rules: Rules, promise: str) -> None:
    with pytest.raises(Broken, match=rf"^({promise})\b") as found:
        explore(rules, ALL, most=1_000_000)
    print(f"\n{found.value}")


WRITES = {"accept", "hold", "answer", "customer", "undo", "leave"}


class Beside:
    """The same steps on the desk and in the model, and both say the same."""

    def __init__(self, desk: Desk, nora: Nora, people: dict[str, Person]) -> None:
        self.desk, self.nora, self.people = desk, nora, people
        self.ticket = nora.writes(inbox="Post")
        self.state = State(may=Bounds(customers=3, ends=99, crashes=0, cuts=0, losses=1, beats=0))
        self.entries: dict[int, int] = {}
        self.done: set[str] = set()

    def does(self, dice: random.Random) -> bool:
        """False where nothing is left to do."""
        options = dict(replymodel.steps(self.state, Rules()))
        if not options:
            return False
        kind = dice.choice(sorted({step.partition(" ")[0] for step in options}))
        step = dice.choice(sorted(step for step in options if step.startswith(kind)))
        what, _, who = step.partition(" ")
        self.done.add(what)
        before, after = self.state, options[step]
        self.state = after._replace(told=len(after.journal))
        if what in ("accept", "hold", "answer"):
            self.sends(before, int(who.split()[0]), what)
        elif what == "customer":
            assert self.nora.answers(self.ticket) == replymodel.head(self.state)
        elif what == "undo":
            self.takes_back(before, int(who))
        elif what == "leave":
            self.time_passes(before)
        if what in WRITES:
            self.agrees()
        return True

    def sends(self, before: State, one: int, what: str) -> None:
        tab = before.tabs[one]
        key = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.ticket} {one} {tab.attempt}"))
        more = {"held": self.entries[one]} if tab.attempt else {}
        answer = self.people[AUTHORS[one]].replies(self.ticket, f"Text {one}", tab.seen, key=key, **more)
        known = before.kept[one].answers[tab.attempt]
        accepted = known == replymodel.ACCEPTED if what == "answer" else what == "accept"
        assert answer.status == (201 if accepted else 409), (before, one, answer.body)
        if not accepted:
            assert answer["reason"] == "unseen"
            assert answer["head"] == (known or replymodel.head(before))
            self.entries[one] = answer["held"]

    def takes_back(self, before: State, one: int) -> None:
        back = self.people[AUTHORS[one]].withdraws(self.ticket, replymodel.reply_of(before, one)).ok()
        assert back["body"] == f"Text {one}"

    def time_passes(self, before: State) -> None:
        """Whatever waits is due."""
        self.state = before
        for one in range(len(AUTHORS)):
            number = replymodel.reply_of(self.state, one)
            if number and replymodel.is_waiting(self.state, number):
                self.state = replymodel.released(self.state, one, number)
        self.desk.travel(UNDO_FOR + 1)

    def agrees(self) -> None:
        eventually(lambda: self.differs() == "", f"desk and model agree: {self.differs()}")

    def differs(self) -> str:
        reader, state = self.people["bianca"], self.state
        ends = replymodel.ended(state)
        mine = [(fact.number, fact.text, ends.get(fact.number, "")) for fact in state.journal if fact.kind == ADDED]
        shown = [
            (one["number"], CUSTOMER if one["kind"] == "customer" else 0, one["state"])
            for one in reader.messages(self.ticket)
        ]
        for (number, text, end), (real, kind, stands) in zip(mine, shown, strict=True):
            ended = stands if stands in ("withdrawn", "paused") else "" if stands in ("waiting", None) else "left"
            if number != real or (text == CUSTOMER) != (kind == CUSTOMER) or (text != CUSTOMER and end != ended):
                return f"{(number, text, end)} is {(real, kind, stands)}"
        held = {(name, one["body"]) for name, person in self.people.items() for one in person.held(self.ticket)}
        wanted = {(AUTHORS[one], f"Text {one}") for one, kept in enumerate(state.kept) if kept.is_held}
        return "" if held == wanted else f"held {wanted} is {held}"


def test_the_desk_answers_as_the_model(desk: Desk, nora: Nora, seed: int) -> None:
    dice, done = random.Random(seed), set[str]()
    people = {name: desk.person(name) for name in AUTHORS}
    for _ in range(8):
        beside = Beside(desk, nora, people)
        for _ in range(40):
            if not beside.does(dice):
                break
        done |= beside.done
    assert WRITES | {"send", "confirm"} <= done
