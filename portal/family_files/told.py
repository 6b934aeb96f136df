"""What a family's file tells before it is numbered: rows whose references name rows, people and sealed files."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

Key = tuple[
    int, int, int
]  # (0, 0, id) of a row of this portal; (1, file, key) of one that a former center sent


class Ref(NamedTuple):
    """A row of the file that another one names."""

    table: str
    key: Key


class Person(NamedTuple):
    """A colleague, as the file names one."""

    name: str
    position: str


class Kept(NamedTuple):
    """A file: its sealed name, media type, when it was taken in, and the folder where it lies."""

    name: str
    media_type: str
    uploaded_at: str
    folder: str = "uploads"


class Former(NamedTuple):
    """A center that had the family before."""

    center: str
    handed_on: date
    number: int
    digest: str


@dataclass
class Row:
    """A row of a table; `former` counts the centers from 1, 0 is the one that tells."""

    key: Key
    values: dict[str, Any]
    former: int = 0


@dataclass
class Told:
    """All that is told of a family; `papers` are files that no row names, by their path."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    formers: list[Former] = field(default_factory=list)
    papers: dict[str, Kept] = field(default_factory=dict)
    withheld: int = 0  # photos that show other families too

    def add(self, table: str, row: Row) -> None:
        """One more row."""
        self.rows.setdefault(table, []).append(row)


def here(row_id: int) -> Key:
    """The key of a row of this portal."""
    return (0, 0, row_id)
