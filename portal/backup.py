"""Backups: once a day by itself, or by `flask --app wsgi backup`. The key is not in them: it is kept apart."""

import contextlib
import os
import threading
import time
from pathlib import Path

from flask import Flask, current_app

from portal import clock
from portal.db import copy_to, db, is_sqlite

KEPT = 14
FOLDERS = ("uploads", "papers")  # of sealed files
EVERY = 24 * 3600
LOOK_EVERY = 600


def folder() -> Path:
    """Where the backups lie; point a copying tool or another disk here."""
    path = Path(current_app.config["INSTANCE"]) / "backups"
    path.mkdir(exist_ok=True, mode=0o700)
    return path


def backups() -> list[Path]:
    """The backups there are, the oldest first."""
    return sorted(folder().glob("portal-*.tar"))


def make() -> Path:
    """Write one whole backup: the encrypted database (SQLite) as of one moment, and the sealed uploads and papers.

    PostgreSQL is left to pg_dump. A backup half written has another name, so that it is never taken for one.
    """
    import tarfile  # only who writes a backup needs it

    name = f"portal-{clock.local(clock.now()):%Y-%m-%d-%H%M%S}.tar"
    half = folder() / f".{name}.half"
    copy = folder() / ".database.half"
    copy.unlink(missing_ok=True)
    try:
        with tarfile.open(half, "w") as tar:
            if is_sqlite():
                copy_to(copy)
                tar.add(copy, "portal.db")
            for name_of in FOLDERS:
                sealed = Path(current_app.config["INSTANCE"]) / name_of
                if sealed.is_dir():
                    tar.add(sealed, name_of)
        with open(half, "rb") as file:
            os.fsync(file.fileno())
        half.chmod(0o600)
        half.replace(folder() / name)
    finally:
        copy.unlink(missing_ok=True)
        half.unlink(missing_ok=True)
    for old in backups()[:-KEPT]:
        old.unlink()
    return folder() / name


def is_due() -> bool:
    """Whether the newest backup is a day old, or there is none."""
    newest = max((path.stat().st_mtime for path in backups()), default=0.0)
    return time.time() - newest >= EVERY


def make_if_due() -> Path | None:
    """A backup unless there is one of the last day; of several processes one makes it."""
    with contextlib.suppress(FileExistsError):
        lock = folder() / ".lock"
        if lock.exists() and time.time() - lock.stat().st_mtime > EVERY:
            lock.unlink(missing_ok=True)  # left by a process that was killed
        os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
        try:
            return make() if is_due() else None
        finally:
            lock.unlink(missing_ok=True)
    return None


def keep_daily(app: Flask) -> None:
    """Look every ten minutes, in a thread of its own, whether a backup is due."""

    def watch() -> None:
        while True:
            with app.app_context():
                try:
                    made = make_if_due()
                    if made:
                        app.logger.info("backup made", extra={"at": made.name})
                except Exception as error:
                    app.logger.error("backup failed", extra={"kind": type(error).__name__})
                finally:
                    db.session.remove()
            time.sleep(LOOK_EVERY)

    threading.Thread(target=watch, name="backup", daemon=True).start()
