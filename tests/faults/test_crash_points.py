"""kill -9 at each point that matters: what was acknowledged stays, nothing is done twice, pages come back."""

import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2 as httpx
import pytest
from sqlalchemy import select

from elbowroom.conversations.tables import messages
from elbowroom.kit.failpoints import NAME, POINTS
from tests import engines
from tests.cast import Person, eventually
from tests.faults.crowd import (
    AUTHORS,
    Book,
    MailingDesk,
    OpenPage,
    all_left,
    copies,
    dies,
    doubled,
    leases_run_out,
    lost,
    mail_ids,
    writing,
)
from tests.faults.whole import broken, uneven
from tests.mailservers import sink

pytestmark = pytest.mark.faults
LIVE_WITHIN = 10  # seconds
LAMP = {"subject": "Lamp", "requester": "nora@customer.example", "body": "Broken."}


@dataclass
class Scene:
    """One desk through all its crashes. `slowest`: seconds from a crash until the page was live, its start included."""

    desk: MailingDesk
    book: Book = field(default_factory=Book)
    tickets: list[int] = field(default_factory=list)
    late: list[str] = field(default_factory=list)  # texts that were scheduled, as far as it was acknowledged
    crashes: int = 0
    in_doubt: int = 0
    slowest: float = 0.0

    def figures(self) -> str:
        return (
            f"{self.crashes} crashes, {len(self.book.asked)} commands, {self.in_doubt} in doubt, "
            f"{len(self.late)} sent later, "
            f"{twice(self)} mails twice, live again after {self.slowest:.1f} s at most"
        )


@pytest.fixture(scope="module")
def scene(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = engines.copied(template, tmp_path_factory.mktemp("crashes") / "desk")
    with sink() as kept:
        scene = Scene(MailingDesk(folder, kept))
        scene.desk.start()
        try:
            ada = scene.desk.person("ada")
            scene.desk.connect_mailbox(ada)
            scene.tickets = [ada.send("POST", "/tickets", LAMP).ok()["id"] for _ in range(3)]
            scene.desk.stop()
            yield scene
        finally:
            scene.desk.close()


def one_that_dies_at(point: str, desk: MailingDesk) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(NAME, point)
        desk.start()


def crash(scene: Scene, point: str) -> None:
    """Dies there while everyone writes, comes back, is asked once more what was in doubt; then all must be so."""
    desk, book = scene.desk, scene.book
    one_that_dies_at(point, desk)
    people = [desk.person(name) for name in AUTHORS]
    reader = desk.person("ada")
    page = OpenPage(reader, f"ticket/{scene.tickets[0]}")
    eventually(page.is_live, "the page is live")
    schedules(scene, people[0])
    with writing(people, scene.tickets, book):
        assert dies(desk) == -signal.SIGKILL, (point, desk.words())
    died = time.monotonic()
    desk.kill()
    desk.start()
    eventually(page.is_live, "the page is live again", within=LIVE_WITHIN)
    assert page.resumed
    scene.slowest = max(scene.slowest, time.monotonic() - died)
    scene.crashes += 1
    scene.in_doubt += len(book.in_doubt())
    assert desk.read(lambda read: lost(read, book)) == []
    again(scene, people)
    settle(scene, reader, page)
    desk.stop()
    for person in (*people, reader):
        person.goes_home()


def schedules(scene: Scene, author: Person) -> None:
    """Some replies that leave in the midst of it, each on a ticket of its own."""
    for _ in range(3):
        text = f"late {uuid.uuid4()}"
        try:
            ticket = author.send("POST", "/tickets", {**LAMP, "subject": text}).ok()["id"]
            asked = {"body": text, "seen": 1, "at": (datetime.now(UTC) + timedelta(seconds=1)).isoformat()}
            author.send("POST", f"/tickets/{ticket}/scheduled", asked).ok()
        except httpx.TransportError:
            return
        scene.late.append(text)


def left_once(scene: Scene) -> bool:
    """Each scheduled reply stands once with the customer: nothing came that could hold it."""
    stored = scene.desk.read(lambda read: Counter(read.run(select(messages.c.text)).scalars()))
    return [stored[text] for text in scene.late] == [1] * len(scene.late)


def again(scene: Scene, people: list[Person]) -> None:
    """What is in doubt is sent again, and some of what these people know to be done: with the same keys."""
    book = scene.book
    known = [(sent, book.answered[key]) for key, sent in book.asked.items() if key in book.answered]
    known = [(sent, answer) for sent, answer in known if sent.author in people][-5:]
    for sent in book.in_doubt():
        book.send(sent)
    for sent, answer in known:
        repeated = sent.go()
        assert (repeated.status, repeated.body) == (answer.status, answer.body)


def settle(scene: Scene, reader: Person, page: OpenPage) -> None:
    desk, book = scene.desk, scene.book
    leases_run_out(desk)
    eventually(lambda: all_left(desk), "every mail left", within=20)
    assert left_once(scene)
    assert desk.read(lambda read: doubled(read, book)) == []
    assert [*broken(desk.engines), *uneven(desk.engines)] == []
    accepted = {key for key, answer in book.answered.items() if answer.status == 201}
    there = {one["text"]: one["number"] for ticket in scene.tickets for one in reader.messages(ticket)}
    assert accepted <= set(there)
    ids = mail_ids(desk)
    assert Counter(ids.values()) == Counter(set(ids.values()))  # each reply its own
    assert set(copies(desk.sink)) == set(ids.values())
    fresh = {one["number"]: one["text"] for one in reader.messages(scene.tickets[0])}
    eventually(lambda: page.is_live() and page.shows() == fresh, "the page shows what is so")
    assert "Traceback" not in desk.words()


def twice(scene: Scene) -> int:
    """Mails that came again. Raises where one came a third time."""
    came = copies(scene.desk.sink)
    assert max(came.values(), default=0) <= 2
    return sum(count == 2 for count in came.values())


def point_at(name: str, dice: random.Random) -> str:
    return f"{name}:{dice.randint(2, 8)}"


@pytest.mark.parametrize("point", POINTS)
def test_a_desk_that_dies_there_loses_and_doubles_nothing(scene: Scene, point: str, seed: int) -> None:
    asked, copied = len(scene.book.asked), twice(scene)
    crash(scene, point_at(point, random.Random(f"{seed} {point}")))
    print(f"\n{point}: seed {seed}, {scene.figures()}")
    assert len(scene.book.asked) > asked
    if point == "mailed":  # it had left and nobody knew: only a copy tells
        assert twice(scene) > copied


@pytest.mark.long
def test_sixty_deaths(scene: Scene, seed: int) -> None:
    began, dice = time.monotonic(), random.Random(seed)
    for _ in range(60):
        crash(scene, point_at(dice.choice(POINTS), dice))
    print(f"\ncrash points: seed {seed}, {scene.figures()}, 0 lost, 0 doubled, {time.monotonic() - began:.0f} s")
