"""Jobs outlive the processes that do them: killed, stopped, or two of them at once; and serve.py starts one."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import update

from portal import audit, clock, files
from portal.config import Config
from portal.db import db, technical
from portal.jobs import actions, queries
from portal.jobs.kinds import KINDS
from portal.jobs.models import Job
from tests.factories import make_user
from tests.ports import free_port
from tests.resilience.job_worker import SLOW, STEPS
from tests.resilience.test_kill import ROOT, _environment

COMMAND = [sys.executable, "-m", "tests.resilience.job_worker"]


@pytest.fixture(autouse=True)
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kind of work is known to whoever asks for it too."""
    monkeypatch.setitem(KINDS, "slow", SLOW)


def start(config: Config, *options: str) -> subprocess.Popen[str]:
    """A process that does jobs."""
    return subprocess.Popen(
        [*COMMAND, *options], cwd=ROOT, env=_environment(config), stdout=subprocess.PIPE, text=True
    )


def ask(user_id: int, pause: int = 20) -> int:
    return actions.begin("slow", {"pause": pause}, user_id)


def job(job_id: int) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def wait_for_step(process: subprocess.Popen[str], step: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == f"step {step}":
            return
    raise AssertionError("the worker ended before")


def finish(process: subprocess.Popen[str]) -> str:
    rest, _ = process.communicate(timeout=120)
    return rest


def test_a_killed_job_is_done_by_the_next_process(app: Flask, config: Config) -> None:
    job_id = ask(make_user("specialist").id)
    first = start(config)
    wait_for_step(first, 3)
    first.kill()
    finish(first)
    assert (job(job_id).state, job(job_id).tries) == ("running", 1)
    with technical() as s:  # a minute later
        s.execute(update(Job).values(claimed_at=clock.now() - timedelta(minutes=2)))
    rest = finish(start(config, "--until-done"))
    assert rest.count("step 0") == 1
    found = job(job_id)
    assert (found.state, found.tries, found.done) == ("done", 2, STEPS)
    assert files.read(found.file, "results") == b"slow"
    assert audit.verify()[1] is None


def test_a_process_that_is_told_to_stop_gives_its_job_back(app: Flask, config: Config) -> None:
    job_id = ask(make_user("specialist").id)
    first = start(config)
    wait_for_step(first, 1)
    first.send_signal(signal.SIGTERM)
    finish(first)
    assert first.returncode == 0
    assert (job(job_id).state, job(job_id).tries) == ("waiting", 0)


def test_two_processes_share_the_work_and_do_nothing_twice(app: Flask, config: Config) -> None:
    users = [make_user("specialist").id for _ in range(6)]
    ids = [ask(user, pause=2) for user in users for _ in range(2)]
    both = [start(config, "--until-done") for _ in range(2)]
    steps = [finish(one).count("step 0") for one in both]
    assert sum(steps) == len(ids)
    assert {(job(one).state, job(one).tries) for one in ids} == {("done", 1)}
    assert len(list((Path(config.instance) / "results").iterdir())) == len(ids)


@pytest.fixture
def served(app: Flask, config: Config) -> Iterator[subprocess.Popen[bytes]]:
    """The portal as it is served."""
    env = _environment(config) | {"PORT": str(free_port()), "HOST": "127.0.0.1"}
    process = subprocess.Popen([sys.executable, "serve.py"], cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    yield process
    if process.poll() is None:
        process.terminate()
    process.wait(timeout=60)


def humble(parent: int) -> list[int]:
    """The children of the process that run at low priority."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(one) for one in children if os.getpriority(os.PRIO_PROCESS, int(one)) >= 10]


def until(found: object, seconds: float = 60) -> object:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := found():  # type: ignore[operator]
            return value
        time.sleep(0.2)
    raise AssertionError("it did not come to be")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked at in /proc")
def test_the_served_portal_does_jobs_and_replaces_the_process_that_does_them(
    app: Flask, served: subprocess.Popen[bytes]
) -> None:
    (first,) = until(lambda: humble(served.pid))  # type: ignore[misc]
    os.kill(first, signal.SIGKILL)
    (second,) = until(lambda: [one for one in humble(served.pid) if one != first])  # type: ignore[misc]
    params = {"codes": ["family-card"], "whose": "mine", "as": "pdf"}
    job_id = actions.begin("papers.families", params, make_user("specialist").id)
    until(lambda: job(job_id).state == "failed")
    assert job(job_id).problem == "nothing_to_make"
    assert queries.stuck_since() is None
    served.terminate()
    served.wait(timeout=60)
    until(lambda: not Path(f"/proc/{second}").exists())


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are looked at in /proc")
def test_the_process_of_the_jobs_does_not_outlive_a_killed_portal(
    app: Flask, served: subprocess.Popen[bytes]
) -> None:
    (jobs,) = until(lambda: humble(served.pid))  # type: ignore[misc]
    others = Path(f"/proc/{served.pid}/task/{served.pid}/children").read_text().split()
    served.kill()
    until(lambda: not any(_lives(int(one)) for one in (jobs, *others)))


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
