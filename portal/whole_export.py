"""Everything for the owner of the data, to be read by any program: `flask --app wsgi export FILE.zip`.

A table is a file of JSON lines, sealed files lie unsealed under the name by which their rows name them, a manifest
counts the rows and has the sha256 of each file. Secrets stay behind: what is named here, and nothing else.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from flask import current_app
from sqlalchemy import Table, select

from portal import audit, clock, files
from portal.audit import Event
from portal.db import Base, atomic, db, one_moment
from portal.settings import queries as settings
from portal.settings.models import Setting

FORMAT = 1
FOLDERS = ("uploads", "papers")  # where files lie that rows name
PASSING = (
    "pending",
    "brought_in",
    "handed_out",
    "results",
)  # made anew or brought again: dropped after hours
SECRET_TABLES = {  # by which somebody could sign in, or which only their writer may read
    "login_sessions",
    "login_attempts",
    "password_links",
    "calendar_feeds",
    "drafts",
}
SECRET_COLUMNS = {
    ("users", "password_hash"),
    ("session_feedback", "ticket"),  # who spoke may not be found out
    ("jobs", "claim"),
    ("mails", "claim"),
}


def export(path: Path) -> dict[str, Any]:
    """Write the archive, readable by its owner alone; gives its manifest. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as out, ZipFile(out, "w", ZIP_DEFLATED) as archive, one_moment():
            manifest = _written(archive)
        with atomic() as s:
            new = {"digest": manifest["digest"], "files": len(manifest["files"])}
            audit.record(s, Event.ALL_EXPORTED, None, s.get_one(Setting, "demo"), new=new)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return manifest


def tables() -> list[Table]:
    """The tables that are exported, each behind those it refers to."""
    return [table for table in Base.metadata.sorted_tables if table.name not in SECRET_TABLES]


def _written(archive: ZipFile) -> dict[str, Any]:
    lines: list[dict[str, Any]] = []
    counts = {}
    for table in tables():
        with _Entry(archive, f"tables/{table.name}.jsonl", lines) as entry:
            counts[table.name] = sum(entry.write(_line(row)) for row in _rows(table))
    for folder in FOLDERS:
        for name in _sealed(folder):
            with _Entry(archive, f"files/{folder}/{name}", lines) as entry:
                entry.write(files.read(name, folder))
    manifest: dict[str, Any] = {
        "kind": "portal",
        "format": FORMAT,
        "center": settings.value("centre_name"),
        "made_at": clock.now().isoformat(),
        "tables": counts,
        "left_out": sorted([*SECRET_TABLES, *(".".join(pair) for pair in SECRET_COLUMNS)]),
        "files": lines,
    }
    body = json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    manifest["digest"] = hashlib.sha256(body.encode()).hexdigest()
    archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=1))
    return manifest


class _Entry:
    """A file of the archive, written bit by bit; its size and sum go onto the manifest's list."""

    def __init__(self, archive: ZipFile, path: str, lines: list[dict[str, Any]]) -> None:
        self.path, self.lines = path, lines
        self.size, self.sum = 0, hashlib.sha256()
        self.file: IO[bytes] = archive.open(path, "w", force_zip64=True)

    def __enter__(self) -> "_Entry":
        return self

    def write(self, data: bytes) -> int:
        """One more line; gives 1."""
        self.file.write(data)
        self.sum.update(data)
        self.size += len(data)
        return 1

    def __exit__(self, *_error: object) -> None:
        self.file.close()
        self.lines.append({"path": self.path, "size": self.size, "sha256": self.sum.hexdigest()})


def _rows(table: Table) -> Iterator[dict[str, Any]]:
    columns = [one for one in table.columns if (table.name, one.name) not in SECRET_COLUMNS]
    query = select(*columns).order_by(*table.primary_key.columns).execution_options(yield_per=1_000)
    for row in db.session.execute(query).mappings():
        yield dict(row)


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no value of a table")


def _sealed(folder: str) -> list[str]:
    place = Path(current_app.config["INSTANCE"]) / folder
    return sorted(one.name for one in place.iterdir()) if place.is_dir() else []
