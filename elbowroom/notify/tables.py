"""What people were told."""

from sqlalchemy import Column, Float, ForeignKey, Index, String, Table

from elbowroom.kit.db import Number, metadata

notices = Table(
    "notices",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("kind", String, nullable=False),  # mention
    Column("ticket", ForeignKey("tickets.id")),  # written by former code alone, and read by none
    Column("message", ForeignKey("messages.id")),
    Column("by", ForeignKey("people.id")),
    Column("at", Float, nullable=False),
    Column("read_at", Float),
    Index("notices_of", "person", "read_at"),
    Index("notices_of_message", "message"),
    Index("notices_of_ticket", "ticket"),
    sqlite_autoincrement=True,
)
