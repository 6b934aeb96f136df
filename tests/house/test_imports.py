"""Imports point one way: views → actions and queries → rules; nothing imports in a circle."""

import os
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.house.source import ROOT, imports, modules

SPEAKS_HTTP = ("views", "forms")
ASKS_AND_CHANGES = ("queries", "actions", "models")
DISTRIBUTIONS = {
    "flask_babel": "flask-babel", "flask_login": "Flask-Login", "flask_sqlalchemy": "Flask-SQLAlchemy",
    "flask_wtf": "Flask-WTF", "PIL": "pillow", "argon2": "argon2-cffi", "psycopg": "psycopg[binary]",
    "python_calamine": "python-calamine", "docx": "python-docx",
}  # fmt: skip
LATER = {  # what only some requests need: the start does not wait for it, and no worker holds it for nothing
    "alembic", "docx", "docxtpl", "holidays", "icalendar", "lxml", "pikepdf", "PIL", "psycopg", "python_calamine",
    "pytrovich", "segno", "tarfile", "typst", "xlsxwriter",
}  # fmt: skip
UNSEEN = {"tzdata", "psycopg[binary]"}  # used without an import of ours


def test_rules_import_the_standard_library_only() -> None:
    for name in modules():
        if name.startswith("portal.rules"):
            for target in imports(name, lazy=True):
                known = target.split(".")[0] in sys.stdlib_module_names or target.startswith("portal.rules")
                assert known, f"{name} imports {target}"


def test_rules_ask_neither_the_time_nor_chance() -> None:
    for name in modules():
        if name.startswith("portal.rules"):
            assert not imports(name, lazy=True) & {"time", "random", "secrets", "os"}, name


def test_views_are_imported_by_their_feature_and_the_factory_alone() -> None:
    for name in modules():
        if name != "portal":
            package = name.rpartition(".")[0] + "."
            views = {target for target in imports(name, lazy=True) if target.endswith("views")}
            assert all(target.startswith(package) for target in views), f"{name} imports {views}"


def test_queries_actions_and_models_know_no_views_and_no_forms() -> None:
    for name in modules():
        if name.rpartition(".")[2] in ASKS_AND_CHANGES:
            wrong = {t for t in imports(name, lazy=True) if t.endswith(SPEAKS_HTTP)}
            assert not wrong, f"{name} imports {wrong}"


def test_queries_import_no_actions() -> None:
    for name in modules():
        if name.endswith(".queries"):
            wrong = {t for t in imports(name, lazy=True) if t.endswith(".actions")}
            assert not wrong, f"{name} imports {wrong}"


def test_models_import_no_queries_and_no_actions() -> None:
    for name in modules():
        if name.endswith(".models"):
            wrong = {t for t in imports(name, lazy=True) if t.endswith((".actions", ".queries"))}
            assert not wrong, f"{name} imports {wrong}"


def test_nothing_imports_in_a_circle() -> None:
    graph = {name: {t for t in imports(name) if t in modules() and t != name} for name in modules()}
    for name in graph:  # `from portal import db` is an import of portal.db, not of the factory
        graph[name] -= {"portal"}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise AssertionError(f"a circle: {' → '.join(error.args[1])}") from None


def test_nobody_imports_the_factory() -> None:
    for name in modules():
        assert "portal" not in imports(name, lazy=True), f"{name} imports create_app's module"


def test_what_is_imported_is_what_is_pinned() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line]
    pinned = {line.split("==")[0].strip().casefold() for line in lines}
    seen = {t.split(".")[0] for name in modules() for t in imports(name, lazy=True)}
    seen |= {"gunicorn", "waitress"}  # serve.py
    foreign = {name for name in seen if name not in sys.stdlib_module_names and name != "portal"}
    assert {DISTRIBUTIONS.get(name, name).casefold() for name in foreign} | UNSEEN == pinned


def test_the_portal_starts_without_what_only_some_requests_need(tmp_path: Path) -> None:
    code = "import sys, serve; serve.create_app(); print(*sys.modules)"
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DEMO")}
    for _ in range(2):  # the first start prepares the instance
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True, text=True, check=True, cwd=ROOT, env=env | {"INSTANCE": str(tmp_path)},
        )  # fmt: skip
    assert "portal.web" in done.stdout.split()
    assert not LATER.intersection(done.stdout.split())
