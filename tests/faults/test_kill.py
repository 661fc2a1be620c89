"""kill -9 in the midst of writing: whatever was acknowledged is there when the desk is back."""

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from tests import engines
from tests.cast import Person
from tests.served import ServedDesk

pytestmark = pytest.mark.faults


@pytest.fixture
def served(template: Path, tmp_path: Path) -> Iterator[ServedDesk]:
    engines.copied(template, tmp_path / "desk")
    desk = ServedDesk(tmp_path / "desk").start()
    yield desk
    desk.close()
    engines.dropped(tmp_path / "desk")


def write_until(author: Person, tickets: list[int], stop: threading.Event, acknowledged: dict[str, int]) -> None:
    """Notes as fast as they are taken; what is acknowledged is remembered with its ticket."""
    number = 0
    while not stop.is_set():
        number += 1
        text, ticket = f"{author.name} {threading.get_ident()} {number}", tickets[number % len(tickets)]
        try:
            if author.notes(ticket, text).status == 201:
                acknowledged[text] = ticket
        except httpx.TransportError:
            return


def kill_while_writing(desk: ServedDesk, rounds: int, seed: int) -> int:
    """Returns how many commands were acknowledged, all of which are there."""
    dice, acknowledged = random.Random(seed), dict[str, int]()
    opener = desk.person("ada")
    body = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken."}
    tickets = [opener.send("POST", "/tickets", body).ok()["id"] for _ in range(4)]
    for _ in range(rounds):
        stop = threading.Event()
        authors = [desk.person(name) for name in ("bianca", "hanna", "omid")]
        hands = [threading.Thread(target=write_until, args=(one, tickets, stop, acknowledged)) for one in authors]
        for hand in hands:
            hand.start()
        stop.wait(0.3 + dice.random() * 0.5)
        desk.kill()
        stop.set()
        for hand in hands:
            hand.join(20)
        desk.start()
        reader = desk.person("ada")
        there = {one["text"]: ticket for ticket in tickets for one in reader.messages(ticket)}
        missing = {text for text, ticket in acknowledged.items() if there.get(text) != ticket}
        assert not missing
        numbers = [one["number"] for one in reader.messages(tickets[0])]
        assert numbers == sorted(set(numbers))
        for person in (*authors, reader):
            person.goes_home()
    return len(acknowledged)


def test_an_acknowledged_command_survives(served: ServedDesk, seed: int) -> None:
    assert kill_while_writing(served, 1, seed) > 0
    assert "Traceback" not in served.words()


@pytest.mark.walk
def test_in_several_rounds(served: ServedDesk, seed: int) -> None:
    began = time.monotonic()
    count = kill_while_writing(served, 6, seed)
    print(f"\nkill -9: seed {seed}, 6 rounds, {count} acknowledged, 0 lost, {time.monotonic() - began:.0f} s")


@pytest.mark.long
def test_in_many_rounds(served: ServedDesk, seed: int) -> None:
    began = time.monotonic()
    count = kill_while_writing(served, 60, seed)
    print(f"\nkill -9: seed {seed}, 60 rounds, {count} acknowledged, 0 lost, {time.monotonic() - began:.0f} s")


@pytest.mark.sqlite
def test_a_second_server_on_the_same_folder_refuses(served: ServedDesk, capfd: pytest.CaptureFixture[str]) -> None:
    other = ServedDesk(served.folder)
    with pytest.raises(AssertionError, match="another Elbowroom server is running"):
        other.start()
    other.close()
