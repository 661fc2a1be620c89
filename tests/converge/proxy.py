"""A wire that can be cut, torn in the middle of a frame, made slow, or made to swallow what it carries."""

import asyncio
import contextlib


class Proxy:
    """Between clients and a server, or several in turn. Each connection is a pair of pumps."""

    def __init__(self, *ports: int) -> None:
        self.targets = list(ports)
        self.slow_for = 0.0
        self.swallows = False
        self.tears_after: int | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        self._server = await asyncio.start_server(self._come, "127.0.0.1", 0)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        self._server.close()
        self.cut()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Both ends find the connection broken at once."""
        for writer in self._writers:
            writer.transport.abort()

    def heal(self) -> None:
        """The wire works again; what it swallowed is gone, so the connections on it are broken."""
        if self.swallows:
            self.swallows = False
            self.cut()
        self.slow_for, self.tears_after = 0.0, None

    async def _come(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (reached := await self._reach()) is None:
            writer.transport.abort()
            return
        there, back = reached
        pair = {writer, back}
        self._writers |= pair
        pumps = [
            asyncio.create_task(self._pump(reader, back, False)),
            asyncio.create_task(self._pump(there, writer, True)),
        ]
        self._tasks.update(pumps)
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for one in pair:
            one.transport.abort()
        self._writers -= pair
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self._tasks.difference_update(pumps)

    async def _reach(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """The next server that lets one in."""
        self.targets.append(self.targets.pop(0))
        for port in reversed(self.targets):
            with contextlib.suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", port)
        return None

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, from_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if self.slow_for:
                    await asyncio.sleep(self.slow_for)
                if self.swallows:
                    continue
                if from_server and self.tears_after is not None:
                    writer.write(data[: self.tears_after])
                    self.tears_after = None
                    return
                writer.write(data)
                await writer.drain()
