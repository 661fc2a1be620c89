"""PostgreSQL is killed, or its standby takes over, in the midst of writing: nothing acknowledged is lost."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.cast import Person, Tab, eventually, stage
from tests.engines import Postgres
from tests.served import ServedDesk

BACK_WITHIN = 10.0
pytestmark = pytest.mark.faults


@pytest.fixture
def house() -> Iterator[ExitStack]:
    with ExitStack() as house:
        yield house


def server(house: ExitStack) -> Postgres:
    made = Postgres().made().start()
    house.callback(made.close)
    return made


def served(house: ExitStack, folder: Path, url: str) -> ServedDesk:
    stage(folder, url)
    desk = ServedDesk(folder, url).start()
    house.callback(desk.close)
    return desk


def write(author: Person, ticket: int, over: threading.Event, acknowledged: list[str], doubted: list[str]) -> None:
    """Notes as fast as they are taken; one whose answer was no acknowledgment is sent again with the same key."""
    number = 0
    while not over.is_set():
        number += 1
        text = f"{author.name} {number}"
        while True:
            try:
                key = f"{author.name}-{number}"
                body = {"body": text}
                if author.send("POST", f"/tickets/{ticket}/notes", body, key=key).status == 201:
                    acknowledged.append(text)
                    break
            except httpx.TransportError:
                pass
            doubted.append(text)
            if over.wait(0.05):
                return


def through(desk: ServedDesk, what: Callable[[], None]) -> float:
    """While two people write and one looks on, `what` happens; returns how long it took until all was live again."""
    ticket = int(desk.person("ada").send("POST", "/tickets", {
        "subject": "Lamp", "requester": "nora@customer.example", "body": "Broken."}).ok()["id"])  # fmt: skip
    watching = desk.person("omid").watches(f"ticket/{ticket}")
    over, acknowledged, doubted = threading.Event(), list[str](), list[str]()
    authors = [desk.person(name) for name in ("bianca", "hanna")]
    hands = [threading.Thread(target=write, args=(one, ticket, over, acknowledged, doubted)) for one in authors]
    for hand in hands:
        hand.start()
    eventually(lambda: len(acknowledged) > 20, "they write")
    what()
    began, before = time.monotonic(), len(acknowledged)
    eventually(lambda: len(acknowledged) > before + 5, "they write again", within=BACK_WITHIN)
    eventually(lambda: heard(watching) >= set(acknowledged[: before + 5]), "and all is heard", within=BACK_WITHIN)
    back = time.monotonic() - began
    over.set()
    for hand in hands:
        hand.join(30)
    stored = [one["text"] for one in desk.person("ada").messages(ticket)][1:]
    assert set(acknowledged) <= set(stored), "acknowledged and lost"
    assert len(stored) == len(set(stored)), "done twice"
    assert set(stored) <= set(acknowledged) | set(doubted)
    return back


def heard(tab: Tab) -> set[str]:
    """What this one socket was told of, or found in its snapshot, without a reload."""
    facts = [fact for one in tab.heard for fact in one.get("facts", ())]
    told = {fact["data"]["message"]["text"] for fact in facts if fact["data"].get("message")}
    states = [one["state"] for one in tab.heard if one["type"] == "snapshot"]
    return told | {message["text"] for state in states for message in state.get("messages", ())}


def test_killed_and_started_again(house: ExitStack, tmp_path: Path) -> None:
    postgres = server(house)
    desk = served(house, tmp_path / "desk", postgres.new_database())

    def dies() -> None:
        postgres.kill()
        postgres.start()

    through(desk, dies)


def failovers(house: ExitStack, folder: Path, rounds: int) -> list[float]:
    backs = []
    for number in range(rounds):
        with ExitStack() as round_house:
            primary = server(round_house)
            standby = primary.standby()
            round_house.callback(standby.close)
            hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
            url = primary.new_database().replace(f"127.0.0.1:{primary.port}", hosts)
            desk = served(round_house, folder / str(number), url)

            def fails(primary: Postgres = primary, standby: Postgres = standby) -> None:
                primary.kill()
                standby.promote()

            backs.append(through(desk, fails))
    return backs


def test_the_standby_takes_over(house: ExitStack, tmp_path: Path) -> None:
    failovers(house, tmp_path, 1)


@pytest.mark.long
def test_five_times(house: ExitStack, tmp_path: Path) -> None:
    backs = failovers(house, tmp_path, 5)
    print(f"\nfailover: 5 times, 0 lost, 0 twice, live again after {min(backs):.1f} to {max(backs):.1f} s")
