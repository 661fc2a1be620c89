"""Who comes back together asks alike: a list's state is read once, until something is committed."""

from typing import Any

import pytest

from elbowroom.kit import journal
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.journal import Cursor
from elbowroom.overview.alike import KEPT_FOR, Alike
from tests.cast import Desk, Nora, Person


@pytest.fixture
def head(monkeypatch: pytest.MonkeyPatch) -> list[Cursor]:
    now = [Cursor("e", 1, 7)]
    monkeypatch.setattr(journal, "head", lambda _read: now[0])
    return now


class Asked:
    """A store at a moment, and how often it was really asked."""

    def __init__(self) -> None:
        self.clock, self.times, self.kept = TravelClock(), 0, Alike()

    @property
    def now(self) -> float:
        return self.clock.now()

    def ask(self, what: str) -> str:
        return self.kept.answer(self, what, self._really)  # type: ignore[arg-type]

    def _really(self) -> str:
        self.times += 1
        return f"answer {self.times}"


def test_the_same_question_is_answered_once(head: list[Cursor]) -> None:
    asked = Asked()
    assert [asked.ask("inbox 1"), asked.ask("inbox 1"), asked.ask("inbox 2")] == ["answer 1", "answer 1", "answer 2"]


def test_a_commit_ends_what_was_kept(head: list[Cursor]) -> None:
    asked = Asked()
    asked.ask("inbox 1")
    head[0] = Cursor("e", 2, 8)
    assert asked.ask("inbox 1") == "answer 2"
    head[0] = Cursor("restored", 2, 8)
    assert asked.ask("inbox 1") == "answer 3"


def test_nothing_is_kept_for_longer_than_a_second(head: list[Cursor]) -> None:
    asked = Asked()
    asked.ask("inbox 1")
    asked.clock.travel(KEPT_FOR)
    assert asked.ask("inbox 1") == "answer 2"


def test_a_list_opened_after_a_change_counts_it(desk: Desk, bianca: Person, hanna: Person, nora: Nora) -> None:
    inbox = bianca.sees(nora.writes())["inbox"]

    def counted(person: Person) -> int:
        state: dict[str, Any] = person.tab().watches(f"inbox/{inbox}")["state"]
        return sum(one["n"] for one in state["counts"]["counts"])

    before = counted(hanna)
    nora.writes()
    assert counted(bianca) == before + 1
