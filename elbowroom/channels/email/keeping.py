"""Keeps one fetcher for each mailbox that is fetched from: starts, stops and replaces them as mailboxes change."""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import select

from elbowroom.channels.email.fetching import Fetcher
from elbowroom.channels.email.tables import mailboxes
from elbowroom.kit.db import Read
from elbowroom.kit.web import Engines
from elbowroom.tickets.tables import channels

log = structlog.get_logger("mail")
LOOKED_EVERY = 10.0
GOODBYE_FOR = 3.0


class Keeper:
    def __init__(self, own: Engines) -> None:
        self.own = own
        self.fetchers: dict[int, Fetcher] = {}
        self._wake = asyncio.Event()

    def wake(self, _mailbox: object = None) -> None:
        self._wake.set()

    async def run(self) -> None:
        """The bus may lose a wake-up, so it looks now and then as well."""
        while True:
            try:
                self._arrange(await self.own.db.read(wanted))
            except Exception as failed:
                log.error("mailboxes could not be looked up", exc_info=failed)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKED_EVERY):
                    await self._wake.wait()
            self._wake.clear()

    async def stop(self) -> None:
        for fetcher in self.fetchers.values():
            fetcher.halt.set()
        await asyncio.gather(*(asyncio.to_thread(one.join, GOODBYE_FOR) for one in self.fetchers.values()))

    def _arrange(self, versions: dict[int, int]) -> None:
        for mailbox, fetcher in list(self.fetchers.items()):
            if versions.get(mailbox) != fetcher.version or not fetcher.is_alive():
                fetcher.halt.set()  # a late one does no harm: it may not move the cursor any more
                del self.fetchers[mailbox]
        for mailbox in versions.keys() - self.fetchers.keys():
            self.fetchers[mailbox] = Fetcher(self.own, mailbox, versions[mailbox])
            self.fetchers[mailbox].start()


def wanted(read: Read) -> dict[int, int]:
    """Mailbox → version, of those to fetch from."""
    asked = select(mailboxes.c.id, mailboxes.c.version).join_from(mailboxes, channels)
    there = channels.c.removed_at.is_(None) & mailboxes.c.paused_at.is_(None) & (mailboxes.c.in_kind == "imap")
    return {row["id"]: row["version"] for row in read.rows(asked.where(there))}
