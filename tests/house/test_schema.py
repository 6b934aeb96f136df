"""The migrated schema is what the models say; every endpoint is declared; GET changes nothing."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import text

from portal import access, prepare
from portal.db import Base, db
from tests.house.source import PORTAL

BY_HAND = re.compile("families_fts|ix_families_search_trigram")  # the full-text index, not of the models


def _ours(_item: object, name: str | None, *_: object) -> bool:
    return not BY_HAND.match(name or "")


def test_the_migrations_build_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _ours, "compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_checks_and_indexes_are_in_the_database(app: Flask) -> None:
    """compare_metadata does not see CHECK constraints and the conditions of partial indexes."""
    if db.engine.dialect.name == "sqlite":
        query = "SELECT group_concat(sql, ' ') FROM sqlite_master"
    else:
        query = "SELECT string_agg(conname, ' ') FROM pg_constraint"
    with db.engine.connect() as connection:
        known = connection.scalar(text(query)) or ""
    for table in Base.metadata.tables.values():
        for constraint in table.constraints:
            assert constraint.name is None or str(constraint.name) in known, (
                f"{table.name}: {constraint.name}"
            )


def test_partial_indexes_are_partial(app: Flask) -> None:
    catalogue = "sqlite_master" if db.engine.dialect.name == "sqlite" else "pg_indexes"
    columns = "name, sql" if catalogue == "sqlite_master" else "indexname, indexdef"
    with db.engine.connect() as connection:
        known = {
            name: sql or "" for name, sql in connection.execute(text(f"SELECT {columns} FROM {catalogue}"))
        }
    for table in Base.metadata.tables.values():
        for index in table.indexes:
            assert str(index.name) in known, index.name
            partial = index.dialect_options["sqlite"]["where"] is not None
            assert ("WHERE" in known[str(index.name)]) == partial, index.name


def test_the_schema_constant_is_the_newest_revision() -> None:
    names = sorted(path.stem for path in (PORTAL / "migrations" / "versions").glob("[0-9]*.py"))
    revisions = [re.match(r"\d+", name)[0] for name in names]  # type: ignore[index]
    assert revisions == [f"{n:04}" for n in range(1, len(names) + 1)]
    assert revisions[-1] == prepare.SCHEMA


def test_every_endpoint_declares_who_may(app: Flask) -> None:
    access.check_declared(app)
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(app.view_functions)


def test_an_endpoint_that_declares_nothing_does_not_start(app: Flask) -> None:
    app.view_functions["silent.view"] = lambda: "open to everybody"
    with pytest.raises(RuntimeError, match=r"silent\.view"):
        access.check_declared(app)


def test_every_permission_is_granted_and_asked_for(app: Flask) -> None:
    granted = access.ALWAYS.union(*access.GRANTS.values())
    assert granted == set(access.Permission)
    sources = [path.read_text() for path in PORTAL.rglob("*.py") if path.name != "access.py"]
    sources += [path.read_text() for path in (PORTAL.parent / "templates").rglob("*.html")]
    for permission in access.Permission:
        assert any(re.search(rf"\b(Permission|P)\.{permission.name}\b", source) for source in sources), (
            permission
        )
