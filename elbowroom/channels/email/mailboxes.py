"""Mailboxes: making, changing, pausing and removing them."""

from typing import Any, cast

from sqlalchemy import RowMapping, insert, select, update

from elbowroom.channels.email import ours
from elbowroom.channels.email.shapes import IncomingAsked, Mailbox, MailboxAsked, MailboxChanges, OutgoingAsked
from elbowroom.channels.email.tables import mailboxes
from elbowroom.kit.clock import maybe_moment
from elbowroom.kit.config import Config
from elbowroom.kit.db import Read, Tx, folded
from elbowroom.kit.problems import Refused, bad_request, not_found
from elbowroom.kit.vault import Vault
from elbowroom.people.rights import Viewer
from elbowroom.tickets import inboxes
from elbowroom.tickets.access import access_inbox
from elbowroom.tickets.tables import channels

CHANNEL = ("inbox", "address", "name", "undo_for", "signature")
AFRESH: dict[str, Any] = {
    "uidvalidity": None, "last_uid": 0, "start_uid": None, "start_at": None, "since": None, "state": "connecting",
    "words": None,
}  # fmt: skip
NO_DOOR = "This desk does not listen for mail. Set ELBOWROOM_SMTP_LISTEN, like 0.0.0.0:25, and start it again."
selected = select(mailboxes, *(channels.c[name] for name in CHANNEL)).join_from(mailboxes, channels)
live = selected.where(channels.c.removed_at.is_(None)).order_by(mailboxes.c.id)


def row_of(read: Read, mailbox: int) -> RowMapping:
    """Raises Refused (404) where it was removed too."""
    row = read.first(live.where(mailboxes.c.id == mailbox))
    if row is None:
        raise not_found("mailbox")
    return row


def all_shapes(read: Read, config: Config) -> list[Mailbox]:
    return [shape(row, config) for row in read.rows(live)]


def make(tx: Tx, viewer: Viewer, vault: Vault, asked: MailboxAsked) -> int:
    """Raises Refused: 422 for what can't be used, 404 for the inbox, 409 where the address has a mailbox."""
    access_inbox(tx, viewer, asked.inbox)
    _check_address(tx, vault, asked.address)
    channel = {name: getattr(asked, name) for name in CHANNEL}
    mailbox: int = tx.value(insert(channels).values(kind="email", **channel).returning(channels.c.id))
    values = {**_server(vault, "in", asked.incoming, None), **_server(vault, "out", asked.outgoing, None)}
    tx.run(insert(mailboxes).values(id=mailbox, start=asked.start, days=_days(asked.start, asked.days), **values))
    _say(tx, viewer, mailbox, {asked.inbox})
    return mailbox


def change(tx: Tx, viewer: Viewer, vault: Vault, config: Config, mailbox: int, asked: MailboxChanges) -> None:
    """Raises Refused: 409 stale with the newer values, else as `make`."""
    row = row_of(tx, mailbox)
    wanted = asked.model_dump(exclude_unset=True, exclude_none=True, exclude={"from_version"})
    _require_fresh(row, config, asked.from_version, wanted)
    if asked.inbox is not None:
        access_inbox(tx, viewer, asked.inbox)
    if asked.address is not None and folded(asked.address) != folded(row["address"]):
        _check_address(tx, vault, asked.address)
    if of_channel := {name: wanted[name] for name in CHANNEL if name in wanted}:
        tx.run(update(channels).where(channels.c.id == mailbox).values(**of_channel))
    values = _changed(tx, vault, row, asked)
    tx.run(update(mailboxes).where(mailboxes.c.id == mailbox).values(version=row["version"] + 1, **values))
    _say(tx, viewer, mailbox, {row["inbox"], asked.inbox or row["inbox"]})


def remove(tx: Tx, viewer: Viewer, mailbox: int) -> None:
    """Its tickets stay, its passwords go. A second time: 404."""
    row = row_of(tx, mailbox)
    tx.run(update(channels).where(channels.c.id == mailbox).values(removed_at=tx.now))
    gone = {"in_password": "", "out_password": "", "version": row["version"] + 1}
    tx.run(update(mailboxes).where(mailboxes.c.id == mailbox).values(**gone))
    _say(tx, viewer, mailbox, {row["inbox"]})


def shape(row: RowMapping, config: Config) -> Mailbox:
    state, words = _state(row, config)
    days = {} if row["days"] is None else {"days": row["days"]}
    shown = {
        **{name: row[name] for name in ("id", *CHANNEL, "start", "version")}, **days,
        "incoming": {"kind": row["in_kind"], **_place(row, "in")}, "outgoing": _place(row, "out"),
        "state": state, "words": words, "checked_at": maybe_moment(row["checked_at"]),
    }  # fmt: skip
    return cast(Mailbox, shown)


def _state(row: RowMapping, config: Config) -> tuple[str, str | None]:
    state, words = row["state"], row["words"]
    if row["in_kind"] == "smtp":
        state, words = ("ok", None) if config.smtp_listen else ("failing", NO_DOOR)
    if row["send_words"]:
        state, words = "failing", " · ".join(one for one in (words, row["send_words"]) if one)
    return ("paused", words) if row["paused_at"] is not None else (state, words)


def _place(row: RowMapping, way: str) -> dict[str, Any]:
    return {part: row[f"{way}_{part}"] for part in ("host", "port", "security", "user")}


def _changed(tx: Tx, vault: Vault, row: RowMapping, asked: MailboxChanges) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if asked.start is not None:
        values |= {"start": asked.start, "days": _days(asked.start, asked.days or row["days"])}
    if asked.outgoing is not None:
        values |= {**_server(vault, "out", asked.outgoing, row), "send_words": None}
    if asked.incoming is not None:
        values |= _server(vault, "in", asked.incoming, row)
        if any(values[name] != row[name] for name in ("in_kind", "in_host", "in_user")):
            values |= AFRESH  # another box: its numbers mean other mails
    if asked.paused is not None:
        values["paused_at"] = (row["paused_at"] or tx.now) if asked.paused else None
    return values


def _server(vault: Vault, way: str, asked: OutgoingAsked, row: RowMapping | None) -> dict[str, Any]:
    """Columns of one side. A stored password never goes to another server than the one it was typed for."""
    if not asked.host and not (isinstance(asked, IncomingAsked) and asked.kind == "smtp"):
        raise bad_request("incoming.host" if way == "in" else "outgoing.host", "Write the name of the mail server.")
    given = asked.model_dump()
    values = {f"{way}_{part}": given[part] for part in given if part != "password"}
    return {**values, f"{way}_password": kept_password(vault, way, asked, row)}


def kept_password(vault: Vault, way: str, asked: OutgoingAsked, row: RowMapping | None) -> str:
    """Sealed: the typed one, or the stored one where nothing but that was left out. Raises Refused (422)."""
    if asked.password or row is None or not row[f"{way}_password"] or not asked.user:
        return vault.seal(asked.password)
    if any(row[f"{way}_{part}"] != getattr(asked, part) for part in ("host", "port", "security", "user")):
        side = "incoming" if way == "in" else "outgoing"
        raise bad_request(f"{side}.password", "Type the password again: it was stored for another server or user.")
    sealed: str = row[f"{way}_password"]
    return sealed


def _check_address(tx: Tx, vault: Vault, address: str) -> None:
    try:
        ours.mail_id(vault, "m0", address)
    except (ValueError, UnicodeError) as wrong:
        raise bad_request("address", "Mail can't be sent from an address of this form.") from wrong
    if folded(address) in ours.addresses(tx):
        raise Refused(409, "taken", "That address has a mailbox", f"{address} brings its mail into an inbox already.")


def _days(start: str, days: int | None) -> int | None:
    if start == "days" and days is None:
        raise bad_request("days", "Say how many days back mail shall become tickets.")
    return days if start == "days" else None


def _require_fresh(row: RowMapping, config: Config, from_version: int, wanted: dict[str, Any]) -> None:
    if row["version"] == from_version:
        return
    now: dict[str, Any] = {**shape(row, config), "paused": row["paused_at"] is not None}
    fields = {name: {"value": now.get(name), "version": row["version"], "by": None, "at": None} for name in wanted}
    detail = "Look at the newer values beside yours, then save again. What you typed is still there."
    raise Refused(409, "stale", "Someone changed this meanwhile", detail, fields=fields)


def _say(tx: Tx, viewer: Viewer, mailbox: int, shown_on: set[int]) -> None:
    for inbox in sorted(shown_on):
        inboxes.say_changed(tx, inbox, viewer)
    tx.tell("mailboxes", mailbox)
