"""Keeps one fetcher for each mailbox that is fetched from: starts, stops and replaces them as mailboxes change.

Where several servers share the store, each mailbox is fetched by the one that holds its lease.
"""

import asyncio
from contextlib import suppress

import structlog
from sqlalchemy import select

from elbowroom.channels.email import leases
from elbowroom.channels.email.fetching import Fetcher
from elbowroom.channels.email.tables import mailboxes
from elbowroom.kit.db import CommitFailed, Read
from elbowroom.kit.web import Engines
from elbowroom.tickets.tables import channels

log = structlog.get_logger("mail")
LOOKED_EVERY = 10.0
RENEWED_EVERY = leases.LEASE_FOR / 3
GOODBYE_FOR = 3.0


class Keeper:
    """`alone`: no other server can fetch, so nothing is leased."""

    def __init__(self, own: Engines, *, alone: bool) -> None:
        self.own, self.alone = own, alone
        self.fetchers: dict[int, Fetcher] = {}
        self._wake = asyncio.Event()

    def wake(self, _mailbox: object = None) -> None:
        self._wake.set()

    async def run(self) -> None:
        """The bus may lose a wake-up, so it looks now and then as well."""
        while True:
            try:
                await self.look()
            except Exception as failed:
                log.error("mailboxes could not be looked up", exc_info=failed)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOKED_EVERY if self.alone else RENEWED_EVERY):
                    await self._wake.wait()
            self._wake.clear()

    async def look(self) -> None:
        versions = await self.own.db.read(wanted)
        if not self.alone:
            mine = await self.own.db.write(lambda tx: leases.hold(tx, self.own.bus.node, versions))
            versions = {mailbox: version for mailbox, version in versions.items() if mailbox in mine}
        self._arrange(versions)

    async def stop(self) -> None:
        for fetcher in self.fetchers.values():
            fetcher.halt.set()
        await asyncio.gather(*(asyncio.to_thread(one.join, GOODBYE_FOR) for one in self.fetchers.values()))
        if not self.alone:
            with suppress(CommitFailed):
                await self.own.db.write(lambda tx: leases.free(tx, self.own.bus.node))

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
