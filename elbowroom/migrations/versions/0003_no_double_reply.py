"""Texts put aside, replies sent later, edited notes, folders, archive, merges, saved replies, notices."""

import time
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _drafts()
    _messages()
    _tickets()
    _labels()
    _people()
    _bin()


def _drafts() -> None:
    op.create_table(
        "drafts_aside",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("person", number, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("ticket", number, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("drafts_aside_of", "drafts_aside", ["ticket", "person"])
    op.add_column("drafts", sa.Column("begun_at", sa.Float(), nullable=True))
    op.create_index("drafts_of", "drafts", ["ticket"])
    _keep_siblings()


def _keep_siblings() -> None:
    """What stood in the one place there was for a text put aside."""
    before = sa.table("drafts", *map(sa.column, ("person", "ticket", "kind")), sa.column("sibling", sa.JSON()))
    names = ("person", "ticket", "kind", "body", "device", "at")
    rows = op.get_bind().execute(sa.select(before)).mappings().all()
    kept = [
        {
            "person": row["person"], "ticket": row["ticket"], "kind": row["kind"], "body": row["sibling"]["body"],
            "device": row["sibling"]["device"], "at": datetime.fromisoformat(row["sibling"]["at"]).timestamp(),
        }
        for row in rows
        if row["sibling"]
    ]  # fmt: skip
    if kept:
        op.bulk_insert(sa.table("drafts_aside", *map(sa.column, names)), kept)


def _messages() -> None:
    op.add_column("messages", sa.Column("recipients", sa.JSON(), nullable=True))
    op.add_column("messages", sa.Column("edits", number, nullable=False, server_default="0"))
    op.add_column("messages", sa.Column("let_go_at", sa.Float(), nullable=True))
    op.add_column("messages", sa.Column("edited_at", sa.Float(), nullable=True))
    op.add_column("messages", sa.Column("mentions", sa.JSON(), nullable=True))
    op.create_table(
        "note_texts",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("message", number, sa.ForeignKey("messages.id"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("note_texts_of", "note_texts", ["message"])
    op.create_table(
        "scheduled",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("person", number, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("ticket", number, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("recipients", sa.JSON(), nullable=True),
        sa.Column("seen", number, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("leaves_at", sa.Float(), nullable=False),
        sa.Column("settled_at", sa.Float(), nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("scheduled_of", "scheduled", ["ticket", "settled_at"])
    op.add_column("held", sa.Column("recipients", sa.JSON(), nullable=True))
    op.create_table(
        "saved_replies",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("department", number, sa.ForeignKey("departments.id"), nullable=True),
        sa.Column("owner", number, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", number, nullable=False, server_default="1"),
        sa.Column("removed_at", sa.Float(), nullable=True),
        sqlite_autoincrement=True,
    )


def _tickets() -> None:
    for name, kind in (
        ("archived_at", sa.Float()),
        ("archived_by", number),
        ("merged_into", number),
        ("folder", number),
    ):
        op.add_column("tickets", sa.Column(name, kind, nullable=True))
    op.add_column("tickets", sa.Column("folder_version", number, nullable=False, server_default="1"))
    op.create_table(
        "folders",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("inbox", number, sa.ForeignKey("inboxes.id"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", number, nullable=False, server_default="1"),
        sa.Column("removed_at", sa.Float(), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("folders_of", "folders", ["inbox"])
    op.create_table(
        "merges",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("source", number, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("target", number, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("person", number, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("undone_at", sa.Float(), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("merges_of", "merges", ["source"])


def _labels() -> None:
    op.add_column("labels", sa.Column("version", number, nullable=False, server_default="1"))
    op.add_column("labels", sa.Column("removed_at", sa.Float(), nullable=True))


def _people() -> None:
    op.add_column("people", sa.Column("mails", sa.String(), nullable=False, server_default="none"))
    op.add_column("customers", sa.Column("phone", sa.String(), nullable=True))
    op.create_table(
        "notices",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("person", number, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticket", number, sa.ForeignKey("tickets.id"), nullable=True),
        sa.Column("message", number, sa.ForeignKey("messages.id"), nullable=True),
        sa.Column("by", number, sa.ForeignKey("people.id"), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("read_at", sa.Float(), nullable=True),
        sqlite_autoincrement=True,
    )
    op.create_index("notices_of", "notices", ["person", "read_at"])
    op.create_table(
        "mail_notices",
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("person", number, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("ticket", number, sa.ForeignKey("tickets.id"), nullable=False),
        sa.Column("mailbox", number, sa.ForeignKey("mailboxes.id"), nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("held", number, nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sqlite_autoincrement=True,
    )


def _bin() -> None:
    op.add_column("tickets", sa.Column("erased_at", sa.Float(), nullable=True))
    for name, columns in (
        ("tickets_listed", ["inbox", "queue", "deleted_at", "archived_at", "last_message_at"]),
        ("tickets_counted", ["inbox", "deleted_at", "archived_at", "queue", "owner", "folder"]),
    ):
        op.drop_index(name, "tickets")
        op.create_index(name, "tickets", columns)
    op.create_index("tickets_in_bin", "tickets", ["deleted_at"])
    op.create_index("tickets_in_folder", "tickets", ["folder"])
    # Without these, erasing a message would read the whole of each table for what points at it.
    op.create_index("received_became", "received", ["message"])
    op.create_index("notices_of_message", "notices", ["message"])
    op.create_index("notices_of_ticket", "notices", ["ticket"])
    op.create_index("mail_notices_of", "mail_notices", ["ticket"])
    _what_lies_there()


def _what_lies_there() -> None:
    """What was thrown away before the bin was ever emptied has its days from now on."""
    bind, now = op.get_bind(), time.time()
    thrown = sa.text("UPDATE tickets SET deleted_at = :now WHERE deleted_at IS NOT NULL RETURNING id")
    data = [{"ticket": ticket, "at": now} for ticket in bind.execute(thrown, {"now": now}).scalars().all()]
    if data:
        jobs = sa.table("jobs", sa.column("kind"), sa.column("data", sa.JSON()), sa.column("due_at"))
        op.bulk_insert(jobs, [{"kind": "erase", "data": one, "due_at": now} for one in data])


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup")
