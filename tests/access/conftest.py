"""The centre of tests/access/world.py, built once for each database; changes are tried, never kept."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from portal import create_app
from portal.config import Config
from portal.db import db
from tests.access.world import World, build
from tests.conftest import AFTERNOON, _admin, _url


@pytest.fixture(scope="session")
def world(prepared: Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The centre; no application context is open."""
    instance: Path = tmp_path_factory.mktemp("world") / "instance"
    shutil.copytree(prepared.instance, instance, ignore=shutil.ignore_patterns("templates"))
    (instance / "templates").symlink_to(prepared.instance / "templates")
    env = {"INSTANCE": str(instance), "LOG_LEVEL": "ERROR", "TIMEZONE": AFTERNOON}
    name = f"world_{uuid4().hex[:12]}"
    if prepared.database_url:
        _admin(f"CREATE DATABASE {name} TEMPLATE {prepared.database_url.rpartition('/')[2]}")
        env["DATABASE_URL"] = _url(name)
    app = create_app(Config.load(env))
    app.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    with app.app_context():
        made = build(app)
        db.session.remove()
    yield made
    with app.app_context():
        db.engine.dispose()
    if prepared.database_url:
        _admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actions run to their end, and are taken back."""
    monkeypatch.setattr(Session, "commit", Session.rollback)
