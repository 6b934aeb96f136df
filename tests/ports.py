"""Ports for the servers of tests."""

import os
import socket
from itertools import count

FIRST, EACH, PROCESSES = 20_000, 100, 120
_next = count(FIRST + os.getpid() % PROCESSES * EACH)


def free_port() -> int:
    """A port that stays free until its server starts.

    Below those the kernel gives to connections, and not tried by the processes that run tests beside this one.
    """
    for port in _next:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("there is always a next one")
