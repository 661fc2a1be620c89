"""The network between a browser and the desk, which can be cut or go silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Wire:
    """A TCP proxy. Cut: everything ends and nobody gets through. Silent: all stays open and nothing arrives."""

    def __init__(self, port: int) -> None:
        self.behind = port
        self.is_cut = False
        self._flows = asyncio.Event()
        self._flows.set()
        self._ends: set[asyncio.StreamWriter] = set()

    def cut(self) -> None:
        self.is_cut = True
        for end in list(self._ends):
            end.transport.abort()

    def fall_silent(self) -> None:
        self._flows.clear()

    def mend(self) -> None:
        self.is_cut = False
        self._flows.set()

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        with suppress(OSError):
            await self._flows.wait()
            if not self.is_cut:
                their_reader, their_writer = await asyncio.open_connection("127.0.0.1", self.behind)
                self._ends.add(their_writer)
                await asyncio.gather(self._pump(reader, their_writer), self._pump(their_reader, writer))
        self._end(writer)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await reader.read(65_536):
                await self._flows.wait()
                writer.write(piece)
                await writer.drain()
        self._end(writer)

    def _end(self, writer: asyncio.StreamWriter) -> None:
        self._ends.discard(writer)
        writer.transport.abort() if self.is_cut else writer.close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @asynccontextmanager
    async def laid(self) -> AsyncIterator["Wire"]:
        server = await asyncio.start_server(self._met, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self._flows.set()
            self.cut()
