"""Ids that this desk puts into mails, and what stands behind them.

The moment of the row is part of the id: a restored backup gives its numbers again, and an id that was sent before must
not point at what bears the number now.
"""

from collections.abc import Iterable

from sqlalchemy import RowMapping, Table, select

from elbowroom.channels.email.tables import mail_notices, mailboxes
from elbowroom.conversations.tables import messages
from elbowroom.kit.db import Read, folded
from elbowroom.kit.mail import ids
from elbowroom.kit.vault import Vault
from elbowroom.tickets.tables import channels

TRIAL = "try-"


def secret(vault: Vault) -> bytes:
    return vault.key("mail-ids")


def row_of(message: RowMapping) -> str:
    return _row("m", message)


def row_of_notice(notice: RowMapping) -> str:
    return _row("n", notice)


def _row(kind: str, stored: RowMapping) -> str:
    return f"{kind}{stored['id']}-{round(stored['at'] * 1000):x}"


def mail_id(vault: Vault, row: str, address: str) -> str:
    """The signed Message-ID of a row. Raises ValueError for an address whose domain can't stand in one."""
    return ids.make(secret(vault), row, domain_of(address))


def domain_of(address: str) -> str:
    domain = address.rpartition("@")[2]
    return domain if domain.isascii() else domain.encode("idna").decode()


def signed(vault: Vault, mail_ids: Iterable[str]) -> list[str]:
    """The rows of those that are ours."""
    rows = (ids.read(secret(vault), one) for one in mail_ids)
    return [row for row in rows if row is not None]


def signed_plus(vault: Vault, addresses: Iterable[str]) -> list[str]:
    rows = (ids.read_plus(secret(vault), one) for one in addresses)
    return [row for row in rows if row is not None]


def message_of(read: Read, rows: Iterable[str]) -> RowMapping | None:
    """The first message that one of the rows names."""
    return _first(read, messages, "m", rows)


def notice_of(read: Read, rows: Iterable[str]) -> RowMapping | None:
    """The first notice that one of the rows names."""
    return _first(read, mail_notices, "n", rows)


def _first(read: Read, table: Table, kind: str, rows: Iterable[str]) -> RowMapping | None:
    for row in rows:
        number, dash, _ = row[1:].partition("-")
        if row[0] == kind and dash and number.isdigit() and len(number) < 19:
            found = read.first(select(table).where(table.c.id == int(number)))
            if found is not None and _row(kind, found) == row:
                return found
    return None


def addresses(read: Read) -> set[str | None]:
    """The desk's own addresses, folded: of the mailboxes that there are."""
    asked = select(channels.c.address).join_from(mailboxes, channels).where(channels.c.removed_at.is_(None))
    return {folded(one) for one in read.run(asked).scalars()}
