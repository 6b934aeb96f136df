"""A mail server of a few words, that can be told to misbehave."""

import email
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from typing import Any


@dataclass
class Post:
    """What the server has taken, and how it behaves: a word to refuse, or to fall silent at."""

    port: int = 0
    taken: list[tuple[str, EmailMessage]] = field(default_factory=list)
    refuses: dict[str, str] = field(default_factory=dict)
    hangs_up_after_the_letter: bool = False

    @property
    def url(self) -> str:
        """Where it is."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def readers(self) -> list[str]:
        """Whom letters were taken for."""
        return sorted(reader for reader, _letter in self.taken)


class _Talk(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        self._say("220 here")
        reader = ""
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            if word in post.refuses:
                self._say(post.refuses[word])
                if post.refuses[word].startswith("421"):
                    return
            elif word == "EHLO":
                self._say("250 here")
            elif word == "DATA":
                self._say("354 go on")
                body = self._letter()
                if post.hangs_up_after_the_letter:
                    return
                letter: Any = email.message_from_bytes(body, policy=policy.default)
                post.taken.append((reader, letter))
                self._say("250 taken")
            elif word == "QUIT":
                self._say("221 bye")
                return
            else:
                reader = line.partition("<")[2].rstrip(">") if word == "RCPT" else reader
                self._say("250 ok")

    def _letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _say(self, words: str) -> None:
        self.wfile.write(words.encode() + b"\r\n")


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


@contextmanager
def serving() -> Iterator[Post]:
    """A server on a free port of this machine."""
    post = Post()
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.post = post  # type: ignore[attr-defined]
        post.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield post
        finally:
            server.shutdown()
            thread.join()
