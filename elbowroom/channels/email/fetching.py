"""One thread a mailbox: connects, takes what is new, waits for more, and begins again whatever happens."""

import random
import threading
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy import RowMapping, update

from elbowroom.channels.email import cursor, hosts
from elbowroom.channels.email.mailboxes import live
from elbowroom.channels.email.receiving import Arrival, Superseded, receive
from elbowroom.channels.email.tables import mailboxes
from elbowroom.kit.db import CommitFailed, Tx
from elbowroom.kit.mail.errors import LoginRefused, MailError, UidsChanged
from elbowroom.kit.mail.imap import Fetched, Mailbox
from elbowroom.kit.web import Engines

log = structlog.get_logger("mail")
LOOKED_EVERY = 240.0  # seconds at most between two looks, whatever IDLE says
RENEWED_EVERY = 1500.0  # seconds of one connection; a renumbering shows at the next one
SAID_EVERY = 60.0


class Fetcher(threading.Thread):
    """Fetches for the mailbox as of `version`; another version is another fetcher's."""

    def __init__(self, own: Engines, mailbox: int, version: int) -> None:
        super().__init__(name=f"mailbox-{mailbox}", daemon=True)
        self.own, self.mailbox, self.version = own, mailbox, version
        self.halt = threading.Event()
        self.failures = 0
        self._said: tuple[str, str | None, float] = ("", None, 0.0)

    def run(self) -> None:
        while not self.halt.is_set():
            try:
                self._connected()
            except Superseded:
                return
            except MailError as error:
                self._failed(error.words, isinstance(error, LoginRefused))
            except Exception as error:
                log.error("fetching failed", mailbox=self.mailbox, exc_info=error)
                self._failed(f"The desk itself failed ({type(error).__name__}); its log says more.", False)

    def _connected(self) -> None:
        row = self._row()
        server = hosts.stored(self.own.config, self.own.vault, row, "in")
        with Mailbox(server) as box:
            if row["uidvalidity"] is None:
                row = self._set(row, cursor.begin(row, box, self.own.clock.now()))
            until = self.own.clock.monotonic() + RENEWED_EVERY
            while self.own.clock.monotonic() < until:
                row = self._caught_up(row, box)
                self._say("ok", None)
                self.failures = 0
                if self.halt.is_set():
                    return
                box.idle(self.halt, LOOKED_EVERY)

    def _caught_up(self, row: RowMapping, box: Mailbox) -> RowMapping:
        try:
            found = box.fetch_since(row["uidvalidity"], row["last_uid"])
        except UidsChanged as changed:
            log.info("mailbox was renumbered", mailbox=self.mailbox, known=changed.known, now=changed.now)
            row = self._set(row, cursor.renumbered(row, box))
            found = box.fetch_since(row["uidvalidity"], row["last_uid"])
        for mail in found:
            if self.halt.is_set():
                break
            self._take(row, mail)
        return self._row()

    def _take(self, row: RowMapping, mail: Fetched) -> None:
        age = cursor.age(row, mail)
        move = self._mover(row, {"last_uid": mail.uid})
        if age == "unwanted":
            self.own.db.write_now(move)
            return
        is_older = age == "older"
        at = mail.internal_date if is_older else None
        is_closed = is_older and row["start"] == "resolved"
        receive(self.own, Arrival(self.mailbox, mail.raw, (), at, is_older, is_closed, move))

    def _mover(self, row: RowMapping, values: dict[str, Any]) -> Callable[[Tx], None]:
        """Moves the cursor only where nobody changed the mailbox meanwhile, nor a late twin of this thread did."""
        mine = (mailboxes.c.id == self.mailbox) & (mailboxes.c.version == self.version)
        mine &= mailboxes.c.uidvalidity.is_not_distinct_from(row["uidvalidity"])

        def move(tx: Tx) -> None:
            if not tx.run(update(mailboxes).where(mine).values(**values)).rowcount:
                raise Superseded

        return move

    def _set(self, row: RowMapping, values: dict[str, Any]) -> RowMapping:
        self.own.db.write_now(self._mover(row, values))
        return self._row()

    def _row(self) -> RowMapping:
        row = self.own.db.read_now(lambda read: read.first(live.where(mailboxes.c.id == self.mailbox)))
        if row is None or row["version"] != self.version or row["paused_at"] is not None:
            raise Superseded
        return row

    def _failed(self, words: str, needs_a_person: bool) -> None:
        """Backs off; a refused login slowly from the start, since trying on may lock the account."""
        self.failures += 1
        self._say("failing", words)
        longest = 900.0 if needs_a_person else 60.0
        pause = min((30.0 if needs_a_person else 0.3) * 2 ** min(self.failures - 1, 10), longest)
        self.halt.wait(pause * random.uniform(0.8, 1.2))  # noqa: S311  no secret

    def _say(self, state: str, words: str | None) -> None:
        """State and the server's words for the settings page; the same again only once a minute."""
        now = self.own.clock.monotonic()
        if (state, words) == self._said[:2] and now - self._said[2] < SAID_EVERY:
            return
        mine = (mailboxes.c.id == self.mailbox) & (mailboxes.c.version == self.version)

        def verb(tx: Tx) -> None:
            tx.run(update(mailboxes).where(mine).values(state=state, words=words, checked_at=tx.now))

        try:
            self.own.db.write_now(verb)
            self._said = (state, words, now)
        except CommitFailed:
            pass  # the next look says it
