"""The archive itself: family.json, the files it names, and a manifest with the sha256 of each."""

import hashlib
import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

MANIFEST, CONTENT, READABLE = "manifest.json", "family.json", "family.html"
KIND = "family"
FORMAT = 1


def packed(parts: Mapping[str, bytes], **facts: Any) -> tuple[bytes, str]:
    """The ZIP and the digest of its manifest; `facts` go into the manifest."""
    lines = [
        {"path": path, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for path, data in parts.items()
    ]
    manifest = {"kind": KIND, "format": FORMAT, **facts, "files": lines}
    manifest["digest"] = digest_of(manifest)
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, as_json(manifest))
        for path, data in parts.items():
            archive.writestr(path, data)
    return out.getvalue(), manifest["digest"]


def digest_of(manifest: Mapping[str, Any]) -> str:
    """The sha256 of all that the manifest says besides its own digest."""
    told = {name: value for name, value in manifest.items() if name != "digest"}
    body = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def as_json(content: Any) -> bytes:
    """JSON for people and machines."""
    return json.dumps(content, ensure_ascii=False, indent=1).encode()
