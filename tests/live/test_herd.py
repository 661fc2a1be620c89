"""A herd of sockets asks the store a little at a time, so that commands find a reader free."""

import asyncio
from types import SimpleNamespace
from typing import Any

from elbowroom.kit.config import Config
from elbowroom.live.socket import ENTER_AT_ONCE, Endpoint
from elbowroom.people.sessions import signed_out


class Store:
    """Answers only when told to; counts who waits for an answer."""

    def __init__(self) -> None:
        self.asking = self.answered = 0
        self.most = 0
        self.answers = asyncio.Event()

    async def read(self, _question: Any) -> Any:
        self.asking += 1
        self.most = max(self.most, self.asking)
        await self.answers.wait()
        self.asking -= 1
        self.answered += 1
        raise signed_out()


def test_few_are_let_in_at_once_and_all_in_the_end() -> None:
    async def story() -> None:
        store = Store()
        live: Any = SimpleNamespace(engines=SimpleNamespace(db=store, config=Config()))
        endpoint = Endpoint(lambda: live)
        herd = [asyncio.create_task(arrives(endpoint)) for _ in range(30)]
        for _ in range(5):
            await asyncio.sleep(0)
        assert (store.asking, store.answered) == (ENTER_AT_ONCE, 0)
        store.answers.set()
        told = await asyncio.gather(*herd)
        assert (store.most, store.answered) == (ENTER_AT_ONCE, 30)
        assert all(sent[0]["status"] == 401 for sent in told)

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
