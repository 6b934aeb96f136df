"""The system's Chromium."""

import shutil
import subprocess
from pathlib import Path

from tests.setup.apt import install
from tests.setup.packages import PYTHON

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """The path of a Chromium of the system, or of one that Playwright brought."""
    for name in NAMES:
        path = shutil.which(name)
        if path and _works(path):
            return path
    brought = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return str(brought[-1]) if brought else None


def _works(path: str) -> bool:
    """On Ubuntu a `chromium` may be there that only says that a snap is wanted."""
    return subprocess.run([path, "--version"], capture_output=True).returncode == 0


def find() -> str | None:
    """A Chromium, installed when that may be: by apt, or where apt has only a snap, by Playwright."""
    found = installed()
    if found is None and install("chromium"):
        found = installed()
        if found is None:
            playwright = [str(PYTHON), "-m", "playwright", "install", "--with-deps", "chromium"]
            subprocess.run(playwright, stdout=subprocess.DEVNULL)
            found = installed()
    return found
