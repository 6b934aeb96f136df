"""What of an opened archive is taken: who sends it, and its files, each remade as every upload is."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access import LARGEST_ID
from portal.family_files import archive
from portal.family_files.checking import FIRST_YEAR, LAST_YEAR, Handed
from portal.family_files.opening import Opened
from portal.rules import N_, RuleBroken


@dataclass(frozen=True)
class Sender:
    """The center that hands over, as its manifest says."""

    center: str
    number: int
    handed_on: date
    digest: str
    by: str
    to: str


@dataclass(frozen=True)
class TakenFile:
    """A file remade; `sent_sha256` is of what had been sent."""

    data: bytes
    media_type: str
    uploaded_at: datetime
    sent_sha256: str


Taken = Mapping[str, TakenFile]


def sender_of(opened: Opened) -> Sender:
    """Who sends the archive. Raises RuleBroken when the manifest does not say it."""
    told = opened.manifest
    try:
        by: Any = told["by"]
        texts = [str(told["center"])[:200], str(by["name"])[:302], str(told["to"])[:500]]
        if not all(one.isprintable() for one in texts) or not texts[0].strip():
            raise ValueError("no center")
        day, number = date.fromisoformat(told["made_on"]), told["number"]
        if type(number) is not int or not 0 < number <= LARGEST_ID:
            raise ValueError("no number of a card")
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError("no day")
    except (KeyError, TypeError, ValueError):
        raise RuleBroken(
            "no_sender", N_("manifest.json does not say which center hands the family over.")
        ) from None
    return Sender(texts[0], number, day, opened.digest, texts[1], texts[2])


def take_files(opened: Opened, handed: Handed) -> dict[str, TakenFile]:
    """The files that family.json names, remade. Raises RuleBroken for one that is missing, unnamed, or no scan."""
    parts = {path: data for path, data in opened.parts.items() if path != archive.READABLE}
    for path in parts.keys() - handed.files.keys():
        raise RuleBroken(
            "unnamed_file", N_("family.json does not say what the file «%(path)s» is."), path=path
        )
    return {path: _taken(path, parts.get(path), line) for path, line in handed.files.items()}


def _taken(path: str, data: bytes | None, line: Mapping[str, Any]) -> TakenFile:
    if data is None:
        raise RuleBroken(
            "file_missing", N_("The file «%(path)s» is missing, though family.json names it."), path=path
        )
    from portal import scans  # what reads pictures and PDFs is large: only who takes a scan loads it

    try:
        clean = scans.clean_drawing if line.get("media_type") == "image/png" else scans.clean
        remade, media_type = clean(BytesIO(data))
    except RuleBroken as broken:
        why = _l(broken.message, **broken.params)
        message = N_("The file «%(path)s» of the archive cannot be taken. %(why)s")
        raise RuleBroken(broken.code, message, path=path, why=why) from None
    return TakenFile(remade, media_type, _moment(line.get("uploaded_at")), hashlib.sha256(data).hexdigest())


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise ValueError("no moment")
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        raise RuleBroken(
            "wrong_rows", N_("family.json: something is wrong in «%(name)s»."), name="files"
        ) from None
