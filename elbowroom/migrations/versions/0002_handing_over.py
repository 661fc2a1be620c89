"""A holder can be asked to hand over; a person can hide, and chooses which alerts she gets."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("inboxes", sa.Column("handover_for", number, nullable=False, server_default="30"))
    op.add_column("people", sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("people", sa.Column("alerts", sa.String(), nullable=False, server_default="all"))
    op.add_column("locks", sa.Column("asked_by", number, nullable=True))
    op.add_column("locks", sa.Column("asked_until", sa.Float(), nullable=True))
    op.add_column("locks", sa.Column("asked_audience", sa.String(), nullable=True))


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup")
