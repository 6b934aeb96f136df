"""A folder in memory for what the tests write and throw away."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

SHARED = Path("/dev/shm")  # noqa: S108 (folders in it get names that nobody guesses)
ENOUGH = 4 * 2**30


def folder() -> Path:
    """Linux keeps one in memory; where it is small (in a container, say), the usual place.

    There an fsync waits for nothing, and a copy of a database of 800 files is half as dear.
    """
    usual = Path(os.environ.get("TMPDIR") or tempfile.gettempdir())
    if sys.platform != "linux" or os.environ.get("TMPDIR") or not os.access(SHARED, os.W_OK):
        return usual
    return SHARED if min(shutil.disk_usage(SHARED).free, _free_memory()) >= ENOUGH else usual


def _free_memory() -> int:
    lines = Path("/proc/meminfo").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
