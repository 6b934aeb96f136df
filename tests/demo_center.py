"""The demo center, seeded once for a whole run of the tests on SQLite: seeding passes a year and takes long."""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal import create_app
from portal.config import Config
from portal.db import db
from portal.demo.seed import seed


def demo_config(instance: Path) -> Config:
    """The settings of a demo instance."""
    from tests.conftest import AFTERNOON

    env = {"INSTANCE": str(instance), "LOG_LEVEL": "ERROR", "TIMEZONE": AFTERNOON, "DEMO": "1"}
    return Config.load(env)


def seeded(factory: pytest.TempPathFactory) -> Path:
    """The seeded instance of the run, made by whichever of its processes asks first. Work on a copy of it."""
    run = factory.getbasetemp()
    run = run.parent if "PYTEST_XDIST_WORKER" in os.environ else run
    instance, done = run / "demo-center", run / "demo-center.done"
    with (run / "demo-center.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            shutil.rmtree(instance, ignore_errors=True)  # of one that was broken off
            with opened(instance):
                seed()
            done.touch()
    return instance


@contextlib.contextmanager
def opened(instance: Path) -> Iterator[Flask]:
    """The portal on the instance, in an application context."""
    app = create_app(demo_config(instance))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
