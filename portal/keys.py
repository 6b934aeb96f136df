"""The instance's one secret, and the keys derived from it for each purpose."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from portal.config import ConfigError


def prepare(instance: Path) -> bytes:
    """The instance's master key, 32 bytes; made on the first call, readable by its owner alone.

    Raises ConfigError for a folder that cannot be used, and for a key that is damaged.
    """
    path = instance / "master.key"
    try:
        instance.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    except OSError as error:
        raise ConfigError(f"the folder INSTANCE={instance} cannot be used: {error.strerror}.") from None
    with os.fdopen(handle, "w") as file:
        key = secrets.token_bytes(32)
        file.write(key.hex())
        file.flush()
        os.fsync(file.fileno())
    return key


def _read(path: Path) -> bytes:
    try:
        key = bytes.fromhex(path.read_text().strip())
    except (OSError, ValueError):
        key = b""
    if len(key) != 32:
        raise ConfigError(f"{path} is damaged or cannot be read: put back the copy you keep of it.")
    return key


def derive(master: bytes, purpose: str) -> bytes:
    """A key of 32 bytes for one purpose; knowing it tells nothing of the others."""
    return hmac.new(master, b"portal/" + purpose.encode(), hashlib.sha256).digest()
