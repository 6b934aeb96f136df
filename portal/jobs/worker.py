"""Doing the jobs: in a process of its own beside those that serve pages, one after another, at low priority."""

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator

from flask import Flask, current_app

from portal import access
from portal.accounts.sessions import visitor
from portal.db import db
from portal.jobs import claims, ending
from portal.jobs.claims import Claim
from portal.jobs.kinds import KINDS
from portal.jobs.work import Progress, Result, Stopped
from portal.rules import RuleBroken

LOOK_EVERY = 2.0  # seconds
WRITE_EVERY = 0.5  # seconds between two words of how far a job is
BEAT_EVERY = 15.0  # seconds, while a single step takes long
TIDY_EVERY = 600.0  # seconds
LARGE = 250 * 1024  # kilobytes: whoever has grown so makes room for a fresh process
NICE = 10  # pages come first; a job that writes must still not keep them waiting for long
_stopping = threading.Event()


def do_next() -> bool:
    """Do the next job, if there is one; False when there was none."""
    ending.give_up()
    claim = claims.take()
    if claim is None:
        return False
    try:
        with _beating(claim):
            result = _made(claim)
        db.session.rollback()
        ending.done(claim, result)
    except Stopped:
        if _stopping.is_set():
            claims.give_back(claim)
    except RuleBroken as broken:
        ending.failed(claim, broken.code[:40])
    except Exception as error:
        kind = f"{claim.kind}: {type(error).__name__}"
        current_app.logger.error("job failed", extra={"kind": kind, "number": claim.job_id})
        ending.failed(claim, "error")
    return True


def _made(claim: Claim) -> Result:
    """The work done, with the rights that its owner has now. Raises RuleBroken, or whatever fails in it."""
    work, user = KINDS.get(claim.kind), visitor(claim.user_id)
    if work is None:
        raise RuleBroken("unknown_job", "")
    if user is None:
        raise RuleBroken("left", "")
    if not access.may(user, work.permission) or not work.may(user, claim.params):
        raise RuleBroken("no_right", "")
    return work.run(claim.params, user, _progress(claim))


def _progress(claim: Claim) -> Progress:
    written = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal written
        if _stopping.is_set():
            raise Stopped
        now = time.monotonic()
        if now - written >= WRITE_EVERY and not db.session().info.get("atomic"):
            written = now
            if not claims.beat(claim, done=done, total=total):
                raise Stopped

    return progress


@contextlib.contextmanager
def _beating(claim: Claim) -> Iterator[None]:
    """Signs of life while a step of the work takes long."""
    app, over = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]

    def beat() -> None:
        while not over.wait(BEAT_EVERY):
            with app.app_context(), contextlib.suppress(Exception):
                claims.beat(claim)

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def work(app: Flask, until_done: bool = False, replaced: bool = False) -> None:
    """Do jobs until the process is to stop; or, `until_done`, until there are none.

    Where it is `replaced`, it also ends once it has grown large.
    """
    tidied = -TIDY_EVERY
    while not _stopping.is_set():
        found = False
        with app.app_context():
            try:
                if time.monotonic() - tidied >= TIDY_EVERY:
                    tidied = time.monotonic()
                    claims.tidy()
                found = do_next()
            except Exception as error:
                app.logger.error("jobs stopped", extra={"kind": type(error).__name__})
            finally:
                db.session.remove()
        if (found and replaced and _is_large()) or (until_done and not found):
            return
        if not found:
            _stopping.wait(LOOK_EVERY)


def _is_large() -> bool:
    import resource  # not on Windows, where the worker is a thread

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > LARGE


def be_humble() -> None:
    """Pages of others come first; what draws papers in many threads keeps to one."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    if hasattr(os, "nice"):
        os.nice(NICE)


def serve(app: Flask, parent: int = 0, until_done: bool = False) -> None:
    """The life of the process: until it is told to stop, or its parent is gone."""
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: _stopping.set())
    be_humble()
    if parent:
        threading.Thread(target=_follow, args=(parent,), name="parent", daemon=True).start()
    work(app, until_done, replaced=bool(parent))


def _follow(parent: int) -> None:
    """Whoever lost the parent serves nobody: a new portal starts a worker of its own."""
    while os.getppid() == parent:
        time.sleep(1)
    _stopping.set()
    time.sleep(10)
    os._exit(0)


def keep_working(app: Flask) -> None:
    """Where processes cannot be forked: in a thread of this one."""
    threading.Thread(target=work, args=(app,), name="jobs", daemon=True).start()
