"""Serve the portal: gunicorn on Linux, waitress on Windows.

HOST and PORT say where; DEMO=1 fills a demo centre first.
"""

import gc

if __name__ == "__main__":
    gc.disable()  # what the start loads stays: to look for garbage in it again and again takes a fifth of its time

import contextlib
import os
import signal
import socket
import sys
from itertools import count
from multiprocessing import get_context
from typing import Any

from flask import Flask

from portal import backup, create_app
from portal.config import Config, ConfigError
from portal.db import db
from portal.errors import refused_outside
from portal.jobs import worker as jobs
from portal.mail import sending

PROCESSES, THREADS = 2, 4


def address() -> tuple[str, int]:
    """HOST and PORT. Raises ConfigError for a port that is no number or is taken."""
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    if not port.isdecimal() or not 1 <= int(port) <= 65535:
        raise ConfigError(f"PORT must be a whole number from 1 to 65535, not {port!r}.")
    try:
        family, *_, target = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except OSError as error:
        raise ConfigError(
            f"HOST {host}, PORT {port} cannot be used: {error.strerror}. Choose another PORT."
        ) from None
    return host, int(port)


def fill_demo() -> None:
    """The demo centre, where DEMO=1 asks for one that is not there yet.

    In a process of its own: what draws its papers starts threads, and those are missing in the workers
    forked after that, where each paper would wait for them for ever. Raises SystemExit where it failed.
    """
    if not Config.load().demo:
        return
    if sys.platform == "win32":  # there is one process, and nothing is forked
        _seed()
        return
    filling = get_context("fork").Process(target=_seed, name="demo")
    filling.start()
    filling.join()
    if filling.exitcode:
        raise SystemExit(1)


def _seed() -> None:
    from portal.demo.seed import seed

    gc.enable()
    app = create_app()
    with app.app_context():
        print(seed(), file=sys.stderr, flush=True)
        db.session.remove()
        db.engine.dispose()


def _portal() -> Flask:
    """The portal, loaded once for all workers: no connection crosses the fork, and what was loaded stays shared."""
    app = create_app()
    gc.freeze()
    gc.enable()
    with app.app_context():
        db.engine.dispose()
    gc.collect()
    gc.freeze()
    return app


def _place(arbiter: Any, worker: Any) -> None:
    """Give each worker a core of its own, where there are several.

    A worker runs one thread at a time; on two cores its threads chase each other, which costs a sixth.
    """
    taken = {other.core for other in arbiter.WORKERS.values()}
    worker.core = next(number for number in count() if number not in taken)


def _settle(worker: Any) -> None:
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_setaffinity") else []
    if len(cores) >= PROCESSES:
        os.sched_setaffinity(0, {cores[worker.core % len(cores)]})
    backup.keep_daily(worker.wsgi)
    sending.keep_sending(worker.wsgi)


def _fork_jobs(app: Flask) -> int:
    """A process that does the jobs in the background; it shares what was loaded, and listens nowhere."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            jobs.serve(app, parent)
        except Exception as error:
            app.logger.error("jobs stopped", extra={"kind": type(error).__name__})
        finally:
            os._exit(0)
    return pid


def _lives(pid: int) -> bool:
    """Whether our child is there; who has ended is forgotten by this, or by whoever asked before."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == 0
    except ChildProcessError:
        return False


def _gunicorn(host: str, port: int) -> None:
    from gunicorn import util
    from gunicorn.app.base import BaseApplication
    from gunicorn.arbiter import Arbiter
    from gunicorn.http.errors import LimitRequestLine, ParseException
    from gunicorn.workers.gthread import _DEFER, ThreadWorker

    class Worker(ThreadWorker):
        def handle(self, conn: Any) -> Any:
            """Browsers open connections ahead that say nothing yet: they keep no thread busy, for five seconds each."""
            if not conn.initialized and not conn.wait_for_data(0):
                return _DEFER
            return super().handle(conn)

        def handle_error(self, _req: Any, client: Any, _addr: Any, exc: BaseException) -> None:
            """What is no request is answered like every error; what was asked does not go into the log."""
            self.log.warning("no request: %s", type(exc).__name__)
            code = (
                414 if isinstance(exc, LimitRequestLine) else 400 if isinstance(exc, ParseException) else 500
            )
            answer = refused_outside(self.wsgi, code)
            head = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
            start = f"HTTP/1.1 {answer.status}\r\nConnection: close\r\n{head}\r\n".encode("latin-1")
            with contextlib.suppress(OSError):
                util.write_nonblock(client, start + answer.get_data())

    class Master(Arbiter):
        jobs_pid = 0

        def manage_workers(self) -> None:
            """Each second: the workers, and the process of the jobs, are there."""
            super().manage_workers()
            if not self.jobs_pid or not _lives(self.jobs_pid):
                self.jobs_pid = _fork_jobs(self.app.wsgi())

        def stop(self, graceful: bool = True) -> None:
            """The job in work is given back, for the next start."""
            if self.jobs_pid and _lives(self.jobs_pid):
                os.kill(self.jobs_pid, signal.SIGTERM)
            super().stop(graceful)

    class Portal(BaseApplication):
        def load_config(self) -> None:
            for name, value in {
                "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
                "workers": PROCESSES,
                "worker_class": Worker,
                "threads": THREADS,
                "preload_app": True,
                "reuse_port": True,
                "keepalive": 30,
                "loglevel": "warning",
                "forwarder_headers": "",  # nobody says under which path we are: addresses are kept
                "pre_fork": _place,
                "post_worker_init": _settle,
            }.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return _portal()

        def run(self) -> None:
            Master(self).run()

    Portal().run()


def main() -> None:
    """Serve until stopped."""
    host, port = address()
    fill_demo()
    print(f"\n  The portal:  http://{host}:{port}/\n", file=sys.stderr, flush=True)
    if sys.platform == "win32":
        import waitress

        app = _portal()
        backup.keep_daily(app)
        sending.keep_sending(app)
        jobs.keep_working(app)
        waitress.serve(app, host=host, port=port, threads=PROCESSES * THREADS)
    else:
        _gunicorn(host, port)


if __name__ == "__main__":
    main()
