"""The instance's one secret, and the keys derived from it for each purpose."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path


def prepare(instance: Path) -> bytes:
    """The instance's master key, 32 bytes; made on the first call, readable by its owner alone."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "master.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    with os.fdopen(handle, "w") as file:
        key = secrets.token_bytes(32)
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())
    return key


def derive(master: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose; knowing it tells nothing of the others."""
    return hmac.new(master, b"portal/" + purpose.encode(), hashlib.sha256).digest()
