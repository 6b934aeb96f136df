"""Everything for the owner of the data: whole, readable, without secrets."""

import ast
import hashlib
import importlib
import json
import re
from pathlib import Path
from zipfile import ZipFile

from flask import Flask
from sqlalchemy import func, select

from portal import audit, files
from portal.audit import AuditEntry, Event
from portal.db import Base, db
from portal.whole_export import FOLDERS, PASSING, SECRET_COLUMNS, SECRET_TABLES, export
from tests.access import world
from tests.factories import make_user
from tests.house.source import modules

for module in (one for one in modules() if one.endswith("models")):
    importlib.import_module(module)
SUSPECT = re.compile("password|token|hash|secret|ticket|claim$|^key")
NO_SECRET = {  # looks like one, and opens nothing
    *(("audit_entries", "hash"), ("audit_head", "hash")),
    *(("former_rows", "key"), ("import_rows", "key"), ("plan_goals", "key"), ("plan_measures", "key")),
}


def test_all_rows_and_files_are_there_and_agree_with_the_manifest(app: Flask, tmp_path: Path) -> None:
    world.build(app)
    name, _digest = files.keep(b"a scan of tests")
    manifest = export(tmp_path / "all.zip")
    counts = {
        table.name: db.session.scalar(select(func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
        if table.name not in SECRET_TABLES
    }
    counts["audit_entries"] -= 1  # that of the export itself
    assert manifest["tables"] == counts
    assert counts["families"] > 3 and counts["journal_entries"] > 3
    with ZipFile(tmp_path / "all.zip") as archive:
        assert archive.read(f"files/uploads/{name}") == b"a scan of tests"
        assert json.loads(archive.read("manifest.json")) == manifest
        assert {one["path"] for one in manifest["files"]} | {"manifest.json"} == set(archive.namelist())
        for one in manifest["files"]:
            data = archive.read(one["path"])
            assert (one["size"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
        rows = [json.loads(line) for line in archive.read("tables/families.jsonl").decode().splitlines()]
    assert rows[0]["surname"] and "T" in rows[0]["created_at"]
    told = {name: value for name, value in manifest.items() if name != "digest"}
    body = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert manifest["digest"] == hashlib.sha256(body.encode()).hexdigest()


def test_no_secret_is_in_it(app: Flask, tmp_path: Path) -> None:
    user = make_user("head")
    export(tmp_path / "all.zip")
    with ZipFile(tmp_path / "all.zip") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert user.password_hash and user.password_hash.encode() not in whole
    assert b"$argon2" not in whole
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if SUSPECT.search(column.name) and table.name not in SECRET_TABLES:
                pair = (table.name, column.name)
                assert pair in SECRET_COLUMNS | NO_SECRET, f"{pair}: a secret, or in NO_SECRET?"


def test_every_folder_of_sealed_files_is_exported_or_said_to_pass(app: Flask) -> None:
    """Whoever seals files in a folder of their own says here whether its owner gets them."""
    known = {*FOLDERS, *PASSING}
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Assign)
                and any(isinstance(one, ast.Name) and one.id == "FOLDER" for one in node.targets)
                and isinstance(node.value, ast.Constant)
            ):
                assert node.value.value in known, f"{name}: {node.value.value}"


def test_the_command_says_what_it_made_and_overwrites_nothing(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    done = app.test_cli_runner().invoke(args=["export", str(file)])
    assert done.exit_code == 0 and "ok:" in done.output and "not encrypted" in done.output
    assert file.stat().st_mode & 0o077 == 0
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.event == Event.ALL_EXPORTED)).one()
    assert json.loads(entry.data)["new"]["digest"] in done.output
    before = file.read_bytes()
    again = app.test_cli_runner().invoke(args=["export", str(file)])
    assert again.exit_code == 1 and file.read_bytes() == before
    nowhere = app.test_cli_runner().invoke(args=["export", str(file.parent / "none" / "all.zip")])
    assert (
        nowhere.exit_code == 1 and "cannot be written" in nowhere.output and nowhere.output.count("\n") == 1
    )
    assert audit.verify()[1] is None
