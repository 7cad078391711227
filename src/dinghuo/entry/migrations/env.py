"""Alembic's entry point: runs on a connection handed over by `entry.migrate`, as the owner role."""

from alembic import context

from dinghuo.entry.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, compare_type=True, transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
