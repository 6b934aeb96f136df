"""Another center's archive, opened with distrust: what it is, how large, and whether it is what its manifest says."""

import hashlib
import json
import re
import stat
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from portal.family_files import archive
from portal.family_files.limits import LARGEST, LARGEST_CONTENT, LARGEST_PART, MB, MOST, MOST_FILES
from portal.rules import N_, RuleBroken

MOST_UNPACKED = MOST + 8 * MB  # the manifest is not counted where the file is made
LARGEST_MANIFEST = 2 * MB
MOST_RATIO = 300
_ENCRYPTED = 0x1
_PATH = re.compile(r"[a-z0-9_.-]{1,80}(/[a-z0-9_.-]{1,80}){0,3}", re.ASCII)
Values = dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """An archive that holds what its manifest names. Each file is read, and its sha256 compared, in its turn."""

    manifest: Values
    content: Values
    archive: ZipFile
    lines: Mapping[str, Values]  # what the manifest says of each file

    @property
    def digest(self) -> str:
        """The manifest's own."""
        return str(self.manifest["digest"])

    @property
    def paths(self) -> list[str]:
        """The scans and papers."""
        return [path for path in self.lines if path not in (archive.CONTENT, archive.READABLE)]

    @property
    def size(self) -> int:
        """Bytes of all scans and papers."""
        return sum(self.archive.getinfo(path).file_size for path in self.paths)

    def part(self, path: str) -> bytes:
        """A file. Raises wrong_hash."""
        with _reading():
            data = self.archive.read(path)
        _check_hash(path, self.lines[path], hashlib.sha256(data).hexdigest())
        return data

    def check_parts(self) -> None:
        """Compare all of them with the manifest, bit by bit. Raises wrong_hash for the first that differs."""
        for path, line in self.lines.items():
            with _reading(), self.archive.open(path) as part:
                found = hashlib.file_digest(part, "sha256")  # type: ignore[arg-type]
            _check_hash(path, line, found.hexdigest())


def open_archive(file: IO[bytes]) -> Opened:
    """The archive; the file stays open. Raises RuleBroken with what is wrong with it, and in which file."""
    size = file.seek(0, 2)
    if not size:
        raise RuleBroken("file_empty", N_("The file is empty. Choose the family's file once more."))
    if size > LARGEST:
        raise RuleBroken(
            "file_too_large",
            N_("The file is larger than %(most)s MB: this is no file of a family of the portal."),
            most=MOST // MB,
        )
    with _reading():
        found = ZipFile(file)
        _check_entries(found.infolist())
        return _opened(found)


@contextmanager
def _reading() -> Iterator[None]:
    """What Python's reader of ZIP says of a broken one, in the portal's words."""
    try:
        yield
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
    if len(entries) > MOST_FILES + 1:  # the manifest is not counted where the file is made
        raise RuleBroken("too_many_files", N_("The archive holds more than 3000 files."))
    for one in entries:
        _check_entry(one)
    for name, count in Counter(one.filename for one in entries).items():
        if count > 1:
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
    if one.file_size > LARGEST_PART and one.filename != archive.READABLE:
        raise RuleBroken(
            "part_too_large",
            N_("The file «%(path)s» of the archive is larger than %(most)s MB."),
            path=path,
            most=LARGEST_PART // MB,
        )


def _shown(name: str) -> str:
    """A name as far as it can be shown."""
    return "".join(sign if sign.isprintable() else "?" for sign in name)[:80]


def _opened(found: ZipFile) -> Opened:
    names = set(found.namelist())
    manifest = _manifest(_read(found, names, archive.MANIFEST, LARGEST_MANIFEST))
    lines = {str(one.get("path")): one for one in manifest["files"]}
    _check_names(lines, {name: found.getinfo(name).file_size for name in names - {archive.MANIFEST}})
    data = _read(found, names, archive.CONTENT, LARGEST_CONTENT)
    if data:
        _check_hash(archive.CONTENT, lines[archive.CONTENT], hashlib.sha256(data).hexdigest())
    return Opened(manifest, _json(data, archive.CONTENT), found, lines)


def _read(found: ZipFile, names: set[str], path: str, largest: int) -> bytes:
    """One of the files that the portal itself reads; nothing where it is not there."""
    if path not in names:
        return b""
    if found.getinfo(path).file_size > largest:
        raise _broken(path)
    return found.read(path)


def _manifest(data: bytes) -> Values:
    if not data:
        raise RuleBroken(
            "no_manifest",
            N_("The archive has no manifest.json: it was not made by a portal, or was repacked."),
        )
    found = _json(data, archive.MANIFEST)
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


def _check_names(lines: Mapping[str, Values], sizes: Mapping[str, int]) -> None:
    """Every file that was promised is there, as large as it was, and no other."""
    for path, line in lines.items():
        if path not in sizes:
            raise RuleBroken(
                "file_missing",
                N_("The file «%(path)s» is missing, though the manifest names it."),
                path=_shown(path),
            )
        if sizes[path] != line.get("size"):
            raise _changed(path)
    for path in sizes:
        if path not in lines:
            raise RuleBroken(
                "extra_file", N_("The file «%(path)s» is not named in the manifest."), path=_shown(path)
            )


def _check_hash(path: str, line: Values, sha256: str) -> None:
    if sha256 != line.get("sha256"):
        raise _changed(path)


def _changed(path: str) -> RuleBroken:
    return RuleBroken(
        "wrong_hash",
        N_("The file «%(path)s» is not what the manifest says: its sha256 is another. Ask for a new one."),
        path=_shown(path),
    )


def _json(data: bytes, path: str) -> Values:
    if not data:
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
