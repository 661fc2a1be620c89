"""What is stored about people."""

from sqlalchemy import JSON, Boolean, Column, Float, ForeignKey, Index, String, Table, false

from elbowroom.kit.db import Number, metadata

people = Table(
    "people",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("kind", String, nullable=False, server_default="agent"),  # agent or bot
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("email_folded", String, nullable=False, unique=True),
    Column("role", String, nullable=False),
    Column("password", String),  # argon2id; null until an invitation is accepted
    Column("language", String),
    Column("theme", String, nullable=False, server_default="system"),
    Column("hidden", Boolean, nullable=False, server_default=false()),  # where she is and looks is not shown
    Column("alerts", String, nullable=False, server_default="all"),  # which of the floating ones she wants
    Column("mails", String, nullable=False, server_default="none"),  # of what she is told by mail
    Column("rights", Number, nullable=False, server_default="1"),
    Column("version", Number, nullable=False, server_default="1"),
    Column("disabled_at", Float),
    Column("made_at", Float, nullable=False),
    sqlite_autoincrement=True,
)
departments = Table(
    "departments",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    Column("name_folded", String, nullable=False, unique=True),
    Column("version", Number, nullable=False, server_default="1"),
    sqlite_autoincrement=True,
)
memberships = Table(
    "memberships",
    metadata,
    Column("person", ForeignKey("people.id"), primary_key=True),
    Column("department", ForeignKey("departments.id"), primary_key=True, index=True),
)
customers = Table(
    "customers",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False),
    Column("email_folded", String, nullable=False, unique=True),
    Column("phone", String),
    Column("made_at", Float, nullable=False),
    sqlite_autoincrement=True,
)
sessions = Table(
    "sessions",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False, index=True),
    Column("token", String, nullable=False, unique=True),  # hashed
    Column("device", String, nullable=False, server_default=""),
    Column("made_at", Float, nullable=False),
    Column("seen_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    sqlite_autoincrement=True,
)
tokens = Table(
    "tokens",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False, index=True),
    Column("name", String, nullable=False),
    Column("token", String, nullable=False, unique=True),  # hashed
    Column("scopes", JSON, nullable=False),
    Column("made_at", Float, nullable=False),
    Column("expires_at", Float),
    sqlite_autoincrement=True,
)
invitations = Table(
    "invitations",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("token", String, nullable=False, unique=True),  # hashed
    Column("email", String, nullable=False),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("departments", JSON, nullable=False),
    Column("made_by", ForeignKey("people.id"), nullable=False),
    Column("made_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float),
    sqlite_autoincrement=True,
)
resets = Table(
    "resets",
    metadata,
    Column("id", Number, primary_key=True, autoincrement=True),
    Column("person", ForeignKey("people.id"), nullable=False),
    Column("token", String, nullable=False, unique=True),  # hashed
    Column("expires_at", Float, nullable=False),
    Column("used_at", Float),
    Index("resets_by_person", "person"),
    sqlite_autoincrement=True,
)
