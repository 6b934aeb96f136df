"""Install what the system lacks, where that is allowed."""

import os
import shutil
import subprocess
import sys

_updated = False


def _as_root() -> list[str] | None:
    """The words that go before a command that needs root; None when we may not."""
    if sys.platform != "linux" or not shutil.which("apt-get"):
        return None
    if os.geteuid() == 0:
        return []
    sudo = shutil.which("sudo")
    if sudo and subprocess.run([sudo, "-n", "true"], capture_output=True).returncode == 0:
        return [sudo, "-n"]
    return None


def known(package: str) -> bool:
    """Whether apt has heard of the package, as far as its lists were read."""
    show = ["apt-cache", "show", package]
    return shutil.which("apt-cache") is not None and subprocess.run(show, capture_output=True).returncode == 0


def install(*packages: str) -> bool:
    """Whether apt installed the packages; False where it may not or cannot."""
    global _updated
    before = _as_root()
    if before is None:
        return False
    print(f"portal: apt-get install {' '.join(packages)}…", file=sys.stderr, flush=True)
    apt = [*before, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q"]
    quiet = {"stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL}
    if not _updated:
        subprocess.run([*apt, "update"], **quiet)
        _updated = True
    return (
        subprocess.run([*apt, "install", "-y", "--no-install-recommends", *packages], **quiet).returncode == 0
    )
