"""The fields of a draft as sealed bytes: they hold what is said of a family, and not every database is encrypted."""

import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

Fields = list[tuple[str, str]]


def plain(fields: Fields) -> bytes:
    """The fields, in their order, as they are sealed."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _owner(user_id: int, place: str) -> bytes:
    """What the seal is bound to: a draft moved to another user or form does not open."""
    return f"{user_id} {place}".encode()


def seal(user_id: int, place: str, content: bytes) -> bytes:
    """The content sealed for this user and this form."""
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(current_app.config["DRAFTS_KEY"]).encrypt(nonce, content, _owner(user_id, place))


def unseal(user_id: int, place: str, sealed: bytes) -> Fields | None:
    """The fields, or None when it was sealed for another user or form, with another key, or was changed."""
    try:
        content = AESGCM(current_app.config["DRAFTS_KEY"]).decrypt(
            sealed[:12], sealed[12:], _owner(user_id, place)
        )
    except (InvalidTag, ValueError):
        return None
    return [(name, value) for name, value in json.loads(content)]
