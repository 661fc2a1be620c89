"""What is stored about what is said."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, String, Table, Text, UniqueConstraint

from elbowroom.kit.db import Number, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("ticket", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("kind", String, nullable=False),  # customer or internal
    Column("head", Number, nullable=False, server_default="0"),
    sqlite_autoincrement=True,
)
messages = Table(
    "messages",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("ticket", ForeignKey("tickets.id"), nullable=False),
    Column("conversation", ForeignKey("conversations.id"), nullable=False),
    Column("number", Number, nullable=False),
    Column("kind", String, nullable=False),  # customer, reply, note, auto, forward
    Column("agent", ForeignKey("people.id")),
    Column("customer", ForeignKey("customers.id")),
    Column("text", Text, nullable=False),
    Column("full_text", Text),  # where a quoted rest was cut
    Column("html", Text),  # cleaned
    Column("at", Float, nullable=False),
    Column("verified", Boolean, nullable=False, server_default="1"),
    Column("seen", Number),  # a reply: the newest number its author had seen
    Column("state", String),  # a reply: waiting, left, refused, bounced, withdrawn, paused
    Column("leaves_at", Float),  # until then it can be taken back; null: on its way or gone
    Column("words", Text),  # what the mail server said
    Column("effects", JSON),  # what submitting it changed, to be taken back with it
    Column("mail_id", String, index=True),  # Message-ID, ours or theirs
    Column("recipients", JSON(none_as_null=True)),  # {to, cc, bcc} of addresses where they are not the ticket's own
    Column("let_go_at", Float),  # refused or bounced, and its author decided to leave it so
    Column("edits", Number, nullable=False, server_default="0"),  # of a note; its former texts stand in note_texts
    Column("edited_at", Float),
    Column("mentions", JSON),  # persons whom a note names
    UniqueConstraint("ticket", "number"),
    sqlite_autoincrement=True,
)
attachments = Table(
    "attachments",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("message", ForeignKey("messages.id"), index=True),
    Column("uploaded_by", ForeignKey("people.id")),
    Column("blob", String, nullable=False),
    Column("name", String, nullable=False),
    Column("type", String, nullable=False),
    Column("size", Number, nullable=False),
    Column("content_id", String),
    Column("at", Float, nullable=False),
    sqlite_autoincrement=True,
)
held = Table(  # no foreign key to the ticket: a text outlives the ticket it was meant for
    "held",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("ticket", Number, nullable=False),
    Column("conversation", Number),
    Column("body", Text, nullable=False),
    Column("files", JSON, nullable=False),
    Column("reason", String, nullable=False),
    Column("seen", Number, nullable=False),
    Column("at", Float, nullable=False),
    Column("settled_at", Float),
    Column("settled_as", String),  # sent, scheduled, note, discarded
    Column("recipients", JSON(none_as_null=True)),
    Index("held_open", "person", "settled_at"),
    sqlite_autoincrement=True,
)
drafts = Table(  # rows stay when a draft is sent, or a late autosave could begin it anew
    "drafts",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    Column("ticket", ForeignKey("tickets.id"), primary_key=True),
    Column("kind", String, primary_key=True),
    Column("number", Number, nullable=False),
    Column("body", Text),  # null: sent or thrown away
    Column("device", String, nullable=False),
    Column("at", Float, nullable=False),
    Column("begun_at", Float),  # when the text that stands there was begun
    Column("sibling", JSON),  # of older code; such texts stand in drafts_aside
    Index("drafts_of", "ticket"),
)
drafts_aside = Table(  # texts of hers that stand beside her draft until she chooses or throws them away
    "drafts_aside",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("ticket", ForeignKey("tickets.id"), nullable=False),
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("device", String, nullable=False),
    Column("at", Float, nullable=False),
    Index("drafts_aside_of", "ticket", "person"),
    sqlite_autoincrement=True,
)
note_texts = Table(  # what an edited note said before, and until when
    "note_texts",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("message", ForeignKey("messages.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Float, nullable=False),
    Index("note_texts_of", "message"),
    sqlite_autoincrement=True,
)
scheduled = Table(  # like a held text it outlives its ticket
    "scheduled",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("ticket", Number, nullable=False),
    Column("body", Text, nullable=False),
    Column("files", JSON, nullable=False),
    Column("recipients", JSON(none_as_null=True)),
    Column("seen", Number, nullable=False),  # when it was scheduled
    Column("at", Float, nullable=False),
    Column("leaves_at", Float, nullable=False),
    Column("settled_at", Float),
    Column("settled_as", String),  # sent, held, withdrawn
    Index("scheduled_of", "ticket", "settled_at"),
    sqlite_autoincrement=True,
)
saved_replies = Table(
    "saved_replies",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("department", ForeignKey("departments.id")),  # null: her own
    Column("owner", ForeignKey("people.id")),  # null: the department's
    Column("name", String, nullable=False),
    Column("body", Text, nullable=False),
    Column("version", Number, nullable=False, server_default="1"),
    Column("removed_at", Float),
    sqlite_autoincrement=True,
)
