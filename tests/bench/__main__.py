"""`make bench`: pages of a large centre beside a bare Flask, on SQLite and PostgreSQL.

FAMILIES=1000,100000 measures each size; SECONDS is how long a page is asked (3).
"""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
from flask import Flask

from portal import create_app, memory
from portal.clubs import bookings
from portal.config import Config
from portal.db import db
from tests.bench import journals, sheets
from tests.bench.load import Connection, Measured, measure, request
from tests.bench.meeting import MEMBERS, follow
from tests.bench.papers import beside_papers
from tests.bench.rows import CLUBS, GUESTS, Centre, fill
from tests.client import FreshClient
from tests.counting import counted
from tests.ports import free_port
from tests.setup.packages import compiled

ROOT = Path(__file__).resolve().parents[2]
SERVER = (
    "-m",
    "gunicorn",
    "-w",
    "2",
    "-k",
    "gthread",
    "--threads",
    "4",
    "--reuse-port",
    "--keep-alive",
    "30",
)
SECONDS = float(os.environ.get("SECONDS") or 3)
ROUNDS = 3
LONGEST_WEEK = 3.0  # times the bare template page
CHANGES = 60
ROW = "{:<26}{:>10}{:>10}{:>10}{:>9}{:>9}{:>9}{:>9}"
BARE = "tests.bench.bare:app"
OF_THE_LOGIN = ("login_sessions", "role_grants", "BEGIN")


def main() -> None:
    """Print a table for each database and size."""
    sizes = [int(size) for size in (os.environ.get("FAMILIES") or "10000").split(",")]
    urls = {"SQLite": ""} | (
        {"PostgreSQL": os.environ["TEST_DATABASE_URL"]} if "TEST_DATABASE_URL" in os.environ else {}
    )
    compiled()  # as `make run` does
    with _server({}, "/") as (bare, cpu):
        for name, url in urls.items():
            for size in sizes:
                with (
                    _database(url) as database_url,
                    tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
                ):
                    env = {"INSTANCE": folder, "DATABASE_URL": database_url}
                    _bench(f"{name}, {size} families", env, size, bare)
        for name, path in (("bare Flask", "/"), ("bare template page", "/table")):
            before = cpu()
            found = measure(bare, request(path), 200, SECONDS)
            spent = (cpu() - before) * 1000 / found.answers
            alone = f"median {found.median:.1f} ms, alone {found.alone:.2f} ms, CPU {spent:.2f} ms"
            print(f"\n{name}: {found.per_second:.0f} a second, {alone}")
    print()
    sheets.follow()
    journals.follow()


def _beside(port: int, asked: bytes, status: int, bare: int) -> tuple[Measured, float]:
    """What the page did in the middle one of the rounds, and its share of what bare Flask did just before it.

    Machines are noisy: each round measures both, one after the other.
    """
    rounds = []
    for _ in range(ROUNDS):
        yardstick = measure(bare, request("/"), 200, SECONDS / ROUNDS)
        found = measure(port, asked, status, SECONDS / ROUNDS)
        rounds.append((found.per_second / yardstick.per_second, found))
    rounds.sort(key=lambda one: one[0])
    share, found = rounds[ROUNDS // 2]
    return found._replace(answers=sum(one.answers for _, one in rounds)), share


def _bench(title: str, env: dict[str, str], size: int, bare: int) -> None:
    app = create_app(Config.load(env | {"LOG_LEVEL": "ERROR"}))
    with app.app_context():
        centre = fill(app, size)
        db.session.remove()
    print(f"\n{title}")
    print(
        ROW.format("page", "median ms", "alone ms", "a second", "of bare", "CPU ms", "queries", "+ login"),
        flush=True,
    )
    with _server(env, "/healthz") as (port, cpu):
        for name, (path, who, htmx, status) in _pages(centre).items():
            queries, of_the_login = _queries(app, path, centre.cookies.get(who, ""), htmx, status)
            before = cpu()
            found, share = _beside(port, request(path, centre.cookies.get(who, ""), htmx), status, bare)
            spent = f"{(cpu() - before) * 1000 / found.answers:.2f}"
            numbers = (
                f"{found.median:.1f}",
                f"{found.alone:.2f}",
                f"{found.per_second:.0f}",
                f"{share:.3f}",
                spent,
            )
            print(ROW.format(name, *numbers, queries, of_the_login), flush=True)
        _week(app, centre, port, bare)
        _follow(app, centre, port, cpu, bare)
    with _server(env, "/healthz") as (port, _cpu_of):  # afresh, so that the memory above is that of pages
        beside_papers(app, centre, port, SECONDS / ROUNDS)
    with app.app_context():
        db.engine.dispose()


def _week(app: Flask, centre: Centre, port: int, bare: int) -> None:
    """The week of all clubs beside the bare template page, in the middle one of the rounds; and drawn anew."""
    asked, times = request("/clubs/", centre.cookies["head"]), []
    for _ in range(ROUNDS):
        yardstick = measure(bare, request("/table"), 200, SECONDS / ROUNDS)
        found = measure(port, asked, 200, SECONDS / ROUNDS)
        times.append(yardstick.per_second / found.per_second)
    print(
        f"clubs, a week of {2 * CLUBS} sessions and {2 * CLUBS * GUESTS} bookings:"
        f" {statistics.median(times):.1f} × the bare template page,"
        f" right after a change {_after_a_change(app, asked, port, bare):.1f} ×, at most {LONGEST_WEEK:.0f}",
        flush=True,
    )


def _after_a_change(app: Flask, asked: bytes, port: int, bare: int) -> float:
    """The week when somebody has just lost a place, to the bare page asked just before: the middle one."""
    page, table, shares = Connection(port), Connection(bare), []
    for booking_id in range(1, CHANGES + 1):
        table.ask(request("/table"))  # wakes the processor
        plain = _seconds(table, request("/table"))
        with app.app_context():
            bookings.cancel_booking(booking_id, 1)
            db.session.remove()
        shares.append(_seconds(page, asked) / plain)
    return statistics.median(shares[1:])


def _seconds(connection: Connection, asked: bytes) -> float:
    began = time.perf_counter()
    connection.ask(asked)
    return time.perf_counter() - began


def _follow(app: Flask, centre: Centre, port: int, cpu: Callable[[], float], bare: int) -> None:
    """The live meeting while votes are cast: polled by all screens without a pause, then as the page does."""
    first, login = _queries(
        app, f"/consilium/meetings/{centre.room.meeting_id}", centre.screens[0], anew=True
    )
    yardstick = measure(bare, request("/"), 200, SECONDS / ROUNDS, MEMBERS)
    before = cpu()
    busy = follow(port, centre.room, centre.screens, range(5), SECONDS / 5, pause=False)
    spent = (cpu() - before) * 1000 / busy.polls
    began, before = time.perf_counter(), cpu()
    calm = follow(port, centre.room, centre.screens, range(5, MEMBERS), 0.9, pause=True)
    used = cpu() - before
    numbers = (f"{busy.poll:.1f}", f"{calm.poll:.2f}", f"{busy.per_second:.0f}")
    share = f"{busy.per_second / yardstick.per_second:.3f}"
    print(ROW.format("15 screens, 5 votes", *numbers, share, f"{spent:.2f}", first, login))
    print(
        f"15 screens polling as the page does, 10 votes: {used * 1000 / calm.polls:.2f} ms CPU a poll,"
        f" {used / (time.perf_counter() - began):.0%} of a core;"
        f" a poll {calm.poll:.1f} ms, the slowest {calm.slowest:.0f}; a vote {calm.vote:.0f} ms;"
        f" all screens show it after {statistics.median(calm.known):.2f} s, at the latest {max(calm.known):.2f}",
        flush=True,
    )


def _pages(centre: Centre) -> dict[str, tuple[str, str, bool, int]]:
    """Name → address, who asks, whether for a fragment, the status."""
    meeting = f"/consilium/meetings/{centre.room.meeting_id}"
    return {
        "login": ("/login", "", False, 200),
        "family list": ("/families/", "head", False, 200),
        "family list, fragment": ("/families/", "head", True, 200),
        "family list, last page": (centre.last_page, "head", False, 200),
        "family list, surname": (
            "/families/?q=%D1%81%D0%B5%D0%BC%D0%B5%D0%BD%D0%BE%D0%B2%D0%B0",
            "head",
            False,
            200,
        ),
        "family card": (f"/families/{centre.family_id}", "head", False, 200),
        "live meeting": (meeting, "chair", False, 200),
        "live meeting, no news": (f"{meeting}?poll=1&seen={centre.room.seen}", "chair", True, 204),
        "clubs, a week": ("/clubs/", "head", False, 200),
        "assignments": ("/assignments/", "head", False, 200),
        "my work": ("/", "head", False, 200),
        "norms, 8 weeks": ("/contacts/norms", "head", False, 200),
        "norms, 300 × 53 weeks": ("/contacts/norms?weeks=53", "head", False, 200),
    }


def _queries(
    app: Flask, path: str, cookie: str, htmx: bool = False, status: int = 200, anew: bool = False
) -> tuple[int, int]:
    """How many statements the page asks, `anew` after a change, and how many of them only say who is asking."""
    headers = {"Cookie": cookie} | ({"HX-Request": "true"} if htmx else {})
    with app.app_context():
        client = FreshClient(app, app.response_class, use_cookies=False)
        client.get(path, headers=headers)
        if anew:
            memory.forget(app)
        with counted() as seen:
            assert client.get(path, headers=headers).status_code == status
        db.session.remove()
    login = [one for one in seen if any(word in one for word in OF_THE_LOGIN)]
    return len(seen) - len(login), len(login)


@contextlib.contextmanager
def _database(url: str) -> Iterator[str]:
    """A PostgreSQL database of its own; nothing for SQLite."""
    if not url:
        yield ""
        return
    name = f"bench_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
        yield url.rpartition("/")[0] + "/" + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


@contextlib.contextmanager
def _server(env: dict[str, str], ready: str) -> Iterator[tuple[int, Callable[[], float]]]:
    """The portal of `env`, or without one the bare Flask, served as in production; gives port and CPU seconds."""
    port, started = free_port(), time.perf_counter()
    command = (
        [sys.executable, "serve.py"] if env else [sys.executable, *SERVER, "-b", f"127.0.0.1:{port}", BARE]
    )
    mine = ("DEMO", "INSTANCE", "DATABASE_URL", "HOST")
    clean = {name: value for name, value in os.environ.items() if name not in mine} | {"PORT": str(port)}
    server = subprocess.Popen(
        command, cwd=ROOT, env=clean | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(1500):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=5).close()
                break
            except OSError:
                time.sleep(0.02)
        else:
            raise SystemExit("the server does not start")
        cold = time.perf_counter() - started
        yield port, lambda: _cpu(server.pid)
        if env:
            print(f"cold start {cold:.2f} s, memory {_memory(server.pid)} MB", flush=True)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _processes(pid: int) -> list[str]:
    """The master and its workers."""
    return [str(pid), *Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _cpu(pid: int) -> float:
    """Seconds of CPU that the server has used."""
    ticks = 0
    for one in _processes(pid):
        parts = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        ticks += int(parts[11]) + int(parts[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> int:
    """What the master and its workers hold together, shared pages once."""
    total = 0
    for one in _processes(pid):
        lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total // 1024


if __name__ == "__main__":
    main()
