"""How the portal is started: what runs before its workers are forked."""

import gc
import os
import sys
import threading
from pathlib import Path

import pytest

import serve
from portal.demo import seed

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="nothing is forked there")


@pytest.fixture(autouse=True)
def _demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    monkeypatch.setenv("DEMO", "1")


def test_the_collector_rests_only_where_the_portal_is_served() -> None:
    """Whoever imports the module keeps it: the tests themselves grew to gigabytes when they did not."""
    assert gc.isenabled()


def test_the_demo_is_filled_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What draws papers starts threads, which a worker forked later does not have: it would wait for ever."""
    noted = tmp_path / "pid"

    def filled() -> str:
        noted.write_text(str(os.getpid()))
        return ""

    monkeypatch.setattr(seed, "seed", filled)
    threads = threading.active_count()
    serve.fill_demo()
    assert noted.read_text() not in ("", str(os.getpid()))
    assert threading.active_count() == threads


def test_a_demo_that_cannot_be_filled_starts_no_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> str:
        raise SystemExit("no room")

    monkeypatch.setattr(seed, "seed", broken)
    with pytest.raises(SystemExit):
        serve.fill_demo()


def test_a_real_center_is_not_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "0")
    monkeypatch.setattr(seed, "seed", lambda: pytest.fail("it is no demo"))
    serve.fill_demo()
