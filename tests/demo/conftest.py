"""One seeded desk for a whole module (seeding takes a second), and one that serves as `elbowroom demo` does."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from elbowroom.app import desk, engines
from elbowroom.demo import post, seed, seeding, serve
from elbowroom.demo.participant import Address
from elbowroom.kit.clock import TravelClock
from elbowroom.kit.config import Config
from elbowroom.kit.web import Engines

PACE = 0.04  # of a person's, so that a minute with the colleague takes two seconds
Story = Callable[[], Awaitable[None]]


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    """The engines of a seeded store that nobody serves."""
    folder: Path = tmp_path_factory.mktemp("demo")
    own = engines(Config(data_dir=folder), TravelClock())
    own.db.write_now(lambda tx: seeding.plant(tx, seed.load(), own.files))
    yield own
    own.db.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Address]:
    """A demo that people can call. Replies wait one second instead of ten."""
    config = serve.settings(Config(), tmp_path_factory.mktemp("served"))
    serve.prepare(config)
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listening:
        patch.setattr(post, "UNDO_FOR", 1)
        address = Address(url := f"http://127.0.0.1:{listening.getsockname()[1]}", url)
        app = desk(config, extra=serve.extra(config, address.url, PACE))
        server = uvicorn.Server(uvicorn.Config(app, ws="websockets-sansio", ws_ping_interval=None, log_level="warning"))
        # What calls before it serves waits in the socket's queue.
        serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        serving.start()
        yield address
        server.should_exit = True
        serving.join()


def played(story: Story) -> None:
    """Plays a story of participants; one that stands still for half a minute fails."""

    async def within() -> None:
        async with asyncio.timeout(30):
            await story()

    asyncio.run(within())
