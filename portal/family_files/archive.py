"""The archive itself: family.json, the files it names, and a manifest with the sha256 of each."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from portal.family_files import limits

MANIFEST, CONTENT, READABLE = "manifest.json", "family.json", "family.html"
KIND = "family"
FORMAT = 1
_AS_IT_IS = 0  # scans and papers are packed already


def pack(out: IO[bytes], parts: Iterable[tuple[str, bytes]], **facts: Any) -> dict[str, Any]:
    """Write the ZIP, one part after another; gives its manifest, into which the `facts` go."""
    lines: list[dict[str, Any]] = []
    size = 0
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for path, data in parts:
            size += len(data)
            limits.check(size, len(lines))
            archive.writestr(path, data, compresslevel=None if path in (CONTENT, READABLE) else _AS_IT_IS)
            lines.append({"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()})
        manifest = {"kind": KIND, "format": FORMAT, **facts, "files": lines}
        manifest["digest"] = digest_of(manifest)
        archive.writestr(MANIFEST, as_json(manifest))
    return manifest


def manifest_of(file: IO[bytes]) -> dict[str, Any]:
    """What an archive that this portal has made says of itself."""
    with ZipFile(file) as archive:
        found: dict[str, Any] = json.loads(archive.read(MANIFEST))
    return found


def digest_of(manifest: Mapping[str, Any]) -> str:
    """The sha256 of all that the manifest says besides its own digest."""
    told = {name: value for name, value in manifest.items() if name != "digest"}
    body = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def as_json(content: Any) -> bytes:
    """JSON for people and machines."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
