"""A process that is killed in the middle of its work loses nothing that it had acknowledged."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import audit
from portal.audit import AuditEntry
from portal.config import Config
from portal.db import db, is_sqlite
from tests.factories import make_user

ROOT = Path(__file__).resolve().parents[2]
WRITES = 40


def _environment(config: Config) -> dict[str, str]:
    env = {name: value for name, value in os.environ.items() if name not in ("DEMO", "DATABASE_URL")}
    return env | {"INSTANCE": str(config.instance), "DATABASE_URL": config.database_url}


def _writer(config: Config, user_id: int, name: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.resilience.writer", str(user_id), name]
    return subprocess.Popen(command, cwd=ROOT, env=_environment(config), stdout=subprocess.PIPE, text=True)


def _killed_after(writer: subprocess.Popen[str], writes: int) -> int:
    """Let it write so often, kill it; gives the last number that it acknowledged."""
    assert writer.stdout is not None
    last = 0
    for line in writer.stdout:
        last = int(line)
        if last >= writes:
            break
    writer.kill()
    rest = [int(line) for line in writer.stdout if line.strip()]
    writer.wait(timeout=120)
    writer.stdout.close()
    return max([last, *rest])


def _written(name: str) -> int:
    query = (
        select(func.count())
        .select_from(AuditEntry)
        .where(AuditEntry.data.like(f'%"new": {{"centre_name": "{name}-%'))
    )
    return db.session.scalar(query) or 0


def test_a_killed_process_loses_no_acknowledged_write(app: Flask, config: Config) -> None:
    user = make_user("admin").id
    acknowledged = _killed_after(_writer(config, user, "one"), WRITES)
    assert WRITES <= acknowledged <= _written("one") <= acknowledged + 1
    assert audit.verify()[1] is None


def test_another_goes_on_when_one_of_two_writers_is_killed(app: Flask, config: Config) -> None:
    user = make_user("admin").id
    first, second = _writer(config, user, "first"), _writer(config, user, "second")
    lost = _killed_after(first, WRITES)
    kept = _killed_after(second, WRITES * 2)
    assert lost <= _written("first") <= lost + 1
    assert kept <= _written("second") <= kept + 1
    assert audit.verify()[1] is None
    if is_sqlite():
        assert db.session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


@pytest.mark.parametrize("pauses", [(0.4, 0.7, 1.0, 1.3)])
def test_a_start_that_is_killed_is_finished_by_the_next_one(
    tmp_path: Path, pauses: tuple[float, ...]
) -> None:
    config = Config.load({"INSTANCE": str(tmp_path / "instance")})
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "audit", "verify"]
    for pause in pauses:
        start = subprocess.Popen(
            command, cwd=ROOT, env=_environment(config), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(pause)
        start.kill()
        start.wait(timeout=120)
    done = subprocess.run(
        command, cwd=ROOT, env=_environment(config), capture_output=True, text=True, timeout=300
    )
    assert (done.returncode, done.stdout.startswith("ok:")) == (0, True), done.stderr
