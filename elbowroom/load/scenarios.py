"""What is measured: presence and facts, first seen by one socket alone, then by all."""

import asyncio
import statistics
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import msgspec

from elbowroom.load.listener import Listener
from elbowroom.load.world import World

AT_ONCE = 50
SETTLE_FOR = 1.0


@dataclass
class Figure:
    name: str
    median_ms: float
    p99_ms: float
    per_second: float
    ratio: float


@dataclass
class Figures:
    kinds: list[Figure] = field(default_factory=list)
    opened_for: float = 0.0
    memory_kib: float = 0.0
    cpu: float = 0.0
    lost: int = 0


class Watch:
    """Collects how long each change took to each socket: `made` notes the moment, `heard` looks for its mark."""

    def __init__(self) -> None:
        self.made: dict[bytes, float] = {}
        self.took: list[float] = []

    def forget(self, before: float) -> None:
        self.made = {mark: at for mark, at in self.made.items() if at > before}

    def heard(self, listener: Listener, now: float, message: bytes) -> None:
        if message.startswith(b'{"type":"ping"'):
            listener.say({"type": "pong", "n": msgspec.json.decode(message)["n"]})
            return
        for mark, at in self.made.items():
            if mark in message:
                self.took.append(now - at)


async def measure(world: World, sockets: int, seconds: float, rate: float) -> Figures:
    """Opens one socket, measures, opens the rest, measures the same again."""
    watch, figures, loop = Watch(), Figures(), asyncio.get_running_loop()
    listeners = [await _open(world, 0, watch)]
    await asyncio.sleep(SETTLE_FOR)
    alone = {name: await _changes(world, watch, change, seconds / 2, rate) for name, change in KINDS.items()}
    memory, began = world.memory(), loop.time()
    gate = asyncio.Semaphore(AT_ONCE)

    async def opened(number: int) -> Listener:
        async with gate:
            return await _open(world, number, watch)

    listeners += await asyncio.gather(*(opened(number) for number in range(1, sockets)))
    figures.opened_for = loop.time() - began
    await asyncio.sleep(SETTLE_FOR)
    figures.memory_kib = (world.memory() - memory) / max(1, sockets - 1) / 1024
    cpu, began = world.cpu(), loop.time()
    for name, change in KINDS.items():
        took, per_second = await _changes(world, watch, change, seconds, rate)
        ratio = statistics.median(took) / statistics.median(alone[name][0])
        figures.kinds.append(_figure(name, took, per_second, ratio))
    figures.cpu = (world.cpu() - cpu) / (loop.time() - began)
    figures.lost = sum(one.lost for one in listeners)
    for one in listeners:
        one.transport.close()
    return figures


async def _open(world: World, number: int, watch: Watch) -> Listener:
    loop = asyncio.get_running_loop()
    token = world.tokens[number % len(world.tokens)]
    _, listener = await loop.create_connection(
        lambda: Listener(world.port, token, watch.heard), "127.0.0.1", world.port
    )
    await listener.ready
    listener.say({"type": "hello", "tab": str(uuid.uuid4()), "nonce": "1"})
    listener.say({"type": "watch", "place": f"inbox/{world.inbox}"})
    return listener


Change = Callable[[World, Watch, Listener, int], Awaitable[None]]


async def _changes(
    world: World, watch: Watch, change: Change, seconds: float, rate: float
) -> tuple[list[float], float]:
    """Makes changes evenly; returns the seconds that each took to each socket, and deliveries a second."""
    mover = await _open(world, 1, Watch())
    loop = asyncio.get_running_loop()
    watch.took, began = [], loop.time()
    for step in range(max(1, int(seconds * rate))):
        await asyncio.sleep(max(0.0, began + step / rate - loop.time()))
        watch.forget(loop.time() - 2 * SETTLE_FOR)
        await change(world, watch, mover, step)
    await asyncio.sleep(SETTLE_FOR)
    took = list(watch.took)
    watch.made.clear()
    mover.transport.close()
    if not took:
        raise RuntimeError("no change was seen by anybody: the desk does not deliver")
    return took, len(took) / seconds


async def _presence(world: World, watch: Watch, mover: Listener, step: int) -> None:
    """Someone opens another ticket of the list."""
    ticket = world.tickets[step % len(world.tickets)]
    seen = {"place": f"ticket/{ticket}", "people": [{**world.mover, "doing": "viewing"}]}
    mark = msgspec.json.encode(seen)[1:-3]  # as it stands within a crowd, whatever follows
    watch.made[mark] = asyncio.get_running_loop().time()
    mover.say({"type": "here", "place": f"ticket/{ticket}", "doing": "viewing"})


async def _fact(world: World, watch: Watch, mover: Listener, step: int) -> None:
    """Someone sets a subject: a transaction, a row in every list."""
    ticket, subject = world.tickets[step % len(world.tickets)], f"Subject {uuid.uuid4()}"
    version = await _ask(world, mover.token, "GET", f"/api/tickets/{ticket}", b"")
    body = msgspec.json.encode({"subject": {"to": subject, "from_version": msgspec.json.decode(version)["version"]}})
    watch.made[subject.encode()] = asyncio.get_running_loop().time()
    await _ask(world, mover.token, "PATCH", f"/api/tickets/{ticket}", body)


async def _ask(world: World, token: str, method: str, path: str, body: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", world.port)
    writer.write(
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{world.port}\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode()
        + body
    )
    answer = await reader.read()
    writer.close()
    head, _, content = answer.partition(b"\r\n\r\n")
    if b" 200 " not in head.split(b"\r\n", 1)[0]:
        raise RuntimeError(f"{method} {path}: {content[:300].decode(errors='replace')}")
    return content


KINDS: dict[str, Change] = {"presence": _presence, "fact (commit and row)": _fact}


def _figure(name: str, took: list[float], per_second: float, ratio: float) -> Figure:
    ordered = sorted(took)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return Figure(name, statistics.median(ordered) * 1000, p99 * 1000, per_second, ratio)
