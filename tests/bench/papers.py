"""A thousand papers made in the background, and what the pages of others do meanwhile."""

import os
import statistics
import time
from collections.abc import Iterable

from flask import Flask
from sqlalchemy import func, select

from portal.db import db
from portal.jobs import actions
from portal.jobs.models import Job
from portal.patronage.models import Assignment
from tests.bench.load import Measured, measure, request
from tests.bench.rows import Centre

PAPERS = int(os.environ.get("PAPERS") or 1000)
SIDE = 3  # rounds before, and as many after
REST = 3.0  # seconds between two rounds: pages that are asked without a pause leave nothing for papers
GOAL = 2.0  # times as long as without
PAGES = {"family card": "/families/{}", "family list": "/families/"}
PARAMS = {"codes": ["family-card"], "whose": "mine", "as": "pdf"}


def beside_papers(app: Flask, centre: Centre, port: int, seconds: float) -> None:
    """Print how much longer pages take while the papers are made, and how long these take."""
    paths = {name: path.format(centre.family_id) for name, path in PAGES.items()}
    calm = {name: [_page(centre, port, path, seconds) for _ in range(SIDE)] for name, path in paths.items()}
    began, asked = time.perf_counter(), _ask(app)
    while not _count(app, "running"):
        time.sleep(0.05)
    during: dict[str, list[Measured]] = {name: [] for name in paths}
    while _count(app, "running", "waiting"):
        for name, path in paths.items():
            found = _page(centre, port, path, seconds)
            if _count(app, "running", "waiting"):
                during[name].append(found)
        time.sleep(REST)
    took = time.perf_counter() - began
    for name, path in paths.items():  # machines are noisy: measured on both sides
        calm[name] += [_page(centre, port, path, seconds) for _ in range(SIDE)]
    print(f"{asked} papers in {took:.0f} s beside the pages, {_count(app, 'failed')} jobs failed", flush=True)
    for name, rounds in during.items():
        if rounds:
            busy = _middle(one.median for one in rounds) / _middle(one.median for one in calm[name])
            alone = _middle(one.alone for one in rounds) / _middle(one.alone for one in calm[name])
            print(
                f"  {name} meanwhile: {busy:.2f} × its median under load, {alone:.2f} × alone,"
                f" over {len(rounds)} rounds; goal {GOAL:.0f}",
                flush=True,
            )


def _middle(times: Iterable[float]) -> float:
    return statistics.median(times)


def _page(centre: Centre, port: int, path: str, seconds: float) -> Measured:
    return measure(port, request(path, centre.cookies["head"]), 200, seconds)


def _ask(app: Flask) -> int:
    """As many specialists as it takes ask for the cards of their families; gives how many papers these are."""
    asked = 0
    with app.app_context():
        query = select(Assignment.user_id, func.count()).where(Assignment.ends_on.is_(None))
        rows = db.session.execute(query.group_by(Assignment.user_id).order_by(func.count().desc())).all()
        for user_id, count in rows:
            if asked < PAPERS and count > 1:
                actions.begin("papers.families", PARAMS, user_id)
                asked += count
        db.session.remove()
    return asked


def _count(app: Flask, *states: str) -> int:
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Job).where(Job.state.in_(states)))
        db.session.remove()
    return found or 0
