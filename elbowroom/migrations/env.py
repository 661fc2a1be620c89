"""Alembic's own entry; the connection is handed in by kit.stores.forming."""

from alembic import context

from elbowroom.kit.db import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True,
    transactional_ddl=True,
)  # fmt: skip
with context.begin_transaction():
    context.run_migrations()
