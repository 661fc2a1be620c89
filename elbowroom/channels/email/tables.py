"""What is stored about mailboxes and what came through them."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, String, Table, Text, UniqueConstraint

from elbowroom.kit.db import Number, metadata

mailboxes = Table(
    "mailboxes",
    metadata,
    Column("id", ForeignKey("channels.id"), primary_key=True),
    Column("in_kind", String, nullable=False),  # imap or smtp
    Column("in_host", String, nullable=False),
    Column("in_port", Number, nullable=False),
    Column("in_security", String, nullable=False),
    Column("in_user", String, nullable=False),
    Column("in_password", Text, nullable=False),  # sealed
    Column("out_host", String, nullable=False),
    Column("out_port", Number, nullable=False),
    Column("out_security", String, nullable=False),
    Column("out_user", String, nullable=False),
    Column("out_password", Text, nullable=False),  # sealed
    Column("start", String, nullable=False),  # now, days, resolved: what becomes of the mail that was there before
    Column("days", Number),
    Column("uidvalidity", BigInteger),  # null: nothing was fetched yet
    Column("last_uid", BigInteger, nullable=False, server_default="0"),
    Column("start_uid", BigInteger),  # the newest mail at the start; null once the server renumbered
    Column("start_at", Float),  # when that one had come, by the server's clock
    Column("since", Float),  # start "days": nothing older than this
    Column("state", String, nullable=False, server_default="connecting"),
    Column("words", Text),  # why fetching fails, as the server says it
    Column("send_words", Text),  # why sending fails
    Column("checked_at", Float),
    Column("paused_at", Float),
    Column("version", Number, nullable=False, server_default="1"),
)
fetch_leases = Table(  # a row of its own: its renewal must not be in the way of a mailbox's cursor
    "fetch_leases",
    metadata,
    Column("mailbox", ForeignKey("mailboxes.id"), primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", Float, nullable=False),
)
received = Table(  # each mail once, whatever the server's numbers or marks do
    "received",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("mailbox", ForeignKey("mailboxes.id"), nullable=False),
    Column("mail_id", String, nullable=False),  # "" where it had none
    Column("content", String, nullable=False),  # hash
    Column("became", String, nullable=False),  # message, bounce, quarantine, dropped
    Column("message", ForeignKey("messages.id")),
    Column("at", Float, nullable=False),
    Index("received_became", "message"),
    UniqueConstraint("mailbox", "mail_id", "content"),
    sqlite_autoincrement=True,
)
quarantine = Table(
    "quarantine",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("mailbox", ForeignKey("mailboxes.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("blob", String, nullable=False),
    Column("size", Number, nullable=False),
    Column("at", Float, nullable=False),
    sqlite_autoincrement=True,
)
mail_notices = Table(  # what an agent was told by mail; her answer names it
    "mail_notices",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("ticket", ForeignKey("tickets.id"), nullable=False),
    Column("mailbox", ForeignKey("mailboxes.id"), nullable=False),
    Column("number", Number, nullable=False),  # the newest message that stood in it
    Column("held", Number),  # it tells of this held reply
    Column("at", Float, nullable=False),
    Index("mail_notices_of", "ticket"),
    sqlite_autoincrement=True,
)
