"""Counts come from an index alone, what was merged into a ticket is found by one, and no recipients is no value."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("merges_into", "merges", ["target"])
    op.create_index("tickets_merged", "tickets", ["merged_into"])
    op.drop_index("tickets_counted", "tickets")
    counted = ["inbox", "deleted_at", "archived_at", "merged_into", "queue", "owner", "folder"]
    op.create_index("tickets_counted", "tickets", counted)
    bind = op.get_bind()
    for name in ("messages", "held", "scheduled"):  # where it was written as the JSON value null, nobody found it
        table = sa.table(name, sa.column("recipients"))
        without = table.update().where(sa.cast(table.c.recipients, sa.Text) == "null")
        bind.execute(without.values(recipients=sa.null()))
    bind.execute(sa.table("notices", sa.column("ticket")).update().values(ticket=sa.null()))  # its message tells which


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup")
