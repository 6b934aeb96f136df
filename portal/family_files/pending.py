"""Archives that another center has handed over, sealed until somebody takes the family in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from portal import files
from portal.families.duplicates import Duplicate
from portal.families.models import Family
from portal.family_files import checking, opening, queries, taking
from portal.family_files.checking import Handed
from portal.family_files.opening import Opened
from portal.family_files.taking import Sender
from portal.rules import N_, RuleBroken

FOLDER, DAY = "brought_in", 24 * 3600


@dataclass(frozen=True)
class Found:
    """An archive whose content was looked through; its scans are read when it is their turn."""

    name: str  # under which it is sealed
    opened: Opened
    handed: Handed
    sender: Sender

    @cached_property
    def known(self) -> Family | None:
        """The family that came with this very archive."""
        return queries.known_as(self.opened.digest)

    @cached_property
    def duplicates(self) -> list[Duplicate]:
        """Families here that are probably the same."""
        return queries.duplicates_of(self.handed) if self.known is None else []


def look_into(name: str, file: IO[bytes]) -> Found:
    """The archive. Raises RuleBroken with what is wrong with its list, its content, or its sender."""
    opened = opening.open_archive(file)
    handed = checking.check(opened.content)
    taking.check_names(opened, handed)
    return Found(name, opened, handed, taking.sender_of(opened))


@contextmanager
def opened(name: str) -> Iterator[Found]:
    """One that waits. Raises archive_gone."""
    try:
        file = files.opened(name, FOLDER)
    except FileNotFoundError:
        raise RuleBroken("archive_gone", N_("The file is not kept any more: bring it once more.")) from None
    with file:
        yield look_into(name, file)


def drop(name: str) -> None:
    """Forget it: the family is here."""
    files.drop(name, FOLDER)
