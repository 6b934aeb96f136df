"""Files sealed with AES-GCM under random names."""

import hashlib
import io
import json
import os
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Request, current_app

from portal import sealing


class Sent(Request):
    """A request whose files stay in memory, bounded; or are sealed in a `folder` while they arrive.

    So nothing uploaded lies unsealed in a temporary file. What arrives sealed is gone after the request unless kept.
    """

    folder = ""
    most = 20  # megabytes of a file, as whoever sends more is told

    def _get_file_stream(self, *_said: Any, **_more: Any) -> IO[bytes]:
        if not self.folder:
            return io.BytesIO()
        one: Any = sealing.Arriving(_folder(self.folder), current_app.config["FILES_KEY"])
        return one  # type: ignore[no-any-return]


def _folder(name: str) -> Path:
    folder = Path(current_app.config["INSTANCE"]) / name
    folder.mkdir(exist_ok=True)
    return folder


def keep(data: bytes, folder: str = "uploads") -> tuple[str, str]:
    """Seal the bytes on the disk (synced); gives the random name and the sha256 of what was sealed."""
    name, nonce = secrets.token_hex(16), secrets.token_bytes(12)
    sealed = AESGCM(current_app.config["FILES_KEY"]).encrypt(nonce, data, name.encode())
    handle = os.open(_folder(folder) / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(nonce + sealed)
        file.flush()
        os.fsync(file.fileno())
    return name, hashlib.sha256(data).hexdigest()


def read(name: str, folder: str = "uploads") -> bytes:
    """The bytes sealed under the name. Raises FileNotFoundError, or InvalidTag when the file was changed."""
    with opened(name, folder) as file:
        return file.read()


def seal_in(folder: str) -> sealing.Sealing:
    """A file to be written bit by bit, sealed in the folder; it stays there if it is kept."""
    return sealing.Sealing(_folder(folder), current_app.config["FILES_KEY"])


def opened(name: str, folder: str = "uploads") -> IO[bytes]:
    """What is sealed under the name, to be read bit by bit. Raises what `read` does."""
    path, key = _folder(folder) / name, current_app.config["FILES_KEY"]
    if sealing.is_in_blocks(path):
        return sealing.reading(path, key)
    sealed = path.read_bytes()
    return io.BytesIO(AESGCM(key).decrypt(sealed[:12], sealed[12:], name.encode()))


def size_on_disk(name: str, folder: str = "uploads") -> int:
    """How many bytes the sealed file takes: some more than what was sealed. Raises FileNotFoundError."""
    return (_folder(folder) / name).stat().st_size


def seal_words(words: dict[str, str]) -> str:
    """Words, so sealed that they may stand where numbers and codes do."""
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(current_app.config["FILES_KEY"]).encrypt(nonce, json.dumps(words).encode(), b"words")
    return urlsafe_b64encode(nonce + sealed).decode()


def unseal_words(sealed: str) -> dict[str, str]:
    """The words. Raises InvalidTag."""
    data = urlsafe_b64decode(sealed)
    found: dict[str, str] = json.loads(
        AESGCM(current_app.config["FILES_KEY"]).decrypt(data[:12], data[12:], b"words")
    )
    return found


def is_there(name: str, folder: str = "uploads") -> bool:
    """Whether the file is still kept."""
    return (_folder(folder) / name).is_file()


def drop(name: str, folder: str = "uploads") -> None:
    """Forget a file whose transaction failed, or that is needed no more."""
    (_folder(folder) / name).unlink(missing_ok=True)


def drop_older(folder: str, seconds: int) -> None:
    """Forget what lies in the folder, where there is one, for longer than that."""
    place = Path(current_app.config["INSTANCE"]) / folder
    for path in place.iterdir() if place.is_dir() else ():
        if time.time() - path.stat().st_mtime > seconds:
            path.unlink(missing_ok=True)
