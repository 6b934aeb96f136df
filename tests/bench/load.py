"""A small generator of load: one thread, kept-alive connections, the same work for every page."""

import selectors
import socket
import statistics
import time
from typing import NamedTuple


class Measured(NamedTuple):
    """What a page did under load, and alone."""

    per_second: float
    median: float  # milliseconds, over the connections under load
    alone: float  # milliseconds, one connection
    answers: int  # how many there were in all


class Connection:
    """One kept-alive connection, a request at a time."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer, self.wanted, self.status = b"", 0, b""
        self.sent_at = 0.0

    def send(self, asked: bytes) -> None:
        """Ask once."""
        self.buffer, self.wanted, self.sent_at = b"", 0, time.perf_counter()
        self.socket.sendall(asked)

    def ask(self, asked: bytes) -> str:
        """Ask once, and wait for the answer."""
        self.send(asked)
        while not self.receive():
            pass
        return self.text

    @property
    def text(self) -> str:
        """The answer without its head."""
        return self.buffer.partition(b"\r\n\r\n")[2].decode()

    def receive(self) -> bool:
        """Take what came; True when the answer is whole."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the server closed the connection")
        self.buffer += part
        if not self.wanted:
            end = self.buffer.find(b"\r\n\r\n")
            if end < 0:
                return False
            head = self.buffer[:end].lower()
            self.status = self.buffer[9:12]
            length = head.partition(b"content-length:")[2].split(b"\r\n")[0].strip()
            self.wanted = end + 4 + int(length or 0)
        return len(self.buffer) >= self.wanted


def request(path: str, cookie: str = "", htmx: bool = False) -> bytes:
    """The bytes of a GET."""
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    lines += ["HX-Request: true"] if htmx else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def measure(port: int, asked: bytes, status: int, seconds: float, connections: int = 8) -> Measured:
    """Ask for so long. Raises AssertionError for an answer with another status."""
    warm = _run(port, asked, status, min(1.0, seconds), connections)
    alone = _run(port, asked, status, seconds / 3, 1)
    began = time.perf_counter()
    times = _run(port, asked, status, seconds, connections)
    seconds = time.perf_counter() - began
    answers = len(warm) + len(alone) + len(times)
    median, one = statistics.median(times) * 1000, statistics.median(alone) * 1000
    return Measured(len(times) / seconds, median, one, answers)


def _run(port: int, asked: bytes, status: int, seconds: float, connections: int) -> list[float]:
    """Seconds of each answer; however slow the page is, as many as there are connections."""
    times: list[float] = []
    with selectors.DefaultSelector() as selector:
        for _ in range(connections):
            one = Connection(port)
            selector.register(one.socket, selectors.EVENT_READ, one)
            one.send(asked)
        end = time.perf_counter() + seconds
        while time.perf_counter() < end or len(times) < connections:
            for key, _mask in selector.select(timeout=5):
                one = key.data
                if one.receive():
                    times.append(time.perf_counter() - one.sent_at)
                    assert one.status == str(status).encode(), f"{one.status!r} instead of {status}"
                    one.send(asked)
        for key in list(selector.get_map().values()):
            key.data.socket.close()
    return times
