"""A second portal beside the first: an empty one, of another center."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.config import Config
from portal.db import db
from tests.conftest import own_instance


@pytest.fixture
def other(prepared: Config, tmp_path: Path) -> Iterator[Flask]:
    """The portal of another center; enter its context to work in it."""
    folder = tmp_path / "other"
    folder.mkdir()
    with own_instance(prepared, folder) as config:
        app = create_app(config)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
