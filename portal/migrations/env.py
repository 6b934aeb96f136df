"""Alembic on the portal's engine: `prepare` hands over the connection; `flask db …` brings its own."""

from alembic import context
from flask import current_app

from portal.db import Base


def _ours(item, name, kind, reflected, compare_to):  # type: ignore[no-untyped-def]
    """The full-text index is made by hand, not from the models."""
    return not (kind == "table" and name.startswith("families_fts")) and name != "ix_families_search_trigram"


def _run(connection) -> None:  # type: ignore[no-untyped-def]
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=True, include_object=_ours
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with current_app.extensions["migrate"].db.engine.begin() as own:
        _run(own)
