"""Alembic on the connection that `portal.prepare` hands over."""

from alembic import context

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


_run(context.config.attributes["connection"])
