"""The system's Chromium: its shell without windows if there is one, for that draws a page at half the cost."""

import shutil
import subprocess
from pathlib import Path

from tests.setup.apt import install, known
from tests.setup.packages import PYTHON

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
BROUGHT = ("chromium_headless_shell-*/chrome-*/*headless*shell", "chromium-*/chrome-linux*/chrome")


def installed() -> str | None:
    """The path of a Chromium of the system, or of one that Playwright brought."""
    for name in NAMES:
        path = shutil.which(name)
        if path and _works(path):
            return path
    cache = Path.home() / ".cache" / "ms-playwright"
    brought = [path for pattern in BROUGHT for path in sorted(cache.glob(pattern), reverse=True)]
    return str(brought[0]) if brought else None


def _works(path: str) -> bool:
    """On Ubuntu a `chromium` may be there that only says that a snap is wanted."""
    return subprocess.run([path, "--version"], capture_output=True).returncode == 0


def find() -> str | None:
    """A Chromium, installed when that may be: by apt, or where apt has only a snap, by Playwright."""
    found = installed()
    if shutil.which(SHELL) is None and (found is None or known(SHELL)):
        install(SHELL)  # Debian has it
        found = installed()
    if found is None and install("chromium"):
        found = installed()
        if found is None:
            playwright = [str(PYTHON), "-m", "playwright", "install", "--with-deps", "chromium"]
            subprocess.run(playwright, stdout=subprocess.DEVNULL)
            found = installed()
    return found
