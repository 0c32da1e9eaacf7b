"""Alembic's entry: migrates over the connection that `cases.store` hands in."""

from alembic import context
from sqlmodel import SQLModel

from cases.register import tables  # noqa: F401 - fills the metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
