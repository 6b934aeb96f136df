"""What of an opened archive is taken: who sends it, and its files, each remade as every upload is."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import files
from portal.access import LARGEST_ID
from portal.family_files.checking import FIRST_YEAR, LAST_YEAR, Handed
from portal.family_files.limits import LARGEST_PART
from portal.family_files.opening import Opened
from portal.jobs.work import Progress
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
class Remade:
    """A file of the archive, remade; `sent_sha256` is of what had been sent."""

    path: str
    data: bytes
    media_type: str
    uploaded_at: datetime
    sent_sha256: str


@dataclass(frozen=True)
class TakenFile:
    """The same, sealed under a name."""

    name: str
    size: int
    sha256: str
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


def check_names(opened: Opened, handed: Handed) -> None:
    """Raises RuleBroken for a file that family.json does not name, or one that is not there."""
    for path in opened.paths:
        if path not in handed.files:
            raise RuleBroken(
                "unnamed_file", N_("family.json does not say what the file «%(path)s» is."), path=path
            )
    there = set(opened.paths)
    for path, line in handed.files.items():
        if path not in there:
            raise RuleBroken(
                "file_missing", N_("The file «%(path)s» is missing, though family.json names it."), path=path
            )
        _moment(line.get("uploaded_at"))


def check_files(opened: Opened, handed: Handed) -> None:
    """Remake all files once, to see whether they will be taken. Raises RuleBroken for one that is no scan."""
    for path, line in handed.files.items():
        _remade(path, opened.part(path), line)


@contextmanager
def sealed_files(opened: Opened, handed: Handed, progress: Progress | None = None) -> Iterator[Taken]:
    """The files that family.json names, remade one by one and sealed; forgotten where what follows fails."""
    kept: dict[str, TakenFile] = {}
    try:
        for path, line in handed.files.items():
            if progress:
                progress(len(kept), len(handed.files))
            one = _remade(path, opened.part(path), line)
            name, sha256 = files.keep(one.data)
            told = (one.media_type, one.uploaded_at, one.sent_sha256)
            kept[path] = TakenFile(name, len(one.data), sha256, *told)
        yield kept
    except BaseException:
        for taken in kept.values():
            files.drop(taken.name)
        raise


def _remade(path: str, data: bytes, line: Mapping[str, Any]) -> Remade:
    from portal import scans  # what reads pictures and PDFs is large: only who takes a scan loads it

    try:
        if line.get("media_type") == "image/png":
            remade, media_type = scans.clean_drawing(BytesIO(data))
        else:
            remade, media_type = scans.clean(BytesIO(data), LARGEST_PART)
    except RuleBroken as broken:
        why = _l(broken.message, **broken.params)
        message = N_("The file «%(path)s» of the archive cannot be taken. %(why)s")
        raise RuleBroken(broken.code, message, path=path, why=why) from None
    moment = _moment(line.get("uploaded_at"))
    return Remade(path, remade, media_type, moment, hashlib.sha256(data).hexdigest())


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
