"""A private PostgreSQL for the tests: made in a temporary folder, thrown away after."""

import contextlib
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.setup.apt import install

OLDEST = 15
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "256MB"}
FAST |= {"max_connections": "200"}


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl of the newest PostgreSQL that is new enough."""
    folders = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    usable = {int(path.parent.name): path for path in folders if path.parent.name.isdecimal()}
    newest = max(usable, default=0)
    return usable[newest] if newest >= OLDEST else None


def find() -> Path | None:
    """The binaries, installed by apt when that may be."""
    found = binaries()
    if found is None and install("postgresql", "postgresql-contrib"):
        found = binaries()
    return found


def _owner() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextlib.contextmanager
def cluster(folder_of_binaries: Path, within: Path) -> Iterator[str]:
    """A running cluster; gives the URL of its maintenance database."""
    folder, password = Path(tempfile.mkdtemp(prefix="portal-pg-", dir=within)), secrets.token_hex(16)
    (folder / "password").write_text(password)
    if os.geteuid() == 0:
        owner = pwd.getpwnam("postgres")
        for path in (folder, folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    data, port = folder / "data", _free_port()
    try:
        _run(
            folder_of_binaries / "initdb",
            "-D",
            data,
            "-U",
            "portal_test",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--auth=md5",  # a connection of the default costs 4,096 rounds of SHA-256: 8 ms more
            f"--pwfile={folder / 'password'}",
            "--no-sync",
        )
        options = FAST | {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": folder}
        with open(data / "postgresql.auto.conf", "a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in options.items())
        _run(folder_of_binaries / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "start")
        yield f"postgresql://portal_test:{password}@127.0.0.1:{port}/postgres"
    finally:
        if (data / "postmaster.pid").exists():
            _run(folder_of_binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _run(*command: object) -> None:
    done = subprocess.run(
        [*_owner(), *map(str, command)],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"portal: PostgreSQL for the tests does not start: {done.stderr.strip()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
