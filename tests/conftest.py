"""Every test gets its own instance and its own database, on SQLite and on PostgreSQL."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from portal import create_app, memory
from portal.config import Config
from portal.db import db
from tests.client import Client
from tests.quick import collect_less, remember_routes, remember_statements
from tests.reuse import app_for

remember_routes()
remember_statements()

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "")
BACKENDS = ("sqlite", "postgresql")
HERE = Path(__file__).parent
LONG = ("journeys", "lists", "stateful", "resilience", "test_audit_names.py")

# It is two in the afternoon at the centre, whatever hour the tests run: a visit of this morning is over,
# and no day ends in the middle of a test.
AFTERNOON = f"Etc/GMT{datetime.now(UTC).hour - 14:+d}"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever touches the database runs on both."""
    if "backend" in metafunc.fixturenames:
        metafunc.parametrize("backend", BACKENDS, scope="session", indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first: at the end the processes share what is short, and none waits for another."""
    items.sort(key=lambda item: item.path.relative_to(HERE).parts[0] not in LONG)


def pytest_collection_finish() -> None:
    """Before the first test."""
    collect_less()


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """The database under test."""
    name: str = request.param
    if name == "postgresql" and not POSTGRESQL:
        message = "no PostgreSQL for the tests: run `make test`, or set TEST_DATABASE_URL"
        pytest.fail(message) if os.environ.get("CI") == "true" else pytest.skip(message)
    return name


@cache
def _server() -> psycopg.Connection:
    return psycopg.connect(POSTGRESQL, autocommit=True)


def _admin(statement: str) -> None:
    _server().execute(statement)  # type: ignore[call-overload]


def _url(name: str) -> str:
    return POSTGRESQL.rpartition("/")[0] + "/" + name


def _drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of compiled templates of the whole run: they are the same for all its processes and databases."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "templates"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory, backend: str) -> Iterator[Config]:
    """An instance prepared once, through the migrations; tests start from copies of it."""
    instance, name = tmp_path_factory.mktemp(f"prepared-{backend}"), f"prepared_{uuid4().hex[:12]}"
    env = {"INSTANCE": str(instance), "LOG_LEVEL": "ERROR", "TIMEZONE": AFTERNOON}
    if backend == "postgresql":
        _admin(f"CREATE DATABASE {name}")
        env["DATABASE_URL"] = _url(name)
    config = Config.load(env)
    (instance / "templates").symlink_to(_drawn_once(tmp_path_factory))
    app = create_app(config)
    with app.app_context():
        db.engine.dispose()
    yield config
    if backend == "postgresql":
        _admin(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def own_instance(prepared: Config, folder: Path) -> Iterator[Config]:
    """The settings of an instance of one's own, with its database, a copy of the prepared one."""
    instance, name = folder / "instance", f"test_{uuid4().hex[:12]}"
    shutil.copytree(prepared.instance, instance, ignore=shutil.ignore_patterns("templates"))
    (instance / "templates").symlink_to(prepared.instance / "templates")
    env = {"INSTANCE": str(instance), "LOG_LEVEL": "ERROR", "TIMEZONE": AFTERNOON}
    if prepared.database_url:
        template = prepared.database_url.rpartition("/")[2]
        _admin(
            f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"
        )  # a third quicker than the default
        env["DATABASE_URL"] = _url(name)
    yield Config.load(env)
    if prepared.database_url:
        _admin(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def config(prepared: Config, tmp_path: Path) -> Iterator[Config]:
    """The settings of this test's own instance."""
    with own_instance(prepared, tmp_path) as config:
        yield config


@pytest.fixture
def app(config: Config) -> Iterator[Flask]:
    """The portal on a database of its own; an application context is open."""
    app = app_for(config)
    app.config["TESTING"] = True
    with app.app_context():
        engine = db.engine

        def forget(_connection: object) -> None:
            """Rows of tests are not audited."""
            memory.forget(app)

        event.listen(engine, "commit", forget)
        yield app
        event.remove(engine, "commit", forget)  # what an engine holds keeps its app alive for ever
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser without JavaScript that looks at every page it opens."""
    return Client(app)
