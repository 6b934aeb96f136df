"""Make .venv with the pinned packages; standard library only. `python3 -m tests.setup.packages [--tests]`.

A second call finds its stamp and what was compiled, and does nothing.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from tests.setup.apt import install

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
LISTS = ("requirements.txt", "constraints.txt", "tests/requirements.txt")


def ready(tests: bool) -> None:
    """Bring .venv up to date. Raises SystemExit with one sentence when that cannot be."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older one may run this very file)
        raise SystemExit(
            f"portal: Python 3.11 or newer is needed, this is {sys.version.split()[0]}: set PYTHON=…"
        )
    wanted = [name for name in LISTS if tests or not name.startswith("tests")]
    stamp = VENV / f".portal-{'tests' if tests else 'run'}"
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in wanted)).hexdigest()
    if not (stamp.is_file() and PYTHON.exists() and stamp.read_text() == digest):
        _install(wanted)
        stamp.write_text(digest)
    compiled()


def compiled() -> None:
    """The portal's own modules as byte code, as pip leaves the packages: no start compiles hundreds of them again.

    Where the folder cannot be written, each start does.
    """
    subprocess.run([str(PYTHON), "-m", "compileall", "-qq", "portal"], cwd=ROOT)


def _install(wanted: list[str]) -> None:
    if not PYTHON.exists():
        _make()
    packages = [part for name in wanted if name != "constraints.txt" for part in ("-r", name)]
    pip = [str(PYTHON), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *packages]
    print("portal: installing the pinned packages (once)…", file=sys.stderr, flush=True)
    if subprocess.run(pip, cwd=ROOT).returncode:
        raise SystemExit("portal: the packages could not be installed: see pip's words above.")


def _make() -> None:
    make = [sys.executable, "-m", "venv", str(VENV)]
    if subprocess.run(make, capture_output=True).returncode == 0:
        return
    shutil.rmtree(VENV, ignore_errors=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not (install(version) or install("python3-venv")) or subprocess.run(make).returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        raise SystemExit(
            "portal: Python's venv module is missing: install it by  apt-get install python3-venv"
        )


if __name__ == "__main__":
    ready("--tests" in sys.argv)
