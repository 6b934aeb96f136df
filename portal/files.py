"""Uploaded scans: looked into by content, remade, and sealed with AES-GCM under a random name."""

import hashlib
import io
import os
import secrets
import time
from pathlib import Path
from typing import IO

import pikepdf
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from PIL import Image, ImageOps, UnidentifiedImageError

from portal.rules import N_, RuleBroken

LARGEST = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
_ACTIVE = {
    "/JavaScript",
    "/JS",
    "/OpenAction",
    "/AA",
    "/EmbeddedFiles",
    "/EF",
    "/RichMediaContent",
    "/XFA",
    "/Launch",
}


def clean(stream: IO[bytes]) -> tuple[bytes, str]:
    """The scan remade, and its media type. Raises RuleBroken for what is no picture (JPEG, PNG) or PDF."""
    data = stream.read(LARGEST + 1)
    if not data:
        raise RuleBroken("file_empty", N_("The file is empty. Choose the scan once more."))
    if len(data) > LARGEST:
        raise RuleBroken(
            "file_too_large", N_("The file is larger than 20 MB. Scan it with a lower resolution.")
        )
    if data.startswith(b"%PDF-"):
        return _clean_pdf(data), "application/pdf"
    return _clean_picture(data), "image/jpeg"


def _clean_pdf(data: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(data)) as pdf:
            if any(_is_active(item) for item in pdf.objects):
                raise RuleBroken(
                    "file_active", N_("The PDF holds a program or attachments. Print it to a plain PDF.")
                )
            out = io.BytesIO()
            pdf.save(out)
            return out.getvalue()
    except pikepdf.PdfError:
        raise RuleBroken(
            "file_broken", N_("The PDF cannot be read or has a password. Scan it once more.")
        ) from None


def _is_active(item: pikepdf.Object) -> bool:
    """Whether an object, or one written inside it, runs something or carries a file."""
    if isinstance(item, pikepdf.Array):
        return any(_is_active(child) for child in item if _is_inside(child))  # type: ignore[attr-defined]
    if not isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
        return False
    parts = dict(item.items())
    return bool(_ACTIVE & parts.keys()) or any(
        _is_active(child) for child in parts.values() if _is_inside(child)
    )


def _is_inside(child: object) -> bool:
    return isinstance(child, pikepdf.Object) and not child.is_indirect


def _clean_picture(data: bytes) -> bytes:
    wrong = RuleBroken("file_kind", N_("This is no scan: only pictures (JPEG, PNG) and PDF are taken."))
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise RuleBroken(
                    "file_too_many_pixels", N_("The picture is too large: 40 megapixels at most.")
                )
            out = io.BytesIO()
            ImageOps.exif_transpose(picture).convert("RGB").save(out, "JPEG", quality=88)
            return out.getvalue()
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise wrong from None


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


def drop(name: str, folder: str = "uploads") -> None:
    """Forget a file whose transaction failed, or that is needed no more."""
    (_folder(folder) / name).unlink(missing_ok=True)


def drop_older(folder: str, seconds: int) -> None:
    """Forget what lies in the folder for longer than that."""
    for path in _folder(folder).iterdir():
        if time.time() - path.stat().st_mtime > seconds:
            path.unlink(missing_ok=True)
