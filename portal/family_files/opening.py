"""Another center's archive, opened with distrust: what it is, how large, and whether it is what its manifest says."""

import hashlib
import json
import re
import stat
import zlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from portal.family_files import archive
from portal.rules import N_, RuleBroken

LARGEST = 100 * 1024 * 1024  # of the archive
MOST_UNPACKED = 300 * 1024 * 1024
MOST_FILES = 3_000
LARGEST_CONTENT = 40 * 1024 * 1024  # of family.json
LARGEST_MANIFEST = 2 * 1024 * 1024
MOST_RATIO = 300
_ENCRYPTED = 0x1
_PATH = re.compile(r"[a-z0-9_.-]{1,80}(/[a-z0-9_.-]{1,80}){0,3}", re.ASCII)


@dataclass(frozen=True)
class Opened:
    """An archive whose files are those of its manifest, each with its right sha256."""

    manifest: dict[str, Any]
    content: dict[str, Any]
    parts: dict[str, bytes]  # without family.json

    @property
    def digest(self) -> str:
        """The manifest's own."""
        return str(self.manifest["digest"])


def open_archive(data: bytes) -> Opened:
    """The archive. Raises RuleBroken with what is wrong with it, and in which file."""
    if not data:
        raise RuleBroken("file_empty", N_("The file is empty. Choose the family's file once more."))
    if len(data) > LARGEST:
        raise RuleBroken(
            "file_too_large", N_("The file is larger than 100 MB: this is no file of a family of the portal.")
        )
    try:
        with ZipFile(BytesIO(data)) as found:
            _check_entries(found.infolist())
            return _opened({one.filename: found.read(one) for one in found.infolist()})
    except (
        *(BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, OSError),
        *(OverflowError, RuntimeError),  # a place beyond all files; a password told in one header only
    ):
        raise _no_archive() from None


def _no_archive() -> RuleBroken:
    message = N_("This is no file of a family: the portal takes the ZIP that another portal has made.")
    return RuleBroken("no_archive", message)


def _check_entries(entries: list[ZipInfo]) -> None:
    """Before anything is unpacked; the reader never gives more than an entry declares."""
    if len(entries) > MOST_FILES:
        raise RuleBroken("too_many_files", N_("The archive holds more than 3000 files."))
    for one in entries:
        _check_entry(one)
    names = [one.filename for one in entries]
    for name in names:
        if names.count(name) > 1:
            raise RuleBroken("twice", N_("The archive holds the file «%(path)s» twice."), path=_shown(name))
    packed = sum(one.compress_size for one in entries)
    whole = sum(one.file_size for one in entries)
    if whole > MOST_UNPACKED or whole > max(1, packed) * MOST_RATIO:
        raise RuleBroken(
            "zip_bomb",
            N_("The archive unpacks into far more than a family's file can hold: it was not opened."),
        )


def _check_entry(one: ZipInfo) -> None:
    path = _shown(one.filename)
    if one.flag_bits & _ENCRYPTED:
        raise RuleBroken(
            "encrypted", N_("The archive has a password. Unpack it, and bring the ZIP that lies inside.")
        )
    if not _PATH.fullmatch(one.filename) or ".." in one.filename:
        raise RuleBroken(
            "bad_path",
            N_("The archive holds a file with a name that leads elsewhere: «%(path)s»."),
            path=path,
        )
    if stat.S_ISLNK(one.external_attr >> 16):
        raise RuleBroken(
            "symlink", N_("The archive holds a reference instead of a file: «%(path)s»."), path=path
        )
    if one.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise _no_archive()


def _shown(name: str) -> str:
    """A name as far as it can be shown."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:80]


def _opened(parts: dict[str, bytes]) -> Opened:
    manifest = _manifest(parts.pop(archive.MANIFEST, b""))
    _check_files(manifest["files"], parts)
    content = _json(parts.pop(archive.CONTENT, b""), LARGEST_CONTENT, archive.CONTENT)
    return Opened(manifest, content, parts)


def _manifest(data: bytes) -> dict[str, Any]:
    if not data:
        raise RuleBroken(
            "no_manifest",
            N_("The archive has no manifest.json: it was not made by a portal, or was repacked."),
        )
    found = _json(data, LARGEST_MANIFEST, archive.MANIFEST)
    if found.get("kind") != archive.KIND or found.get("format") != archive.FORMAT:
        raise RuleBroken(
            "wrong_format",
            N_("manifest.json is of another format than this portal reads (%(format)s). Update the portal."),
            format=archive.FORMAT,
        )
    lines = found.get("files")
    if not isinstance(lines, list) or not all(isinstance(one, dict) for one in lines):
        raise _broken(archive.MANIFEST)
    if found.get("digest") != archive.digest_of(found):
        raise RuleBroken(
            "manifest_changed", N_("manifest.json was changed after it was made: its digest is wrong.")
        )
    return found


def _check_files(lines: list[dict[str, Any]], parts: dict[str, bytes]) -> None:
    """Every file that was promised is there as it was promised, and no other."""
    promised = {str(one.get("path")): one for one in lines}
    for path, line in promised.items():
        if path not in parts:
            raise RuleBroken(
                "file_missing",
                N_("The file «%(path)s» is missing, though the manifest names it."),
                path=_shown(path),
            )
        data = parts[path]
        if len(data) != line.get("size") or hashlib.sha256(data).hexdigest() != line.get("sha256"):
            raise RuleBroken(
                "wrong_hash",
                N_(
                    "The file «%(path)s» is not what the manifest says: its sha256 is another. Ask for a new one."
                ),
                path=_shown(path),
            )
    for path in parts:
        if path not in promised:
            raise RuleBroken(
                "extra_file", N_("The file «%(path)s» is not named in the manifest."), path=_shown(path)
            )


def _json(data: bytes, largest: int, path: str) -> dict[str, Any]:
    if not data or len(data) > largest:
        raise _broken(path)
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        raise _broken(path) from None
    if not isinstance(found, dict):
        raise _broken(path)
    return found


def _broken(path: str) -> RuleBroken:
    return RuleBroken("broken", N_("The file «%(path)s» cannot be read."), path=path)
