"""Alembic's entry: migrations run on the connection that `tasks.database.migrate` hands over."""

from alembic import context

from schemas.tables import metadata


def run() -> None:
    """Run inside the caller's transaction, so that a half-migrated schema cannot be left behind."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    context.run_migrations()


run()
