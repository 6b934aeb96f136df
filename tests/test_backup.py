"""Backups: whole, encrypted, without the key, kept for two weeks, restored by unpacking."""

import os
import shutil
import tarfile
import time
from pathlib import Path

import pytest
from flask import Flask

from portal import backup, create_app, files
from portal.config import Config
from portal.db import db, is_sqlite
from portal.families.models import Family
from tests.factories import make_family


def test_a_backup_restores_to_the_same_center(app: Flask, config: Config, tmp_path: Path) -> None:
    family, (name, _digest) = make_family("Редкая"), files.keep(b"a scan")
    paper, _digest = files.keep(b"a registered paper", "papers")
    made = backup.make()
    with tarfile.open(made) as tar:
        names = tar.getnames()
        assert {f"uploads/{name}", f"papers/{paper}"} <= set(names)
        assert not any("key" in one for one in names)
        tar.extractall(tmp_path / "restored", filter="data")
    if not is_sqlite():
        assert "portal.db" not in names
        return
    assert "Редкая".encode() not in (tmp_path / "restored" / "portal.db").read_bytes()
    shutil.copy(config.instance / "master.key", tmp_path / "restored")
    again = create_app(Config.load({"INSTANCE": str(tmp_path / "restored"), "LOG_LEVEL": "ERROR"}))
    with again.app_context():
        assert db.session.get_one(Family, family.id).surname == "Редкая"
        assert files.read(name) == b"a scan"
        assert files.read(paper, "papers") == b"a registered paper"
        db.session.remove()
        db.engine.dispose()


def test_fourteen_are_kept(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(20):
        (backup.folder() / f"portal-2026-01-{day + 1:02}-000000.tar").write_bytes(b"")
    newest = backup.make()
    left = backup.backups()
    assert len(left) == backup.KEPT and left[-1] == newest


def test_one_a_day_is_made(app: Flask) -> None:
    first = backup.make_if_due()
    assert first is not None and backup.make_if_due() is None
    old = time.time() - backup.EVERY - 60
    os.utime(first, (old, old))
    assert backup.make_if_due() is not None


def test_a_backup_that_fails_leaves_nothing_half_done(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(tarfile.TarFile, "add", failing)
    monkeypatch.setattr(backup, "copy_to", failing)
    files.keep(b"a scan")
    with pytest.raises(OSError, match="disk is full"):
        backup.make()
    assert [path.name for path in backup.folder().iterdir()] == []
