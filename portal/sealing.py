"""Large files, sealed block by block: never whole in memory, and never plain on the disk.

A file is a mark, a salt from which its own key is derived, and blocks of AES-GCM. Each block knows its number and
whether it is the last one, so that none can be moved, taken out, or cut off at the end.
"""

import hashlib
import hmac
import io
import os
import secrets
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK = b"sealed.1"
SALT, TAG = 32, 16
HEAD = len(MARK) + SALT
BLOCK = 256 * 1024  # of what is sealed


def _cipher(key: bytes, name: str, salt: bytes) -> AESGCM:
    return AESGCM(hmac.new(key, MARK + name.encode() + salt, hashlib.sha256).digest())


def _nonce(number: int, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class Sealing(io.RawIOBase):
    """A file that is being sealed under a random name; closed without `keep()`, it is gone."""

    def __init__(self, folder: Path, key: bytes) -> None:
        super().__init__()
        self.name, self.size = secrets.token_hex(16), 0
        self._path, self._kept = folder / self.name, False
        salt, self._block, self._number = secrets.token_bytes(SALT), bytearray(), 0
        self._cipher = _cipher(key, self.name, salt)
        self._file = os.fdopen(os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
        self._file.write(MARK + salt)

    def writable(self) -> bool:
        """Yes; it can neither be read nor sought in."""
        return True

    def write(self, data: Any) -> int:
        """Seal some more."""
        self._block += data
        while len(self._block) > BLOCK:  # what may be the last one waits
            self._seal(bytes(self._block[:BLOCK]), last=False)
            del self._block[:BLOCK]
        self.size += len(data)
        return len(data)

    def _seal(self, block: bytes, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last), block, None))
        self._number += 1

    def end(self) -> None:
        """Seal the last block, and have it all on the disk."""
        if not self._file.closed:
            self._seal(bytes(self._block), last=True)
            self._block.clear()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()

    def keep(self) -> str:
        """End it, and let it stay; gives its name."""
        self.end()
        self._kept = True
        return self.name

    def close(self) -> None:
        """Forget it, unless it was kept."""
        if not self.closed:
            self._file.close()
            if not self._kept:
                self._path.unlink(missing_ok=True)
        super().close()


class Arriving(Sealing):
    """A file of a request, sealed while it arrives. Whoever takes it reads it by its name."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """All of it has arrived: that is when the request's parser turns back to the start."""
        if (offset, whence) != (0, 0):
            raise io.UnsupportedOperation("seek")
        self.end()
        return 0


class _Blocks(io.RawIOBase):
    """A sealed file, opened where it is read. Raises InvalidTag where it was changed."""

    def __init__(self, path: Path, key: bytes) -> None:
        super().__init__()
        self._file = path.open("rb")  # closed with this
        whole = os.fstat(self._file.fileno()).st_size - HEAD
        self._last = max(0, (whole - 1) // (BLOCK + TAG))
        self.size = whole - (self._last + 1) * TAG
        self._cipher = _cipher(key, path.name, self._file.read(HEAD)[len(MARK) :])
        self._place, self._number, self._block = 0, -1, b""

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Go there."""
        self._place = max(0, offset + (0, self._place, self.size)[whence])
        return self._place

    def tell(self) -> int:
        """Where it is read next."""
        return self._place

    def readinto(self, into: Any, /) -> int:
        """Some of what comes next."""
        number, start = divmod(self._place, BLOCK)
        if number > self._last:
            return 0
        if number != self._number:
            self._open(number)
        some = self._block[start : start + len(into)]
        into[: len(some)] = some
        self._place += len(some)
        return len(some)

    def _open(self, number: int) -> None:
        self._file.seek(HEAD + number * (BLOCK + TAG))
        sealed = self._file.read(BLOCK + TAG)
        self._block = self._cipher.decrypt(_nonce(number, number == self._last), sealed, None)
        self._number = number

    def close(self) -> None:
        """Close the file on the disk."""
        if not self.closed:
            self._file.close()
        super().close()


def is_in_blocks(path: Path) -> bool:
    """Whether the file was sealed block by block. Raises FileNotFoundError."""
    with open(path, "rb") as file:
        return file.read(len(MARK)) == MARK


def reading(path: Path, key: bytes) -> io.BufferedReader:
    """What was sealed, to be read from anywhere."""
    return io.BufferedReader(_Blocks(path, key), 64 * 1024)
