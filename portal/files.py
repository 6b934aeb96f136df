"""Files sealed with AES-GCM under random names."""

import hashlib
import io
import os
import secrets
import time
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import Request, current_app


class Sent(Request):
    """A request whose files stay in memory: nothing uploaded lies unsealed in a temporary file. They are bounded."""

    def _get_file_stream(self, *_said: Any, **_more: Any) -> IO[bytes]:
        return io.BytesIO()


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
    sealed = (_folder(folder) / name).read_bytes()
    return AESGCM(current_app.config["FILES_KEY"]).decrypt(sealed[:12], sealed[12:], name.encode())


def is_there(name: str, folder: str = "uploads") -> bool:
    """Whether the file is still kept."""
    return (_folder(folder) / name).is_file()


def drop(name: str, folder: str = "uploads") -> None:
    """Forget a file whose transaction failed, or that is needed no more."""
    (_folder(folder) / name).unlink(missing_ok=True)


def drop_older(folder: str, seconds: int) -> None:
    """Forget what lies in the folder for longer than that."""
    for path in _folder(folder).iterdir():
        if time.time() - path.stat().st_mtime > seconds:
            path.unlink(missing_ok=True)
