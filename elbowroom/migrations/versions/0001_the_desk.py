"""The desk stands."""

import sqlalchemy as sa
from alembic import op

import elbowroom.app  # noqa: F401  every table
from elbowroom.kit.db import metadata

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    metadata.create_all(op.get_bind())
    op.execute(sa.text("CREATE VIRTUAL TABLE IF NOT EXISTS found USING fts5(text, tokenize='unicode61')"))


def downgrade() -> None:
    raise NotImplementedError("go back by restoring a backup")
