"""Kinds of work for tests: a plain file, one that fails, one that waits for a sign."""

import threading
from typing import Any

import pytest

from portal.jobs.kinds import KINDS
from portal.jobs.work import Params, Progress, Result, Work
from portal.rules import RuleBroken

TITLE = "Plain files"


class Steps:
    """Work of three steps that another thread may let go on one by one."""

    def __init__(self) -> None:
        self.reached, self.go_on = threading.Event(), threading.Event()
        self.runs = 0

    def run(self, _params: Params, _user: Any, progress: Progress) -> Result:
        self.runs += 1
        for step in range(3):
            progress(step, 3)
            self.reached.set()
            assert self.go_on.wait(60)
        progress(3, 3)
        return Result(b"done", "steps.txt", "text/plain")


def plain(params: Params, user: Any, progress: Progress) -> Result:
    """A file that says who asked for what."""
    progress(1, 2)
    families = frozenset(params.get("families", []))
    text = f"{user.id}:{params.get('number', 0)}"
    return Result(text.encode(), f"plain-{params.get('number', 0)}.txt", "text/plain", families)


def broken(_params: Params, _user: Any, _progress: Progress) -> Result:
    """Fails as no rule says."""
    raise ZeroDivisionError("Иванова")


def nothing(_params: Params, _user: Any, _progress: Progress) -> Result:
    """Fails by a rule."""
    raise RuleBroken("nothing_to_make", "")


@pytest.fixture
def works(monkeypatch: pytest.MonkeyPatch) -> None:
    """The kinds by their codes."""
    for code, run in (("plain", plain), ("broken", broken), ("nothing", nothing)):
        monkeypatch.setitem(KINDS, code, Work(TITLE, run))
    monkeypatch.setitem(KINDS, "once", Work(TITLE, plain, once=True))
