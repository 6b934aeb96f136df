"""Run a command with what tests need: the packages, a browser, a PostgreSQL. Standard library only.

`python3 -m tests.setup.services COMMAND …`; a TEST_DATABASE_URL that is set is used as it is.
"""

import contextlib
import os
import signal
import subprocess
import sys

from tests.setup import browser, memory, office, packages, postgresql


def main(command: list[str]) -> int:
    """The command's exit code."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    packages.ready(tests=True)
    if browser.find() is None:
        _missing("Chromium", "chromium")
    if office.find() is None:
        _missing("LibreOffice", office.PACKAGE)
    with contextlib.ExitStack() as stack:
        path = f"{packages.PYTHON.parent}{os.pathsep}{os.environ['PATH']}"
        env = os.environ | {"PATH": path, "TMPDIR": str(memory.folder())}
        if not env.get("TEST_DATABASE_URL"):
            found = postgresql.find()
            if found:
                env["TEST_DATABASE_URL"] = stack.enter_context(postgresql.cluster(found, memory.folder()))
            else:
                _missing("PostgreSQL 15 or newer", "postgresql")
        return subprocess.run(command, cwd=packages.ROOT, env=env).returncode


def _missing(what: str, package: str) -> None:
    print(f"portal: no {what}, and no right to install it: apt-get install {package}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
