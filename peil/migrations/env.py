"""Alembic's entry: it runs the revisions on the connection, and inside the transaction, of `peil.migrating`."""

from __future__ import annotations

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True, transactional_ddl=False)
context.run_migrations()
