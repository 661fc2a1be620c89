"""The desk stands."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
sorted_by = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "commands",
        sa.Column("person", number, nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("print", sa.String(), nullable=False),
        sa.Column("status", number, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("person", "id"),
    )
    op.create_index(op.f("ix_commands_at"), "commands", ["at"], unique=False)
    op.create_table(
        "customers",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_folded", sa.String(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "departments",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_folded", sa.String(), nullable=False),
        sa.Column("version", number, server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name_folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "facts",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("version", number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("by_id", number, nullable=True),
        sa.Column("by_name", sa.String(), nullable=True),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("command", sa.String(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("personal", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("mark", number, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("place", "version"),
        sqlite_autoincrement=True,
    )
    op.create_index("facts_by_audience", "facts", ["audience", "id"], unique=False)
    op.create_table(
        "feed",
        sa.Column("position", number, autoincrement=True, nullable=False),
        sa.Column("fact", number, nullable=False),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("fact"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "found_in",
        sa.Column("ticket", number, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("ticket"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("due_at", sa.Float(), nullable=False),
        sa.Column("give_up_at", sa.Float(), nullable=True),
        sa.Column("tries", number, server_default="0", nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", sa.Float(), nullable=True),
        sa.Column("failed_at", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("jobs_due", "jobs", ["failed_at", "due_at"], unique=False)
    op.create_table(
        "kept",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "nodes",
        sa.Column("node", sa.String(), nullable=False),
        sa.Column("beat", number, nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("node"),
    )
    op.create_table(
        "people",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(), server_default="agent", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("email_folded", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("theme", sa.String(), server_default="system", nullable=False),
        sa.Column("rights", number, server_default="1", nullable=False),
        sa.Column("version", number, server_default="1", nullable=False),
        sa.Column("disabled_at", sa.Float(), nullable=True),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email_folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "places",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("version", number, nullable=False),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_table(
        "statuses",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("colour", sa.String(), nullable=False),
        sa.Column("marked", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("builtin", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("rank", number, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "held",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("person", number, nullable=False),
        sa.Column("ticket", number, nullable=False),
        sa.Column("conversation", number, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("seen", number, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("settled_at", sa.Float(), nullable=True),
        sa.Column("settled_as", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("held_open", "held", ["person", "settled_at"], unique=False)
    op.create_table(
        "inboxes",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("department", number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("lock_mode", sa.String(), server_default="write", nullable=False),
        sa.Column("may_force", sa.String(), server_default="anyone", nullable=False),
        sa.Column("version", number, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["department"],
            ["departments.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_inboxes_department"), "inboxes", ["department"], unique=False)
    op.create_table(
        "invitations",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("departments", sa.JSON(), nullable=False),
        sa.Column("made_by", number, nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "labels",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("department", number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_folded", sorted_by, nullable=False),
        sa.Column("alias_of", number, nullable=True),
        sa.ForeignKeyConstraint(
            ["alias_of"],
            ["labels.id"],
        ),
        sa.ForeignKeyConstraint(
            ["department"],
            ["departments.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("department", "name_folded"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "locks",
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("person", number, nullable=True),
        sa.Column("fence", number, nullable=False),
        sa.Column("since", sa.Float(), nullable=False),
        sa.Column("idle_for", sa.Float(), nullable=True),
        sa.Column("until", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("place"),
    )
    op.create_index(op.f("ix_locks_person"), "locks", ["person"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("person", number, nullable=False),
        sa.Column("department", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["department"],
            ["departments.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("person", "department"),
    )
    op.create_index(op.f("ix_memberships_department"), "memberships", ["department"], unique=False)
    op.create_table(
        "resets",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("person", number, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.Column("used_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index("resets_by_person", "resets", ["person"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("person", number, nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("device", sa.String(), server_default="", nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("seen_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_sessions_person"), "sessions", ["person"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("person", number, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("expires_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tokens_person"), "tokens", ["person"], unique=False)
    op.create_table(
        "channels",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("inbox", number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("undo_for", number, server_default="0", nullable=False),
        sa.Column("signature", sa.String(), server_default="", nullable=False),
        sa.Column("removed_at", sa.Float(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inbox"],
            ["inboxes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_channels_inbox"), "channels", ["inbox"], unique=False)
    op.create_table(
        "mailboxes",
        sa.Column("id", number, nullable=False),
        sa.Column("in_kind", sa.String(), nullable=False),
        sa.Column("in_host", sa.String(), nullable=False),
        sa.Column("in_port", number, nullable=False),
        sa.Column("in_security", sa.String(), nullable=False),
        sa.Column("in_user", sa.String(), nullable=False),
        sa.Column("in_password", sa.Text(), nullable=False),
        sa.Column("out_host", sa.String(), nullable=False),
        sa.Column("out_port", number, nullable=False),
        sa.Column("out_security", sa.String(), nullable=False),
        sa.Column("out_user", sa.String(), nullable=False),
        sa.Column("out_password", sa.Text(), nullable=False),
        sa.Column("start", sa.String(), nullable=False),
        sa.Column("days", number, nullable=True),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("start_uid", sa.BigInteger(), nullable=True),
        sa.Column("start_at", sa.Float(), nullable=True),
        sa.Column("since", sa.Float(), nullable=True),
        sa.Column("state", sa.String(), server_default="connecting", nullable=False),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("send_words", sa.Text(), nullable=True),
        sa.Column("checked_at", sa.Float(), nullable=True),
        sa.Column("paused_at", sa.Float(), nullable=True),
        sa.Column("version", number, server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["id"],
            ["channels.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "tickets",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("inbox", number, nullable=False),
        sa.Column("department", number, nullable=False),
        sa.Column("channel", number, nullable=True),
        sa.Column("requester", number, nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("queue", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), server_default="normal", nullable=False),
        sa.Column("owner", number, nullable=True),
        sa.Column("version", number, server_default="1", nullable=False),
        sa.Column("subject_version", number, server_default="1", nullable=False),
        sa.Column("status_version", number, server_default="1", nullable=False),
        sa.Column("priority_version", number, server_default="1", nullable=False),
        sa.Column("inbox_version", number, server_default="1", nullable=False),
        sa.Column("owner_version", number, server_default="1", nullable=False),
        sa.Column("last_number", number, server_default="0", nullable=False),
        sa.Column("head", number, server_default="0", nullable=False),
        sa.Column("conversation", number, nullable=True),
        sa.Column("messages", number, server_default="0", nullable=False),
        sa.Column("preview", sa.String(), server_default="", nullable=False),
        sa.Column("preview_by", sa.String(), server_default="customer", nullable=False),
        sa.Column("made_at", sa.Float(), nullable=False),
        sa.Column("changed_at", sa.Float(), nullable=False),
        sa.Column("last_message_at", sa.Float(), nullable=False),
        sa.Column("deleted_at", sa.Float(), nullable=True),
        sa.Column("deleted_by", number, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["channels.id"],
        ),
        sa.ForeignKeyConstraint(
            ["deleted_by"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["department"],
            ["departments.id"],
        ),
        sa.ForeignKeyConstraint(
            ["inbox"],
            ["inboxes.id"],
        ),
        sa.ForeignKeyConstraint(
            ["owner"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["requester"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["status"],
            ["statuses.key"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tickets_requester"), "tickets", ["requester"], unique=False)
    op.create_index("tickets_counted", "tickets", ["inbox", "deleted_at", "queue", "owner"], unique=False)
    op.create_index("tickets_listed", "tickets", ["inbox", "queue", "deleted_at", "last_message_at"], unique=False)
    op.create_table(
        "conversations",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("ticket", number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("head", number, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_conversations_ticket"), "conversations", ["ticket"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("person", number, nullable=False),
        sa.Column("ticket", number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("sibling", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.id"],
        ),
        sa.PrimaryKeyConstraint("person", "ticket", "kind"),
    )
    op.create_table(
        "fetch_leases",
        sa.Column("mailbox", number, nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("until", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailbox"],
            ["mailboxes.id"],
        ),
        sa.PrimaryKeyConstraint("mailbox"),
    )
    op.create_table(
        "followers",
        sa.Column("ticket", number, nullable=False),
        sa.Column("customer", number, nullable=False),
        sa.Column("accepted", sa.Boolean(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.id"],
        ),
        sa.PrimaryKeyConstraint("ticket", "customer"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("mailbox", number, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("size", number, nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailbox"],
            ["mailboxes.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "ticket_labels",
        sa.Column("ticket", number, nullable=False),
        sa.Column("label", number, nullable=False),
        sa.ForeignKeyConstraint(
            ["label"],
            ["labels.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.id"],
        ),
        sa.PrimaryKeyConstraint("ticket", "label"),
    )
    op.create_index(op.f("ix_ticket_labels_label"), "ticket_labels", ["label"], unique=False)
    op.create_table(
        "messages",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("ticket", number, nullable=False),
        sa.Column("conversation", number, nullable=False),
        sa.Column("number", number, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("agent", number, nullable=True),
        sa.Column("customer", number, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("full_text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("verified", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("seen", number, nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("leaves_at", sa.Float(), nullable=True),
        sa.Column("words", sa.Text(), nullable=True),
        sa.Column("effects", sa.JSON(), nullable=True),
        sa.Column("mail_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent"],
            ["people.id"],
        ),
        sa.ForeignKeyConstraint(
            ["conversation"],
            ["conversations.id"],
        ),
        sa.ForeignKeyConstraint(
            ["customer"],
            ["customers.id"],
        ),
        sa.ForeignKeyConstraint(
            ["ticket"],
            ["tickets.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ticket", "number"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_messages_mail_id"), "messages", ["mail_id"], unique=False)
    op.create_table(
        "attachments",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("message", number, nullable=True),
        sa.Column("uploaded_by", number, nullable=True),
        sa.Column("blob", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", number, nullable=False),
        sa.Column("content_id", sa.String(), nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message"],
            ["messages.id"],
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["people.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_attachments_message"), "attachments", ["message"], unique=False)
    op.create_table(
        "received",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("mailbox", number, nullable=False),
        sa.Column("mail_id", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("became", sa.String(), nullable=False),
        sa.Column("message", number, nullable=True),
        sa.Column("at", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailbox"],
            ["mailboxes.id"],
        ),
        sa.ForeignKeyConstraint(
            ["message"],
            ["messages.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("mailbox", "mail_id", "content"),
        sqlite_autoincrement=True,
    )
    if op.get_bind().dialect.name == "postgresql":
        words = "array_to_tsvector(string_to_array(text, ' '))"
        op.execute(sa.text(f"CREATE INDEX found_words ON found_in USING gin ({words})"))
    else:
        op.execute(sa.text("CREATE VIRTUAL TABLE found USING fts5(text, tokenize='unicode61')"))


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup")
