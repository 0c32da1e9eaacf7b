"""Alembic's entry: migrates over the connection that `cases.store` hands in."""

from alembic import context

from cases import tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=tables.SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
