"""A herd that comes back is let in by turns: each by her own rights, whoever else stands in the line."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import delete
from websockets.exceptions import InvalidStatus

from elbowroom.kit import turns
from elbowroom.kit.config import Config
from elbowroom.kit.db import Read
from elbowroom.kit.turns import MOST, Turns
from elbowroom.live.socket import Endpoint
from elbowroom.people.sessions import signed_out
from elbowroom.people.tables import sessions
from tests.cast import Desk, Person, eventually
from tests.waiting import PATIENCE


class Store:
    """Knows nobody; counts its turns."""

    def __init__(self) -> None:
        self.turns = self.asking = self.most = 0

    async def read(self, question: Callable[[Read], Any]) -> Any:
        self.turns += 1
        self.asking += 1
        self.most = max(self.most, self.asking)
        await asyncio.sleep(0)
        answer = question(Stranger())  # type: ignore[arg-type]
        self.asking -= 1
        return answer


class Stranger:
    def same(self, _statement: Any, _values: Any) -> Any:
        raise signed_out()


def test_many_are_let_in_by_turns_and_all_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN_FOR", 60)  # a busy machine's turn would end before all were asked

    async def story() -> None:
        store: Any = Store()
        live: Any = SimpleNamespace(turns=Turns(store), engines=SimpleNamespace(config=Config()))
        endpoint = Endpoint(lambda: live)
        herd = 3 * MOST
        told = await asyncio.gather(*(arrives(endpoint) for _ in range(herd)))
        assert [sent[0]["status"] for sent in told] == [401] * herd
        assert (store.most, store.turns) == (1, 3)

    asyncio.run(story())


async def arrives(endpoint: Endpoint) -> list[Any]:
    """What one socket is told."""
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect" if not sent else "websocket.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "websocket", "headers": [(b"authorization", b"Bearer er_x")]}
    await endpoint(scope, receive, send)
    return sent


@contextmanager
def held(desk: Desk) -> Iterator[Turns]:
    """No turn begins until the end of the block; who asks meanwhile is asked in one with the others."""
    turns, began, opens = desk.live.turns, threading.Event(), threading.Event()

    def hold(_read: Read) -> None:
        began.set()
        assert opens.wait(PATIENCE)

    desk.on_loop(lambda: asyncio.ensure_future(turns.ask(hold)))
    assert began.wait(PATIENCE)
    try:
        yield turns
    finally:
        opens.set()


@pytest.mark.one_server
def test_in_one_turn_each_gets_what_is_hers(own_desk: Desk, bianca: Person, hanna: Person, lena: Person) -> None:
    """Hanna's session ends while she stands in the line; Lena is of another department; the turn is one."""
    own_desk.person("omid").watches("inbox/1")
    with ThreadPoolExecutor(3) as herd:
        with held(own_desk) as turns:
            arriving = [herd.submit(person.tab) for person in (bianca, hanna, lena)]
            eventually(lambda: len(turns._outside) == 3, "all three stand in line")
            own_desk.write(lambda tx: tx.run(delete(sessions).where(sessions.c.person == hanna.id)))
        with pytest.raises(InvalidStatus) as turned_away:
            arriving[1].result()
        bianca_tab, lena_tab = arriving[0].result(), arriving[2].result()
    assert turned_away.value.response.status_code == 401
    with held(own_desk) as turns:
        bianca_tab.says(type="watch", place="inbox/1")
        lena_tab.says(type="watch", place="inbox/1")
        eventually(lambda: len(turns._inside) == 2, "both ask")
    assert bianca_tab.hears("snapshot", place="inbox/1")["state"]["inbox"]["id"] == 1
    assert lena_tab.hears("error", place="inbox/1")["problem"]["status"] == 404
    assert "snapshot" not in {one["type"] for one in lena_tab.heard}
