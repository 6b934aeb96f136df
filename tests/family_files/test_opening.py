"""An archive is opened with distrust: each flaw has its own sentence, and names the file."""

import json
import stat
import struct
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from portal.family_files import archive, limits, taking
from portal.rules import RuleBroken
from tests.family_files.between import opened, packed

CONTENT = archive.as_json({"format": 1})
PARTS = {archive.CONTENT: CONTENT, "files/0001.jpg": b"picture"}


def _zip(*entries: tuple[str | ZipInfo, bytes], packing: int = ZIP_DEFLATED) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", packing) as file:
        for name, data in entries:
            file.writestr(name, data)
    return out.getvalue()


def _parts(data: bytes) -> list[tuple[str | ZipInfo, bytes]]:
    with ZipFile(BytesIO(data)) as file:
        return [(name, file.read(name)) for name in file.namelist()]


def _good() -> bytes:
    return packed(PARTS, center="Центр")


def _refusal(data: bytes) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        opened(data)
    return caught.value


def _with(*more: tuple[str | ZipInfo, bytes]) -> bytes:
    return _zip(*_parts(_good()), *more)


def _manifest(change: Callable[[dict[str, Any]], None], right_digest: bool = True) -> bytes:
    parts = dict(_parts(_good()))
    told = json.loads(parts[archive.MANIFEST])
    change(told)
    if right_digest:
        told["digest"] = archive.digest_of(told)
    parts[archive.MANIFEST] = archive.as_json(told)
    return _zip(*parts.items())


def _link() -> ZipInfo:
    info = ZipInfo("files/0002.jpg")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def _encrypted() -> bytes:
    """The flag of a password set on the first entry, in both of its headers."""
    data = bytearray(_good())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    return bytes(data)


def test_what_is_as_it_was_made_is_opened() -> None:
    found = opened(_good())
    assert {path: found.part(path) for path in found.paths} == {"files/0001.jpg": b"picture"}
    assert (found.manifest["center"], found.size) == ("Центр", len(b"picture"))
    assert found.digest == archive.digest_of(found.manifest)


CASES: dict[str, tuple[Callable[[], bytes], str, str]] = {  # the archive, the code, the file named
    "empty": (lambda: b"", "file_empty", ""),
    "no zip": (lambda: b"no zip at all", "no_archive", ""),
    "cut off": (lambda: _good()[:-40], "no_archive", ""),
    "no manifest": (lambda: _zip(("family.json", CONTENT)), "no_manifest", ""),
    "manifest is no JSON": (lambda: _zip(("manifest.json", b"{")), "broken", "manifest.json"),
    "JSON without end": (
        lambda: _zip(("manifest.json", b"[" * 100_000), packing=ZIP_STORED), "broken", "manifest.json",
    ),
    "another format": (lambda: _manifest(lambda told: told.update(format=2)), "wrong_format", ""),
    "manifest changed": (lambda: _manifest(lambda told: told.update(to="x"), False), "manifest_changed", ""),
    "a wrong hash": (
        lambda: _manifest(lambda told: told["files"][1].update(sha256="0" * 64)), "wrong_hash", "files/0001.jpg",
    ),
    "a wrong size": (lambda: _manifest(lambda told: told["files"][1].update(size=1)), "wrong_hash", "files/0001.jpg"),
    "no hash": (lambda: _manifest(lambda told: told["files"][1].pop("sha256")), "wrong_hash", "files/0001.jpg"),
    "a file too few": (
        lambda: _zip(*[one for one in _parts(_good()) if one[0] != "files/0001.jpg"]),
        "file_missing", "files/0001.jpg",
    ),
    "a file too many": (lambda: _with(("files/0002.jpg", b"x")), "extra_file", "files/0002.jpg"),
    "a way out": (lambda: _with(("../../etc/cron.d/x", b"x")), "bad_path", "../../etc/cron.d/x"),
    "an absolute path": (lambda: _with(("/etc/passwd", b"x")), "bad_path", "/etc/passwd"),
    "a Windows path": (lambda: _with(("files\\..\\x", b"x")), "bad_path", "files"),
    "a folder": (lambda: _with(("files/", b"")), "bad_path", "files/"),
    "a symlink": (lambda: _with((_link(), b"/etc/passwd")), "symlink", "files/0002.jpg"),
    "a bomb": (lambda: _with(("files/0002.jpg", b"\0" * 30_000_000)), "zip_bomb", ""),
    "a password": (_encrypted, "encrypted", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_flaw_is_refused_and_the_file_named(name: str) -> None:
    made, code, path = CASES[name]
    broken = _refusal(made())
    assert broken.code == code
    assert str(broken.params.get("path", "")).startswith(path)


def test_a_name_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = _with(("files/0001.jpg", b"picture"))
    assert _refusal(data).code == "twice"


def test_too_many_files_are_not_even_looked_at() -> None:
    assert (
        _refusal(_zip(*((f"files/{n}.jpg", b"") for n in range(limits.MOST_FILES + 2)))).code
        == "too_many_files"
    )


def _far_away() -> bytes:
    """The first entry lies, by its long header, beyond what any machine counts."""
    data = bytearray(_good())
    place = data.index(b"PK\x01\x02")
    name, extra = struct.unpack_from("<HH", data, place + 28)
    data[place + 46 + name : place + 46 + name] = struct.pack("<HHQ", 1, 8, 2**64 - 1001)
    struct.pack_into("<H", data, place + 30, extra + 12)
    struct.pack_into("<I", data, place + 42, 0xFFFFFFFF)
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<I", data, end + 12, struct.unpack_from("<I", data, end + 12)[0] + 12)
    return bytes(data)


def test_an_entry_beyond_all_files_is_no_archive() -> None:
    assert _refusal(_far_away()).code == "no_archive"


@pytest.mark.parametrize("number", [float("inf"), 2**31, 10**30, 0, -5, True, "7", [7]])
def test_the_sender_s_number_is_one_that_a_card_can_have(number: Any) -> None:
    whole = {"center": "Центр", "made_on": "2026-11-23", "number": 7, "to": "-", "by": {"name": "-"}}
    good = opened(_manifest(lambda told: told.update(whole)))
    assert taking.sender_of(good).number == 7
    forged = opened(_manifest(lambda told: told.update(whole | {"number": number})))
    with pytest.raises(RuleBroken) as refused:
        taking.sender_of(forged)
    assert refused.value.code == "no_sender"
