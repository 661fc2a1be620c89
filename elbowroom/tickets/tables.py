"""What is stored about tickets and where they lie."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, String, Table, UniqueConstraint

from elbowroom.kit.db import Number, Sorted, metadata

inboxes = Table(
    "inboxes",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("department", ForeignKey("departments.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("lock_mode", String, nullable=False, server_default="write"),
    Column("may_force", String, nullable=False, server_default="anyone"),
    Column("handover_for", Number, nullable=False, server_default="30"),  # seconds to answer who asks for a ticket
    Column("version", Number, nullable=False, server_default="1"),
    sqlite_autoincrement=True,
)
channels = Table(  # a mailbox, an API door; what is special to a kind stands in that channel's own table
    "channels",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("inbox", ForeignKey("inboxes.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),
    Column("address", String),
    Column("name", String, nullable=False, server_default=""),
    Column("undo_for", Number, nullable=False, server_default="0"),  # seconds
    Column("signature", String, nullable=False, server_default=""),
    Column("removed_at", Float),
    sqlite_autoincrement=True,
)
statuses = Table(
    "statuses",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("queue", String, nullable=False),  # new, pending, resolved
    Column("colour", String, nullable=False),
    Column("marked", Boolean, nullable=False, server_default="0"),
    Column("builtin", Boolean, nullable=False, server_default="1"),
    Column("rank", Number, nullable=False),
)
labels = Table(
    "labels",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("department", ForeignKey("departments.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("name_folded", Sorted, nullable=False),
    Column("alias_of", ForeignKey("labels.id")),
    Column("version", Number, nullable=False, server_default="1"),
    Column("removed_at", Float),
    UniqueConstraint("department", "name_folded"),
    sqlite_autoincrement=True,
)
tickets = Table(
    "tickets",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("inbox", ForeignKey("inboxes.id"), nullable=False),
    Column("department", ForeignKey("departments.id"), nullable=False),
    Column("channel", ForeignKey("channels.id")),
    Column("requester", ForeignKey("customers.id"), nullable=False, index=True),
    Column("subject", String, nullable=False),
    Column("status", ForeignKey("statuses.key"), nullable=False),
    Column("queue", String, nullable=False),
    Column("priority", String, nullable=False, server_default="normal"),
    Column("owner", ForeignKey("people.id")),
    Column("version", Number, nullable=False, server_default="1"),
    Column("subject_version", Number, nullable=False, server_default="1"),
    Column("status_version", Number, nullable=False, server_default="1"),
    Column("priority_version", Number, nullable=False, server_default="1"),
    Column("inbox_version", Number, nullable=False, server_default="1"),
    Column("owner_version", Number, nullable=False, server_default="1"),
    Column("last_number", Number, nullable=False, server_default="0"),
    Column("head", Number, nullable=False, server_default="0"),
    Column("conversation", Number),  # the customer conversation; set by the floor above
    Column("messages", Number, nullable=False, server_default="0"),
    Column("preview", String, nullable=False, server_default=""),
    Column("preview_by", String, nullable=False, server_default="customer"),
    Column("made_at", Float, nullable=False),
    Column("changed_at", Float, nullable=False),
    Column("last_message_at", Float, nullable=False),
    Column("deleted_at", Float),
    Column("deleted_by", ForeignKey("people.id")),
    Column("erased_at", Float),  # its time in the bin is over: nobody sees it while it is removed piece by piece
    Column("archived_at", Float),
    Column("archived_by", Number),
    Column("merged_into", Number),  # another ticket: what is said here is said there
    Column("folder", Number),
    Column("folder_version", Number, nullable=False, server_default="1"),
    Index("tickets_listed", "inbox", "queue", "deleted_at", "archived_at", "last_message_at"),
    Index("tickets_counted", "inbox", "deleted_at", "archived_at", "merged_into", "queue", "owner", "folder"),
    Index("tickets_in_bin", "deleted_at"),
    Index("tickets_in_folder", "folder"),
    Index("tickets_merged", "merged_into"),
    sqlite_autoincrement=True,
)
ticket_labels = Table(
    "ticket_labels",
    metadata,
    Column("ticket", ForeignKey("tickets.id"), primary_key=True),
    Column("label", ForeignKey("labels.id"), primary_key=True, index=True),
)
followers = Table(
    "followers",
    metadata,
    Column("ticket", ForeignKey("tickets.id"), primary_key=True),
    Column("customer", ForeignKey("customers.id"), primary_key=True),
    Column("accepted", Boolean, nullable=False, server_default="1"),
)
folders = Table(
    "folders",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("inbox", ForeignKey("inboxes.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("version", Number, nullable=False, server_default="1"),
    Column("removed_at", Float),
    Index("folders_of", "inbox"),
    sqlite_autoincrement=True,
)
merges = Table(
    "merges",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("source", ForeignKey("tickets.id"), nullable=False),
    Column("target", ForeignKey("tickets.id"), nullable=False),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("moved", JSON, nullable=False),  # messages with their former numbers, for the way back
    Column("at", Float, nullable=False),
    Column("undone_at", Float),
    Index("merges_of", "source"),
    Index("merges_into", "target"),
    sqlite_autoincrement=True,
)
